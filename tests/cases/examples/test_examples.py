"""The example folders under `orders`: their tables, their faults, their cases, by both meanings."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from writ.law.cases_run import run_case
from writ.law.cases_suite import read_suites
from writ.law.check import failed_scenarios
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled, outcomes
from writ.law.document import read_yaml
from writ.law.folder import check_folder, load_folder
from writ.law.literal.decide import decide as decide_literally
from writ.law.shipped import data_bytes

ORDERS = Path(__file__).parents[3] / "orders"
FOLDERS = [
    ORDERS / name
    for name in (
        "entities-with-annex",
        "entity-ownership",
        "ever-held-citizenship",
        "mitigation",
        "nationals-or-residents",
        "trusted-access",
    )
]
NAMED, OTHER = "atlas-3", "atlas-mini"
EVERY = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def rows(folder: Path, cells: int) -> list[list[str]]:
    """Return the rows of the README's table that has so many columns and code in the first."""
    lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()
    split = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:3] == "| `"
    ]
    return [[row[0].strip("`"), *row[1:]] for row in split if len(row) == cells]


def outcome(cell: str, labels: list[str], label: str) -> str:
    """Read `deny, amended: verify` at a labelled instant."""
    if labels.index(label) < labels.index("in force"):
        return "permit"
    said, *changes = cell.split(", ")
    for change in changes:
        since, _, then = change.partition(": ")
        if labels.index(label) >= labels.index(since):
            said = then
    return said


@EVERY
def test_expected_outcomes_are_the_table(folder: Path) -> None:
    """Every case is asked for both models at every instant, and nothing else is."""
    instants = [(row[0], row[1]) for row in rows(folder, 3)]
    labels = [label for _, label in instants]
    wanted = [
        [*row[:4], model, at, outcome(row[4], labels, label) if model == NAMED else "permit"]
        for row in rows(folder, 6)
        for model in (NAMED, OTHER)
        for at, label in instants
    ]
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        _, *found = csv.reader(file)
    assert len(wanted) > 300
    assert wanted == found


@EVERY
def test_a_folder_has_no_fault_and_its_scenarios_hold(folder: Path) -> None:
    """As `writ order check` says; annexes are examples, and a wider exception replaces one."""
    checked = check_folder(folder, load_folder(folder))
    noted = [note.message.partition(" of version")[0].partition("; ")[0] for note in checked.notes]
    by_hand = {
        "entities-with-annex": ["annex-a"],
        "entity-ownership": ["annex-a", "annex-b"],
        "ever-held-citizenship": ["consignees"],
    }
    wanted = [
        f"nobody confirmed whom annex `{name}` lists" for name in by_hand.get(folder.name, ())
    ]
    if folder.name == "nationals-or-residents":
        wanted = ["the exception `another-nationality-or-permit`"]
    assert wanted == noted
    assert [] == list(failed_scenarios(checked, outcomes))


@EVERY
def test_every_case_comes_out_by_both_meanings(folder: Path) -> None:
    """The table and the case file hold, whoever decides; reasons and servers are the same."""
    found = read_suites([folder])
    assert ([], ["cases.yaml", "expected.csv"]) == (
        found.faults,
        [
            suite.file.name.partition(".")[2].replace("csv", "expected.csv")
            for suite in found.suites
        ],
    )
    book = found.books[folder]
    compiled = Compiled(book)
    for suite in found.suites:
        for case in suite.cases:
            by_table = run_case(case, lambda *put: decide_compiled(compiled, *put))
            literally = run_case(case, lambda *put: decide_literally(book, *put)).decision
            assert () == by_table.wrong
            assert (literally.outcome, literally.served_by) == (
                by_table.decision.outcome,
                by_table.decision.served_by,
            )


@EVERY
def test_files_conform_to_their_schemas(folder: Path) -> None:
    """Orders, catalogue and subjects are what the published schemas say."""
    named: dict[str, Any] = {
        name: Draft202012Validator(json.loads(data_bytes(f"schemas/{name}.json")))
        for name in ("order", "catalogue", "subject")
    }
    for name, data in load_folder(folder).items():
        if name.endswith(".yaml"):
            kind = "catalogue" if name == "catalogue.yaml" else "order"
            assert [] == list(named[kind].iter_errors(read_yaml(data, name).plain()))
    lines = (folder / "subjects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [] == [
        error for line in lines for error in named["subject"].iter_errors(json.loads(line))
    ]
