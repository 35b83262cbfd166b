from pathlib import Path

import pytest

from tests.worlds.small_case import BEFORE, IMPOSED, SmallCase
from writ.clock import parse_instant
from writ.drill.expected import Names, read_expected
from writ.drill.folder import read_case_folder
from writ.errors import CasesFailed, InvalidInput
from writ.model.catalogue import Catalogue, Model
from writ.model.outcome import Outcome
from writ.model.subject import Subject

HEAD = "case,requester,organisation,end_user,model,at,outcome"
CATALOGUE = Catalogue("p", {"m": Model("m", frozenset({"alias"}))})
PEOPLE = {"ann": Subject("ann", "person"), "bob": Subject("bob", "person")}


def faults(tmp_path: Path, *rows: str, head: str = HEAD) -> list[str]:
    """Return what is wrong with a file of these rows."""
    (tmp_path / "expected.csv").write_text("\n".join((head, *rows)) + "\n")
    with pytest.raises(InvalidInput) as caught:
        read_expected(tmp_path, PEOPLE, CATALOGUE)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_rows_are_read(tmp_path: Path) -> None:
    """A row says the outcome of a case, for a model by any of its names, at an instant."""
    (tmp_path / "expected.csv").write_text(f"{HEAD}\nc,ann,,bob,alias,2026-01-01T00:00:00Z,deny\n")
    expected = read_expected(tmp_path, PEOPLE, CATALOGUE)
    at = parse_instant("2026-01-01T00:00:00Z")
    assert {"c": Names("ann", None, "bob")} == expected.chains
    assert Outcome.DENY is expected.outcome("c", "m", at)
    assert expected.outcome("c", "m", at + 1) is None
    assert {at: (("c", "m"),)} == expected.at


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    """All that is wrong with the file is reported at once."""
    assert [
        "2: `2026-01-01T00:00:00` has no time zone; add Z or an offset such as -04:00",
        "3: nobody in subjects.jsonl has the id `eve`",
        "4: unknown model `x`",
        "5: `maybe` is none of permit, substitute, verify, deny",
        "7: case `ok` is asked about this model and instant twice",
        "8: case `ok` is another chain further up",
        "9: has 2 cells, not seven",
        "10: a row without a case",
    ] == faults(
        tmp_path,
        "a,ann,,,m,2026-01-01T00:00:00,deny",
        "b,eve,,,m,2026-01-01T00:00:00Z,deny",
        "c,ann,,,x,2026-01-01T00:00:00Z,deny",
        "d,ann,,,m,2026-01-01T00:00:00Z,maybe",
        "ok,ann,,,m,2026-01-01T00:00:00Z,deny",
        "ok,ann,,,m,2026-01-01T00:00:00Z,permit",
        "ok,bob,,,m,2026-01-02T00:00:00Z,permit",
        "a,b",
        ",ann,,,m,2026-01-01T00:00:00Z,deny",
    )


def test_a_file_must_have_its_columns_and_rows(tmp_path: Path) -> None:
    """Other columns, no rows, no file, no CSV: each is said."""
    assert [f"1: the columns are {HEAD}"] == faults(tmp_path, head="case,who")
    assert ["1: has no rows"] == faults(tmp_path)
    assert ["0: not a CSV file: unexpected end of data"] == faults(tmp_path, '"torn')
    (tmp_path / "expected.csv").unlink()
    with pytest.raises(InvalidInput, match="a drill needs to be told what must come out"):
        read_expected(tmp_path, PEOPLE, CATALOGUE)


def test_unnamed_are_those_whom_a_name_would_help(tmp_path: Path) -> None:
    """Left for want of a name is a verify that the same key turns to permit by naming somebody."""
    folder = read_case_folder(SmallCase().write(tmp_path))
    unnamed = {(case, model) for case, model, _ in folder.expected.unnamed}
    assert {("company", "fable-5")} == unnamed
    assert ("company", "fable-5", parse_instant(IMPOSED)) in folder.expected.unnamed
    assert ("company", "fable-5", parse_instant(BEFORE)) not in folder.expected.unnamed


def test_a_failing_scenario_stops_a_drill(tmp_path: Path) -> None:
    """Orders whose own scenarios fail are not drilled."""
    SmallCase().write(tmp_path)
    with (tmp_path / "v1.yaml").open("a") as file:
        file.write(
            "scenarios:\n  - {name: n, at: effective, model: fable-5, person: {}, expect: deny}\n"
        )
    with pytest.raises(CasesFailed, match="expected deny, got verify"):
        read_case_folder(tmp_path)
