"""`writ order test`, as a process."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.worlds.warm import writ
from writ.law.cases_schema import cases_schema

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
CASES = ROOT / "tests" / "cases" / "june" / "june.cases.yaml"


def order(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ order …`."""
    run = writ("order", *arguments)
    return run.returncode, run.stdout, run.stderr


def failing(tmp_path: Path) -> Path:
    """Write a case file one of whose two cases is wrong."""
    file = tmp_path / "x.cases.yaml"
    file.write_text(
        f"orders: {JUNE}\n"
        "people: {ann: {citizenships: [US]}, ben: {}}\n"
        "cases:\n"
        '  - {case: right, requester: ann, model: fable-5, at: "2026-06-13T00:00:00Z", expect: permit}\n'
        '  - {case: wrong, requester: ben, model: fable-5, at: "2026-06-13T00:00:00Z", expect: permit}\n'
    )
    return file


def test_june_by_its_table_and_by_its_cases() -> None:
    """A folder's table and a case file elsewhere are asked in one run."""
    code, out, err = order("test", JUNE, CASES)
    assert (0, "") == (code, err)
    assert [
        f"{JUNE}/expected.csv: 4176 of 4176 cases as expected",
        f"{CASES}: 11 of 11 cases as expected",
        "4187 of 4187 cases as expected",
    ] == out.splitlines()


def test_a_failure_is_a_sentence_and_exits_5(tmp_path: Path) -> None:
    """It stands on stderr at its place; stdout counts."""
    file = failing(tmp_path)
    assert (
        5,
        f"{file}: 1 of 2 cases as expected\n",
        (
            f"{file}:5:5: wrong: asks for fable-5 at 2026-06-13T00:00:00Z with a key of `ben`: expected"
            " permit, got verify because rule `only-us-persons` of `us-bis-2026-06-12` version 1 cannot"
            " yet judge the requester\n"
        ),
    ) == order("test", file)


def test_results_as_json(tmp_path: Path) -> None:
    """Every case with its place and the whole decision."""
    file = failing(tmp_path)
    code, out, err = order("test", file, "--json")
    said = json.loads(out)
    assert (5, "", 1, 1, []) == (code, err, said["passed"], said["failed"], said["faults"])
    right, wrong = said["cases"]
    assert (str(file), 4, 5, "right", "permit", []) == tuple(
        right[key] for key in ("file", "line", "column", "case", "expect", "wrong")
    )
    assert ("verify", "undetermined", 1) == (
        wrong["decision"]["outcome"],
        wrong["decision"]["reasons"][0]["verdict"],
        len(wrong["wrong"]),
    )


def test_results_as_junit(tmp_path: Path) -> None:
    """The file has a test for each case."""
    code, _, _ = order("test", failing(tmp_path), "--junit", tmp_path / "out.xml")
    root = ET.parse(tmp_path / "out.xml").getroot()  # noqa: S314  we wrote it ourselves
    assert (5, "2", "1") == (code, root.get("tests"), root.get("failures"))


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    """One line says so."""
    where = tmp_path / "nowhere" / "out.xml"
    assert (1, "", f"cannot write `{where}`: No such file or directory\n") == order(
        "test", failing(tmp_path), "--junit", where
    )


def test_faults_exit_3_and_nothing_runs(tmp_path: Path) -> None:
    """What cannot be read is said instead, and no report is left behind."""
    file = failing(tmp_path)
    file.write_text(file.read_text().replace("ben, ", "bert, "))
    said = f"{file}:5:30: nobody here or in subjects.jsonl is called `bert`; did you mean `ben`?"
    assert (3, "", said + "\n") == order("test", file, "--junit", tmp_path / "out.xml")
    assert not (tmp_path / "out.xml").exists()
    code, out, err = order("test", file, "--json")
    assert (3, "", [5]) == (code, err, [item["line"] for item in json.loads(out)["faults"]])


def test_a_check_passes_over_case_files(tmp_path: Path) -> None:
    """A case file beside orders is no order."""
    for name in ("catalogue.yaml", "us-bis-2026-06-12.v1.yaml"):
        (tmp_path / name).write_bytes((JUNE / name).read_bytes())
    failing(tmp_path)
    code, out, err = order("check", tmp_path)
    assert (0, "", 2) == (code, err, len(out.splitlines()))


def test_the_schema_is_printed() -> None:
    """The schema goes to stdout, complete in itself."""
    assert (0, cases_schema(), "") == order("schema", "--cases")
