"""A fault of an order says which clause of the letter it is about."""

import pytest

from tests.unit.law.conftest import Write
from writ.errors import Fault, InvalidInput
from writ.law.folder import check_sources

PARTS = b"""readings:
  - {clause: c2, reading: weights are meant, decided_by: 7}
obligations:
  - {id: report, clauses: [c2, [c1], c1, c9], what: A report., every: 30x, from: effective}
  - report
serve: 5
"""


def faults(files: dict[str, bytes]) -> tuple[Fault, ...]:
    """Return what is wrong."""
    with pytest.raises(InvalidInput) as caught:
        check_sources(files)
    return caught.value.faults


def test_a_fault_is_about_the_clauses_of_its_part(write: Write, catalogue: bytes) -> None:
    """A part goes on up to the next, of one line too; a section and the letter are about none."""
    order = write(barred="denied", until="never") + PARTS
    letter = b"{c1: Nobody., c2: A report., c3: Nothing.}"
    order = order.replace(b"{c1: Nobody may use it.}", letter)
    told = faults({"catalogue.yaml": catalogue, "x.yaml": order})
    assert [
        (8, ()),
        (9, ("c3",)),
        (17, ("c1",)),
        (19, ("c2",)),
        (21, ("c2", "c1")),
        (22, ()),
        (23, ()),
    ] == sorted({(fault.line, fault.clauses) for fault in told})


def test_what_is_no_order_has_no_clauses(catalogue: bytes) -> None:
    """A list in the place of an order, or nothing to speak of, is a fault and no more."""
    told = faults({"catalogue.yaml": catalogue, "x.yaml": b"- 1\n"})
    assert [()] == [fault.clauses for fault in told]


def test_the_line_names_them(write: Write, catalogue: bytes) -> None:
    """Where orders disagree too, of which one was read before and not again."""
    known = {"catalogue.yaml": catalogue, "b.yaml": write(order="b", barred="{substitute: saga-5}")}
    check_sources(known)
    letter = write(order="a", barred="{substitute: opus-4-8}")
    [fault] = faults({**known, "a.yaml": letter})
    assert str(fault).startswith("b.yaml:11:5: `fable-5` is replaced by `saga-5` here and by")
    assert str(fault).endswith(" (clause c1)")
    both = Fault("x.yaml", 1, 1, "wrong", ("c1", "c2"))
    assert "x.yaml:1:1: wrong (clauses c1, c2)" == str(both)
