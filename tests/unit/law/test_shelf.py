"""What was read before is taken only where every byte it rests on is the same."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests.unit.law.conftest import Write
from writ.errors import InvalidInput
from writ.law.folder import check_sources
from writ.law.shelf import Read, Shelf

GROUPS = b"groups: {ours: {title: t, cites: [c], members: [FR]}}"
ANNEX = b"annexes: {listed: {file: listed.csv, key: id}}\n"


@pytest.fixture
def files(write: Write, catalogue: bytes) -> dict[str, bytes]:
    """A folder with an annex and an order with a note."""
    noted = write(order="noted").replace(
        b"only: ear.us_person@1", b"only: {person: {employee_of: x}}"
    )
    return {
        "catalogue.yaml": catalogue,
        "x.yaml": write() + ANNEX,
        "listed.csv": b"id\nacme\n",
        "noted.yaml": noted,
    }


def test_the_same_bytes_give_the_very_same_orders(files: dict[str, bytes]) -> None:
    """Notes are said again, also where one file of several is new."""
    first, again = check_sources(files), check_sources(dict(files))
    assert first.notes == again.notes != ()
    assert all(one is two for one, two in zip(first.orders, again.orders, strict=True))
    more = check_sources(files | {"a.yaml": files["x.yaml"].replace(b"order: ", b"order: a")})
    assert set(first.notes) < set(more.notes)
    assert list(first.orders) == list(more.orders[1:])
    assert more.orders[1] is first.orders[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {"catalogue.yaml": files["catalogue.yaml"] + b"\n"},
        lambda files: {"groups.yaml": GROUPS},
        lambda files: {"listed.csv": b"id\nother\n"},
        lambda files: {"x.yaml": files["x.yaml"] + b"\n"},
    ],
    ids=["catalogue", "groups", "annex", "order"],
)
def test_other_bytes_are_read_anew(
    files: dict[str, bytes], change: Callable[[Mapping[str, bytes]], dict[str, bytes]]
) -> None:
    """Whatever an order rests on; and going back gives what was."""
    first = check_sources(files)
    changed, back = check_sources(files | change(files)), check_sources(files)
    assert changed.orders[1] is not first.orders[1]
    assert first == back


def test_a_missing_annex_is_missed_again(files: dict[str, bytes]) -> None:
    """A fault is never passed over because a file was in order before."""
    check_sources(files)
    del files["listed.csv"]
    for _ in range(2):
        with pytest.raises(InvalidInput, match=r"no file `listed\.csv`"):
            check_sources(files)


def test_what_was_read_longest_ago_is_forgotten_first(files: dict[str, bytes]) -> None:
    """There is room for so many."""
    order = check_sources(files).orders[0]
    shelf = Shelf(most=2)
    for name in ("a", "b", "a", "c"):
        shelf.keep([(name, b"", Read((), replace(order), ()))])
    found = {name: shelf.find(name, {name: b""}, ()) for name in "abc"}
    assert ["a", "c"] == [name for name, read in found.items() if read]
