"""Rules that meet on one model."""

import pytest

from tests.unit.law.conftest import Write
from writ.clock import parse_instant
from writ.law.compiled.book import Compiled
from writ.law.contradiction import MOST, Meeting, meeting_notes, meetings
from writ.law.folder import check_sources

BAR = b"bar: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}"
ONLY = b"only: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}"


def met(catalogue: bytes, first: bytes, second: bytes) -> list[Meeting]:
    """Read two orders and return what their rules come to."""
    files = {"catalogue.yaml": catalogue, "x.yaml": first, "y.yaml": second}
    return list(meetings(Compiled(check_sources(files).book)))


def test_rules_that_nobody_satisfies(catalogue: bytes, write: Write) -> None:
    """One wants citizens, the other bars them: nobody passes, and somebody shows it."""
    only = write().replace(b"only: ear.us_person@1", ONLY)
    bar = write(order="other").replace(b"only: ear.us_person@1", BAR)
    (found,) = met(catalogue, only, bar)
    assert ("fable-5", ("person", "company")) == (found.model, found.nobody)
    assert (
        "a person with complete lists of citizenships, nothing that counts on them (A2) passes rule"
        " `only-us` of `other` version 1 and is barred by rule `only-us` of `sample` version 1"
    ) == found.example


def test_an_exception_keeps_a_door_open(catalogue: bytes, write: Write) -> None:
    """Where staff are exempt from one of them, people can pass both; companies cannot."""
    only = write().replace(b"only: ear.us_person@1", ONLY)
    exempt = (
        b"exceptions: [{id: staff, to: only-us, clauses: [c1], models: [fable-5],"
        b" who: {employee_of: self}}]\n"
    )
    bar = write(order="other").replace(b"only: ear.us_person@1", BAR)
    (found,) = met(catalogue, only + exempt, bar)
    assert ("company",) == found.nobody


def test_an_overlap_of_orders(catalogue: bytes, write: Write) -> None:
    """Both can be satisfied: it is told all the same, with who passes only one."""
    wider = write(order="other").replace(
        b"only: ear.us_person@1", b"bar: {person: {resident_in: [KP]}}"
    )
    (found,) = met(catalogue, write(), wider)
    assert () == found.nobody
    assert found.example is not None
    assert "passes rule `only-us` of `" in found.example
    assert "and is barred by rule `only-us` of `" in found.example


def test_a_meeting_is_told_once(catalogue: bytes, write: Write) -> None:
    """A third order on another model changes the rules later: the two meet no second time."""
    third = write(order="third", effective="2026-08-01T00:00:00Z")
    files = {
        "catalogue.yaml": catalogue,
        "x.yaml": write(),
        "y.yaml": write(order="other", effective="2026-07-01T00:00:00Z"),
        "z.yaml": third.replace(b"models: [fable-5]", b"models: [saga-5]"),
    }
    found = list(meetings(Compiled(check_sources(files).book)))
    since = parse_instant("2026-07-01T00:00:00Z")
    assert [("fable-5", since)] == [(item.model, item.since) for item in found]


@pytest.mark.parametrize(
    "apart",
    [
        {"models": b"[mythos-5]"},
        {"effective: 2026-06-12T17:21:00-04:00": b"effective: 2027-01-01T00:00:00Z"},
    ],
)
def test_rules_that_never_meet(catalogue: bytes, write: Write, apart: dict[str, bytes]) -> None:
    """Another model, or another time, is no meeting."""
    other = write(order="other")
    for was, now in apart.items():
        was_bytes = b"models: [fable-5]" if was == "models" else was.encode()
        other = other.replace(was_bytes, b"models: " + now if was == "models" else now)
    first = write(until="2026-12-01T00:00:00Z")
    assert [] == met(catalogue, first, other)


def test_rules_of_one_order_are_told_only_where_they_contradict(
    catalogue: bytes, write: Write
) -> None:
    """An order may well say two things of one model."""
    rule = write().partition(b"rules:\n")[2]
    other = rule.replace(b"only-us", b"others").replace(
        b"only: ear.us_person@1", b"bar: {person: {resident_in: [KP]}}"
    )
    files = {"catalogue.yaml": catalogue, "x.yaml": write() + other}
    assert [] == list(meetings(Compiled(check_sources(files).book)))
    against = rule.replace(b"only-us", b"others").replace(b"only: ear", b"bar: ear")
    files = {"catalogue.yaml": catalogue, "x.yaml": write() + against}
    (found,) = meetings(Compiled(check_sources(files).book))
    assert ("person", "company") == found.nobody


def test_a_note_stands_at_the_rule(catalogue: bytes, write: Write) -> None:
    """File and line of the second rule, both rules by name, and since when."""
    only = write().replace(b"only: ear.us_person@1", ONLY)
    bar = write(order="other").replace(b"only: ear.us_person@1", BAR)
    files = {"catalogue.yaml": catalogue, "x.yaml": only, "y.yaml": bar}
    (note,) = meeting_notes(check_sources(files))
    lines = files["x.yaml"].decode().splitlines()
    assert ("x.yaml", "  - id: only-us") == (note.file, lines[note.line - 1])
    assert note.message.startswith(
        "rule `only-us` of `other` version 1 and rule `only-us` of `sample` version 1 both speak of"
        " `fable-5` from 2026-06-12T21:21:00Z; no person can pass both, whatever they show; no"
        " company can pass both, whatever they show; a person with "
    )


def test_there_are_not_too_many_notes(catalogue: bytes, write: Write) -> None:
    """Ten orders on one model meet in 45 pairs: some are told, and that there are more."""
    files = {f"{number}.yaml": write(order=f"o{number}") for number in range(10)}
    notes = list(meeting_notes(check_sources({"catalogue.yaml": catalogue, **files})))
    assert MOST + 1 == len(notes)
    assert f"more than {MOST} pairs of rules meet; the rest are left out" == notes[-1].message
