"""`writ order check` and `writ order schema`, as processes."""

import json
import shutil
from pathlib import Path

import pytest

from tests.worlds.warm import writ
from writ.law.shipped import data_bytes

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
CASES = ROOT / "tests" / "cases" / "orders"


def order(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ order …`."""
    run = writ("order", *arguments, cwd=ROOT)
    return run.returncode, run.stdout, run.stderr


def test_a_folder_without_faults() -> None:
    """Exit 0, a line for each version, all scenarios as expected; its annex was typed by hand."""
    code, out, err = order("check", JUNE)
    assert (0, 5, 1) == (code, len(out.splitlines()), len(err.splitlines()))
    assert "v2.yaml:4:8: nobody confirmed whom annex `annex-a` lists; `writ annex confirm`" in err
    assert out.splitlines()[-1].startswith("0 faults, ")


def test_faults_exit_3_and_go_to_stderr_with_their_places() -> None:
    """Faults of several files, all at once, by the path that was given."""
    files = ["tests/cases/orders/empty-window.yaml", "tests/cases/orders/kind-unknown.yaml"]
    code, out, err = order("check", *files)
    assert (3, "3 faults, no scenario was asked\n") == (code, out)
    assert [f"{files[0]}:7:8", f"{files[1]}:1:8", f"{files[1]}:3:7"] == [
        line.split(": ")[0] for line in err.splitlines()
    ]


def test_faults_as_json() -> None:
    """The same with positions for an editor."""
    code, out, err = order("check", CASES / "empty-window.yaml", "--json")
    assert (3, "") == (code, err)
    assert {
        "orders": [],
        "faults": [
            {
                "file": str(CASES / "empty-window.yaml"),
                "line": 7,
                "column": 8,
                "message": "an empty window: `until` is not after `effective`",
                "clauses": [],
            }
        ],
        "notes": [],
        "failed": [],
    } == json.loads(out)


def test_notes_are_no_faults() -> None:
    """What may surprise is said, and does not fail the check."""
    code, out, err = order("check", CASES / "notes.yaml")
    assert (0, 4, True) == (code, len(err.splitlines()), "1 exception" in out)
    assert all(line.endswith("(note)") for line in err.splitlines())


def test_a_failing_scenario_exits_5(tmp_path: Path) -> None:
    """A scenario that does not come out is a sentence on stderr."""
    shutil.copy(JUNE / "catalogue.yaml", tmp_path)
    first = (JUNE / "us-bis-2026-06-12.v1.yaml").read_text(encoding="utf-8")
    file = tmp_path / "x.yaml"
    file.write_text(first.replace("expect: permit", "expect: deny", 1), encoding="utf-8")
    code, _, err = order("check", file)
    assert (5, 1, True) == (code, len(err.splitlines()), ": expected deny, got permit" in err)


def test_a_catalogue_from_elsewhere(tmp_path: Path) -> None:
    """A letter can be checked before it lies beside a catalogue; JSON lists what was read."""
    shutil.copy(JUNE / "us-bis-2026-06-12.v1.yaml", tmp_path / "x.yaml")
    code, out, _ = order(
        "check", tmp_path / "x.yaml", "--catalogue", JUNE / "catalogue.yaml", "--json"
    )
    read = json.loads(out)["orders"][0]
    assert (0, "us-bis-2026-06-12", 1, ["only-us-persons"], None) == (
        code,
        read["order"],
        read["version"],
        read["rules"],
        read["until"],
    )


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    """A path that cannot be read is a fault, and no stack trace."""
    code, _, err = order("check", tmp_path / name)
    assert (3, f"{tmp_path / name}: no such file or directory\n") == (code, err)


@pytest.mark.parametrize("name", ["order", "subject", "catalogue", "groups", "definition"])
def test_schemas_are_printed(name: str) -> None:
    """Each schema goes to stdout as it is shipped."""
    flag = [] if name == "order" else [f"--{name}"]
    assert (0, data_bytes(f"schemas/{name}.json").decode(), "") == order("schema", *flag)


def test_one_schema_at_a_time() -> None:
    """Two schemas on one stdout would be no JSON."""
    code, _, err = order("schema", "--subject", "--catalogue")
    told = (
        "give one of `--subject`, `--catalogue`, `--groups`, `--definition`, `--calendars`"
        " and `--cases`\n"
    )
    assert (3, told) == (code, err)


def test_rules_that_nobody_satisfies_are_noted(tmp_path: Path) -> None:
    """Two orders that contradict each other are no fault: both count, and it is said."""
    shutil.copy(JUNE / "catalogue.yaml", tmp_path)
    first = (JUNE / "us-bis-2026-06-12.v1.yaml").read_text(encoding="utf-8")
    (tmp_path / "x.yaml").write_text(first, encoding="utf-8")
    other = first.replace("order: us-bis-2026-06-12", "order: other").replace(
        "only: ear", "bar: ear"
    )
    other = other.partition("\nscenarios:")[0] + "\n"
    (tmp_path / "y.yaml").write_text(other, encoding="utf-8")
    code, _, err = order("check", tmp_path)
    said = [line for line in err.splitlines() if "no person can pass both" in line]
    assert (0, 2) == (code, len(said))
    assert all(line.startswith(str(tmp_path)) and line.endswith("(note)") for line in said)
