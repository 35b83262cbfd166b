"""`orders/june-2026/expected.csv` is the table of its README, spelled out; no engine takes part."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "orders" / "june-2026"
INSTANTS = (
    "2026-06-10T12:00:00-04:00",
    "2026-06-12T17:20:59-04:00",
    "2026-06-12T17:21:00-04:00",
    "2026-06-14T07:59:59-04:00",
    "2026-06-14T08:00:00-04:00",
    "2026-06-26T15:59:59-04:00",
    "2026-06-26T16:00:00-04:00",
    "2026-06-28T07:59:59-04:00",
    "2026-06-28T08:00:00-04:00",
    "2026-06-30T18:59:59-04:00",
    "2026-06-30T19:00:00-04:00",
    "2026-07-01T12:00:00-04:00",
)
FIRST, SECOND, THIRD = INSTANTS[2], INSTANTS[6], INSTANTS[10]
SHOWN = {"14 Jun": INSTANTS[4], "28 Jun": INSTANTS[8]}
MODELS = ("fable-5", "mythos-5", "opus-4-8", "saga-5")


def table() -> list[list[str]]:
    """Return the rows of the README's table of cases, without its `why`."""
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:3] == "| `"]
    return [[row[0].strip("`"), *row[1:7]] for row in rows if len(row) == 8]


def said(cell: str, at: str) -> str:
    """Read `verify, 14 Jun: deny` at an instant (all are written with one offset)."""
    outcome, *later = cell.split(", ")
    for change in later:
        day, _, then = change.partition(": ")
        if at >= SHOWN[day]:
            outcome = then
    return outcome


def outcome(row: list[str], model: str, at: str) -> str:
    """Return what the table says of one case, model and instant."""
    letters, amended, saga = row[4:]
    if model == "saga-5":
        return said(saga, at)
    if model == "opus-4-8" or not FIRST <= at < THIRD:
        return "permit"
    return said(amended if model == "mythos-5" and at >= SECOND else letters, at)


def test_expected_outcomes_are_the_table() -> None:
    """Every case of the table is asked for every model at every instant, and nothing else is."""
    wanted = [
        [*row[:4], model, at, outcome(row, model, at)]
        for row in table()
        for model in MODELS
        for at in INSTANTS
    ]
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert ["case", "requester", "organisation", "end_user", "model", "at", "outcome"] == header
    assert len(wanted) > 4000
    assert wanted == rows
