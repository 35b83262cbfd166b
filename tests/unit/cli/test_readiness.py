"""`writ readiness` and `writ coverage check`, in this process."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from writ.cli.main import app
from writ.errors import InvalidInput

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
ASK = [
    "readiness", str(JUNE), "--population", str(JUNE / "subjects.jsonl"),
    "--at", "2026-06-12T12:00:00Z",
]  # fmt: skip


CARD = {
    "at": "2026-06-11T00:00:00Z", "right": True, "requests": 9, "wrong_outcomes": 0,
    "signed_ms": 1.6, "in_force_ms": 2.4, "first_refusal_ms": None, "time_to_return_ms": 3.0,
}  # fmt: skip
"""What a drill wrote, the rest left out."""


def run(*words: str) -> str:
    """Run `writ` and return what it printed."""
    ran = CliRunner().invoke(app, words, catch_exceptions=False)
    assert 0 == ran.exit_code
    return ran.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a second run, and the history of both."""
    folder = tmp_path_factory.mktemp("ready")
    history = ("--history", str(folder / "history.jsonl"))
    run(*ASK, *history)
    card = folder / "card.json"
    card.write_text(json.dumps(CARD))
    printed = run(*ASK, *history, "--drill", str(card), "--out", str(folder), "--json")
    assert json.loads(printed) == json.loads((folder / "readiness.json").read_bytes())
    return folder


def report(out: Path) -> dict[str, Any]:
    """Return the report."""
    read: dict[str, Any] = json.loads((out / "readiness.json").read_bytes())
    return read


def test_the_report_is_in_the_form_that_it_says(out: Path) -> None:
    """Its schema takes it; every account that is served is in one place."""
    found = report(out)
    jsonschema.validate(found, json.loads(run("readiness", "--schema")))

    assert (None, None) == (found["signers"], found["coverage"]["register"])
    assert (2, None, False) == tuple(
        found["drill"][name] for name in ("in_force_ms", "first_refusal_ms", "old")
    )
    for item in found["templates"]:
        counts = dict(item["accounts"])
        assert counts.pop("served") == sum(counts.values())
        served = counts["at_once"] + counts["replaced"]
        assert f"{served / item['accounts']['served']:.4f}" == item["readiness"]


def test_every_run_is_in_the_history(out: Path) -> None:
    """One line a run, and the report has them all."""
    lines = (out / "history.jsonl").read_text().splitlines()
    entries = report(out)["history"]

    assert 2 == len(lines) == len(entries)
    assert {"0.1017"} == {entry["readiness"]["us-persons"] for entry in entries}


def test_the_page_runs_nothing_and_loads_nothing(out: Path) -> None:
    """Its policy allows its own style by digest, and no style stands anywhere else."""
    page = (out / "readiness.html").read_text(encoding="utf-8")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#39;", "'")
    assert (1, 0, 0) == (page.count("<style"), page.count(" style="), page.count("<script"))
    assert set(re.findall(r"(?:src|href)=\"([^\"#]*)", page)) <= {""}
    assert 3 == page.count("<svg")


def test_a_chart_stands_alone(out: Path) -> None:
    """Outside the page it brings its own ink and paper."""
    chart = (out / "readiness.svg").read_text(encoding="utf-8")

    assert re.match(r"<svg [^>]* color=\"#222\">\s*<rect width=\"100%\"", chart)


def test_what_is_written_names_nobody(tmp_path: Path) -> None:
    """Who is shown where a row is at fault is printed for who mends it; an empty population is told."""
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "ann", "kind": "perso"}')
    asked = [*ASK[:2], "--population", str(people), "--json", "--out", str(tmp_path)]
    printed = json.loads(run(*asked))["problems"]
    written = json.loads((tmp_path / "readiness.json").read_bytes())["problems"]
    assert (["ann"], [""]) == ([p["example"] for p in printed], [p["example"] for p in written])

    people.write_text("")
    told = {"what": "subjects in the population: nothing of it is counted", "count": 0}
    assert [told | {"example": ""}] == json.loads(run(*asked))["problems"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["readiness", str(JUNE)], "say who there is"),
        (["readiness", "--population", "x.jsonl"], "give a folder of orders, or --config"),
        ([*ASK, "--model", "fabel-5"], "`fabel-5` is no controlled model .*`fable-5`"),
        ([*ASK, "--population", "nowhere.jsonl"], "cannot read `nowhere.jsonl`"),
        ([*ASK, "--drill", "nowhere.json"], "cannot read `nowhere.json`"),
        (["coverage", "check", "nowhere.yaml"], "cannot read `nowhere.yaml`"),
    ],
)
def test_bad_input(words: list[str], said: str) -> None:
    """One line that says what to do."""
    with pytest.raises(InvalidInput, match=said):
        CliRunner().invoke(app, words, catch_exceptions=False)


def test_a_register_is_checked(tmp_path: Path) -> None:
    """What it has, and every fault with its place."""
    file = tmp_path / "coverage.yaml"
    path = "{id: lab, kind: notebook, what: it, enforced_by: uncovered, owner: o, reviewed: 2026-11-20}"
    file.write_text(f"paths:\n  - {path}\n")
    assert "1 of 1 paths uncovered: lab\n" == run("coverage", "check", str(file))
    assert json.loads(run("coverage", "check", "--schema"))["title"] == "A coverage register"
    file.write_text(f"paths:\n  - {path.replace('lab', 'a b')}\n")
    with pytest.raises(InvalidInput, match=r"coverage.yaml:2:10: `a b` is not a name"):
        CliRunner().invoke(app, ["coverage", "check", str(file)], catch_exceptions=False)
