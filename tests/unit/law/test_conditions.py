"""Conditions of licences, as duties of whoever holds them."""

from pathlib import Path

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from tests.unit.law.test_proceedings import LICENCE
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.due import owed
from writ.law.explain.reading import explain, text
from writ.law.folder import check_sources
from writ.model.duty import Obligation
from writ.model.order import Lawbook

PLAIN = b"    conditions: [No weights leave the building.]\n"
CLOCKED = b"""    conditions:
      - No weights leave the building.
      - {id: report-use, what: Report use., every: 30d, owner: head of research}
      - {id: ask-first, what: Ask first., from: {event: second-site}, within: 24h, until: null}
"""
ON, OFF = parse_instant("2026-07-01T00:00:00Z"), parse_instant("2026-08-01T07:00:00Z")


def book(write: Write, conditions: bytes) -> Lawbook:
    """Read the order with a licence on these conditions."""
    order = write() + LICENCE.replace(PLAIN, conditions)
    return check_sources({"catalogue.yaml": CATALOGUE, "x.yaml": order}).book


def test_conditions_are_duties_of_the_holder(write: Write) -> None:
    """In words alone one stands while the licence runs; with a clock it is due like any duty."""
    found = book(write, CLOCKED)
    standing, report, ask = found.versions[0].obligations
    assert standing == Obligation(
        "licence-d1-1", ("c1",), "No weights leave the building.", "brit-co", ON, until=OFF
    )
    assert ("head of research", ("c1",), ON, OFF) == (
        report.owner, report.clauses, report.start, report.until,
    )  # fmt: skip
    assert ("second-site", "brit-co", None) == (ask.event, ask.owner, ask.until)
    names = {item.name: item.state for item in owed(found, ON + 1)}
    assert {"sample/1/report-use#1": "due", "sample/1/licence-d1-1#1": "standing"} == names
    assert {"sample/1/report-use#1": "overdue"} == {
        item.name: item.state for item in owed(found, OFF)
    }


def test_a_condition_is_read_back(write: Write) -> None:
    """Where licences are explained, and among the duties."""
    found = book(write, CLOCKED)
    said = " ".join(text(explain(found, found.versions)).split())
    assert "On condition: Report use." in said
    assert "On condition: No weights leave the building." in said


@pytest.mark.parametrize(
    ("conditions", "fault"),
    [
        ("[{id: a, what: Once.}, {id: a, what: Twice.}]", "the duty `a` stands twice"),
        ("[{id: a, what: Often., every: often}]", "`often` is not a period"),
        ("[{what: Nameless.}]", "`id` is missing"),
        ("[{id: a, what: Mine., clauses: [c1]}]", "unknown key `clauses`"),
        ("[1]", "must be text, not `1`"),
    ],
)
def test_faults_of_conditions(write: Write, conditions: str, fault: str) -> None:
    """Each once, at its place."""
    with pytest.raises(InvalidInput) as told:
        book(write, f"    conditions: {conditions}\n".encode())
    [only] = told.value.faults
    assert ("x.yaml", True) == (
        Path(only.file).name,
        only.message.endswith(fault) or fault in only.message,
    )


def test_a_licence_full_of_faults_has_conditions_all_the_same(write: Write) -> None:
    """What is wrong with the licence is told once, and no condition hides it."""
    broken = LICENCE.replace(
        b"    clauses: [c1]\n    holder", b"    clauses: c1\n    holder"
    ).replace(b"2026-07-01T00:00:00Z", b"soon")
    with pytest.raises(InvalidInput) as told:
        check_sources({"catalogue.yaml": CATALOGUE, "x.yaml": write() + broken})
    assert 2 == len(told.value.faults)
    for empty in (b"licences: [brit-co]\n", b"licences: brit-co\n"):
        with pytest.raises(InvalidInput):
            check_sources({"catalogue.yaml": CATALOGUE, "x.yaml": write() + empty})
