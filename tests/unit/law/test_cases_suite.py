"""Finding cases on a disk, and the orders they ask."""

from pathlib import Path

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.law.cases_suite import read_suites

CASES = "people: {ann: {}}\ncases: [{case: a, requester: ann, model: fable-5, at: 2026-07-01T00:00:00Z, expect: verify}]\n"
SUBJECTS = '{"id": "zoe", "kind": "person"}\n'
TABLE = "case,requester,organisation,end_user,model,at,outcome\nz,zoe,,,fable-5,2026-07-01T00:00:00Z,verify\n"


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    """Make a folder of orders with a case file and a table."""
    made = tmp_path / "orders"
    made.mkdir()
    (made / "catalogue.yaml").write_bytes(CATALOGUE)
    (made / "sample.yaml").write_bytes(write())
    (made / "a.cases.yaml").write_text(CASES)
    (made / "subjects.jsonl").write_text(SUBJECTS)
    (made / "expected.csv").write_text(TABLE)
    return made


def said(*paths: Path) -> list[str]:
    """Return the faults of some paths, below their folder."""
    return [str(fault).replace(f"{paths[0].parent}/", "") for fault in read_suites(paths).faults]


def test_a_folder_has_case_files_and_a_table(folder: Path) -> None:
    """Both are read against the folder's orders, which are read once."""
    found = read_suites([folder, folder, folder / "a.cases.yaml"])
    assert ([], [folder]) == (found.faults, list(found.books))
    assert [(folder / "a.cases.yaml", 1), (folder / "expected.csv", 1), (folder / "a.cases.yaml", 1)] == [
        (suite.file, len(suite.cases)) for suite in found.suites
    ]  # fmt: skip


def test_a_case_file_elsewhere_names_its_orders(folder: Path, tmp_path: Path) -> None:
    """The folder is looked for from where the file lies."""
    (tmp_path / "b.cases.yaml").write_text("orders: orders\n" + CASES)
    found = read_suites([tmp_path / "b.cases.yaml"])
    assert ([], [tmp_path / "orders"]) == (found.faults, [suite.orders for suite in found.suites])


def test_what_cannot_be_read_is_said_of_all_files(folder: Path, tmp_path: Path) -> None:
    """Faults of several files come together, and what is whole is read nevertheless."""
    (tmp_path / "b.cases.yaml").write_text("orders: nowhere\n" + CASES)
    (tmp_path / "c.cases.yaml").write_text("orders: orders\n- x")
    (folder / "a.cases.yaml").write_text(CASES.replace("expect: verify", "expect: no"))
    files = [tmp_path / f"{name}.cases.yaml" for name in "bcd"]
    assert [
        "b.cases.yaml:1:9: `nowhere` is no folder beside this file",
        "c.cases.yaml:2:1: not YAML: did not find expected key",
        "d.cases.yaml: no such file or directory",
        "orders/a.cases.yaml:2:85: `no` is none of `permit`, `substitute`, `verify`, `deny`",
    ] == said(*files, folder)  # fmt: skip


def test_faults_of_the_orders_are_said_once(folder: Path) -> None:
    """Cases of orders that cannot be read are not asked."""
    (folder / "catalogue.yaml").unlink()
    assert ["orders/catalogue.yaml: is missing beside the orders"] == said(folder)


def test_files_and_folders_without_cases(tmp_path: Path) -> None:
    """Whoever names them meant something else."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.yaml").write_text("")
    assert [
        "x.yaml: is no file of cases; those end in `.cases.yaml` or are `expected.csv`",
        "empty: holds no cases: neither `*.cases.yaml` nor `expected.csv`",
        "gone: no such file or directory",
    ] == said(tmp_path / "x.yaml", tmp_path / "empty", tmp_path / "gone")


def test_a_file_that_is_no_mapping(folder: Path) -> None:
    """It is said once, and asks nothing."""
    (folder / "a.cases.yaml").write_text("[]")
    assert ["orders/a.cases.yaml:1:1: must be a mapping of keys to values"] == said(folder)
