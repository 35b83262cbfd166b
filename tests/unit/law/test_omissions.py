"""What an order file leaves out is noted, and is no fault."""

import pytest

from tests.unit.law.conftest import CATALOGUE
from writ.law.folder import check_sources

FIRST = """order: sample
version: 1
kind: restriction
title: A sample
authority: {name: A ministry, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: Nobody may use it., c2: Report., c3: Some are exempt.}
rules:
  - id: only-us
    clauses: [c1]
    models: [fable-5]
    only: ear.us_person@1
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1}
"""
PARTS = """obligations: [{id: report, clauses: [c2], what: Report., every: 30d}]
preserve: [{id: keep, clauses: [c2], what: Keep.}]
exceptions: [{id: staff, to: only-us, clauses: [c3], models: [fable-5], who: {employee_of: self}}]
licences: [{number: D1, clauses: [c3], holder: self, from: 2026-07-01T00:00:00Z}]
stays: [{id: ninth, rules: [only-us], by: a court, from: 2026-07-01T00:00:00Z, until: null}]
questions:
  - {id: open, clause: c1, question: Who?, asked_at: 2026-06-13T00:00:00Z, to: the desk}
  - {id: done, clause: c1, question: When?, asked_at: 2026-06-13T00:00:00Z, to: the desk,
     answered_at: 2026-06-14T00:00:00Z, answer: Now.}
"""
SECOND = FIRST.replace("version: 1", "version: 2").replace("12T17", "20T17")
BARE = SECOND.replace(", c2: Report., c3: Some are exempt.", "")


def noted(*orders: str) -> list[str]:
    """Return what is noted of these versions, without what notes end with."""
    files = {f"{place}.yaml": order.encode() for place, order in enumerate(orders)}
    notes = check_sources({"catalogue.yaml": CATALOGUE, **files}).notes
    return [f"{note.file}: {note.message}" for note in notes]


def test_what_an_amendment_drops_is_noted() -> None:
    """Every duty, clause and part by name, with the version that had it; an answer may go."""
    said = noted(FIRST + PARTS, BARE)
    assert said == sorted(
        f"1.yaml: the {part} of version 1 is not repeated, so it ends with that version"
        for part in (
            "clause `c2`",
            "clause `c3`",
            "duty `report`",
            "duty to preserve `keep`",
            "exception `staff`",
            "licence `D1`",
            "stay `ninth`",
            "unanswered question `open`",
        )
    )


ENDED = "1.yaml: the unanswered question `open` of version 1 is not repeated, so it ends with that version"


def test_what_is_repeated_or_rescinded_is_not_noted() -> None:
    """The same parts again are no omission; a rescission keeps the duties, and ends the questions."""
    rescission = SECOND[: SECOND.index("rules:")].replace("restriction", "rescission")
    assert [] == noted(FIRST + PARTS, SECOND + PARTS)
    assert [ENDED] == noted(FIRST + PARTS, rescission + "lifts: [c1, c2, c3]\n")


def test_a_discharge_of_what_never_was_is_noted() -> None:
    """A slip of the pen would leave the duty owed; without earlier versions nobody can tell."""
    rescission = SECOND[: SECOND.index("rules:")].replace("restriction", "rescission")
    last = f"{rescission}lifts: [c1, c2, c3]\ndischarges: [reprt, keep]\n"
    assert [
        (
            "1.yaml: `discharges` names `reprt`, which no earlier version has as a duty, so it ends"
            " nothing; did you mean `report`?"
        ),
        ENDED,
    ] == noted(FIRST + PARTS, last)
    assert [] == noted(last)


LETTER = "jurisdiction: US, instrument: letter"
PROOF = f"{LETTER}, authenticated: {{by: counsel, how: called back, at: 2026-06-12T18:00:00-04:00}}"


@pytest.mark.parametrize(("authority", "count"), [(LETTER, 1), (PROOF, 0)])
def test_a_letter_that_nobody_made_sure_of_is_noted(authority: str, count: int) -> None:
    """Anybody can write a letter."""
    bare = FIRST.replace(", c2: Report., c3: Some are exempt.", "")
    said = noted(bare.replace("jurisdiction: US", authority))
    assert (
        count == len(said) == sum("nobody says how the authority's letter" in line for line in said)
    )


ANNEX = "annexes: {staff: {file: staff.csv, key: id}}\n"
HAND = (
    "nobody confirmed whom annex `staff` lists; `writ annex confirm` does, and `confirmed` beside its"
    " `file` names the record"
)


def test_an_annex_typed_by_hand_is_noted_where_its_rows_first_come() -> None:
    """With a record nothing is said, nor again of a version that lists the same."""
    recorded = ANNEX.replace("key: id", "key: id, confirmed: staff.json")
    beside = {"catalogue.yaml": CATALOGUE, "staff.csv": b"id\nann\n", "staff.json": b"{}"}

    def told(*orders: str) -> list[str]:
        files = {f"{place}.yaml": order.encode() for place, order in enumerate(orders)}
        return [f"{note.file}: {note.message}" for note in check_sources(beside | files).notes]

    plain = BARE.replace("version: 2", "version: 1").replace("20T17", "12T17")
    assert [f"0.yaml: {HAND}"] == told(plain + ANNEX, BARE + ANNEX)
    assert [f"1.yaml: {HAND}"] == told(plain, BARE + ANNEX)
    assert [] == told(plain + recorded, BARE + recorded)


@pytest.mark.parametrize("day", ["12T17:21", "11T09:00"])
def test_a_version_that_never_governs_is_noted(day: str) -> None:
    """A later version in the same instant, or a wrong date before, takes its place at once."""
    plain = BARE.replace("version: 2", "version: 1").replace("20T17", "12T17")
    said = (
        "version 1 never governs, for version 2 takes effect no later; look at `effective` of both"
    )
    assert [f"0.yaml: {said}"] == noted(plain, BARE.replace("20T17:21", day))
