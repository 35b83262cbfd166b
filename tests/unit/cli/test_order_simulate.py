"""`writ order simulate` on the June case."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console
from typer.testing import CliRunner

from writ.cells import read_cell
from writ.cli.main import app
from writ.cli.progress import progress
from writ.errors import InvalidInput, Refused
from writ.law.folder import read_folder
from writ.law.snapshot import law_digest
from writ.study.engine import open_engine

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
LETTERS = [str(JUNE / f"us-bis-2026-06-12.v{number}.yaml") for number in (1, 2, 3)]
BIG = [("big", "permit", 11), ("big", "verify", 12)]
PEOPLE = ["--population", str(JUNE / "subjects.jsonl")]


def simulated(*arguments: str) -> dict[str, Any]:
    """Run the command and return its JSON, held to its own schema."""
    ran = CliRunner().invoke(
        app, ["order", "simulate", *arguments, "--json"], catch_exceptions=False
    )
    assert 0 == ran.exit_code
    report: dict[str, Any] = json.loads(ran.stdout)
    schema = CliRunner().invoke(app, ["order", "simulate", "--schema", "simulation"]).stdout
    jsonschema.validate(report, json.loads(schema))
    return report


def after(report: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    """Return, phase by phase and model by model, the subjects by outcome after."""
    return [
        (model["model"], model["all"]["subjects"]["after"])
        for phase in report["phases"]
        for model in phase["models"]
    ]


def test_the_three_letters(tmp_path: Path) -> None:
    """Phase by phase: restricted, amended for one model, restored; with page, charts and JSON."""
    log = tmp_path / "log.csv"
    log.write_text("subject,model,at\nprovider,fable-5,2026-06-12T00:00:00Z\n")
    out = tmp_path / "out"
    report = simulated(*LETTERS, *PEOPLE, "--traffic", str(log), "--out", str(out))

    assert ("simulation", "complete") == (report["kind"], report["verdict"])
    assert ["opus-4-8", "saga-5"] == report["untouched"]
    everybody = {"permit": 72, "substitute": 0, "verify": 0, "deny": 0, "unjudged": 0}
    found = after(report)
    assert [("fable-5", everybody), ("mythos-5", everybody)] == found[4:]
    first, second = found[1][1], found[3][1]
    assert second["permit"] > first["permit"]
    files = sorted(item.name for item in out.iterdir())
    assert [
        "organisations.csv",
        "outcomes.svg",
        "report.html",
        "report.json",
        "settling.svg",
        "timeline.svg",
    ] == files
    page = (out / "report.html").read_text(encoding="utf-8")
    assert ("<svg" in page, "default-src 'none'" in page, "style=" in page) == (True, True, False)
    assert '<th scope="row">undetermined</th><td></td><td>50 (69%)</td>' in page
    drawn = (out / "settling.svg").read_text(encoding="utf-8")
    most = report["phases"][1]["models"][1]["settling"][0]["subjects"]
    assert f">{most}: requester shows citizenships US (A2)<" in drawn
    assert most > report["phases"][0]["models"][1]["settling"][0]["subjects"]


def test_what_is_written_tells_nobody_apart(tmp_path: Path) -> None:
    """Files put values of fewer than ten together, name no organisation of fewer, and nobody as an example."""
    people = tmp_path / "people.jsonl"
    bad = {"attribute": "citizenships", "value": ["USA"]}
    lines = (JUNE / "subjects.jsonl").read_text() + json.dumps(
        {"id": "ann", "kind": "person", "facts": [bad]}
    )
    people.write_text(lines + "\n")
    asked = [LETTERS[0], "--population", str(people)]
    printed = simulated(*asked, "--out", str(tmp_path / "out"))
    written = json.loads((tmp_path / "out" / "report.json").read_bytes())

    assert ((1, 10), printed["summary"]) == (
        (printed["floor"], written["floor"]),
        written["summary"],
    )
    exact, put = (item["phases"][0]["models"][0] for item in (printed, written))
    assert exact["all"] == put["all"]
    for dimension, rows in put["by"].items():
        counts = {row["value"]: sum(row["subjects"]["after"].values()) for row in rows}
        assert 10 <= min(counts.values())
        assert 73 == sum(counts.values()), dimension
    assert len(exact["by"]["citizenship"]) > len(put["by"]["citizenship"])
    hit = exact["organisations"]["subjects"]
    assert ({"hit": hit["hit"], "hardest": []}, True) == (
        put["organisations"]["subjects"],
        bool(hit["hardest"]),
    )
    assert ({"ann"}, {""}) == (examples(printed), examples(written))
    assert written == simulated(*asked, "--floor", "10")


US = {
    "attribute": "citizenships",
    "value": ["US"],
    "completeness": "at_least",
    "assurance": "A4",
    "method": "papers",
    "issuer": "counter",
    "verified_at": "2026-01-01T00:00:00Z",
}


def staff(folder: Path, **sizes: tuple[int, int]) -> str:
    """Write companies with so many US citizens, and so many of whom nothing is known."""
    register = {**US, "attribute": "incorporated_in"}
    company = {"kind": "organisation", "facts": [register]}
    lines = [json.dumps({"id": name, **company}) for name in sizes]
    for name, (citizens, others) in sizes.items():
        for number in range(citizens + others):
            one = {"id": f"{name}-{number}", "kind": "person", "acts_for": [name]}
            lines.append(json.dumps({**one, "facts": [US] if number < citizens else []}))
    (folder / "staff.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "staff.jsonl")


def rows(folder: Path) -> list[tuple[str, str, int]]:
    """Return organisation, outcome after and subjects, of the first model."""
    with (folder / "organisations.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [
        (row["organisation"], row["after"], int(row["subjects"]))
        for row in found
        if row["model"] == "fable-5"
    ]


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        (
            {"big": (11, 12), "all": (0, 30), "mid": (2, 10), "tiny": (0, 3)},
            [("", "permit", 2), ("", "verify", 13), ("all", "verify", 30), *BIG],
        ),
        (
            {"big": (11, 12), "all": (0, 30), "tiny": (0, 3)},
            [("", "permit", 11), ("", "verify", 15), ("all", "verify", 30)],
        ),
    ],
)
def test_organisations_are_told_apart_where_ten_fare_alike(
    tmp_path: Path, sizes: dict[str, tuple[int, int]], told: list[tuple[str, str, int]]
) -> None:
    """All others are one, and the smallest of those told goes with them where they are too few."""
    asked = [LETTERS[0], "--population", staff(tmp_path, **sizes)]
    exact = simulated(*asked, "--out", str(tmp_path))

    assert told == rows(tmp_path)
    written = json.loads((tmp_path / "report.json").read_bytes())
    names = {*(name or "others" for name, _, _ in told), "others"}
    assert names == {row["value"] for row in by_organisation(written)}
    assert {*sizes, "no organisation"} == {row["value"] for row in by_organisation(exact)}
    simulated(*asked, "--out", str(tmp_path), "--floor", "1")
    expected = {
        (name, after, count)
        for name, (citizens, others) in sizes.items()
        for after, count in (("permit", citizens), ("verify", others))
        if count
    }
    assert expected == set(rows(tmp_path))


def test_a_page_draws_nothing_of_nobody(tmp_path: Path) -> None:
    """A population of nothing has no charts; the problem stands there instead."""
    (tmp_path / "nobody.jsonl").write_text("")
    simulated(
        LETTERS[0], "--population", str(tmp_path / "nobody.jsonl"), "--out", str(tmp_path / "out")
    )

    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (0, 1) == (page.count("<svg"), page.count("0 subjects in the population"))


def by_organisation(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is told of organisations, of the first model."""
    found: list[dict[str, Any]] = report["phases"][0]["models"][0]["by"]["organisation"]
    return found


def examples(report: dict[str, Any]) -> set[str]:
    """Return who is named as an example of a fault about facts."""
    return {item["example"] for item in report["problems"] if "facts" in item["what"]}


def test_a_deployment_is_counted_by_itself(tmp_path: Path) -> None:
    """At one that no rule covers nothing changes, and such a report says that it is a part."""
    folder = tmp_path / "orders"
    told = retold(tmp_path, "    standing:", "    where: {regions: [US]}\n    standing:")
    catalogue = folder / "catalogue.yaml"
    catalogue.write_text(
        catalogue.read_text()
        + "deployments:\n"
        + "  there: {entity: us-co, region: US}\n  here: {entity: eu-co, region: FR}\n"
    )
    everywhere, there, here = (
        simulated(str(told), *PEOPLE, *words)
        for words in ([], ["--deployment", "there"], ["--deployment", "here"])
    )

    assert ("complete", "in part") == (everywhere["verdict"], there["verdict"])
    assert after(everywhere) == after(there)
    assert ([], "no outcome changes") == (here["phases"], here["summary"])
    assert everywhere["digest"] == here["digest"]
    with pytest.raises(InvalidInput, match=r"no deployment `their` in the catalogue.*`there`"):
        CliRunner().invoke(
            app,
            ["order", "simulate", str(told), *PEOPLE, "--deployment", "their"],
            catch_exceptions=False,
        )
    said = CliRunner().invoke(app, ["order", "simulate", str(told), *PEOPLE]).stdout
    assert "wherever it is served; --deployment counts one of here, there" in said


def test_an_amendment_compared_with_what_it_amends() -> None:
    """`--diff` shows only what the amendment changes."""
    report = simulated(*LETTERS[:2], *PEOPLE, "--diff", LETTERS[0])

    assert ["fable-5", "opus-4-8", "saga-5"] == report["untouched"]
    assert 1 == len(after(report))
    assert report == simulated(LETTERS[1], *PEOPLE, "--diff", LETTERS[0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([LETTERS[0]], "say who there is"),
        ([*PEOPLE], "give order files"),
        (["nofile.yaml", *PEOPLE], "^nofile.yaml: no such file or directory$"),
        ([LETTERS[0], "--population", "nowhere.parquet"], "No such file"),
        (
            [LETTERS[0], "--population", "postgresql://ann:secret@h/d"],
            "^name a file or a table; .*",
        ),
        ([LETTERS[0], *PEOPLE, "--engine", "abacus://"], "is no engine"),
        ([LETTERS[0], *PEOPLE, "--traffic", str(JUNE / "annex-a.csv")], "has no column `subject`"),
        (["--schema", "everything"], "there is no schema"),
    ],
)
def test_bad_input(arguments: list[str], said: str) -> None:
    """One line that says what to do."""
    with pytest.raises(InvalidInput, match=said):
        CliRunner().invoke(app, ["order", "simulate", *arguments], catch_exceptions=False)


def test_progress_is_told_beside_the_results() -> None:
    """A line for each step on stderr, where that is no terminal; beside JSON nothing."""
    steps = "reading the population …\njudging …\nranking organisations …\n"
    arguments = ["order", "simulate", LETTERS[0], *PEOPLE]

    printed = CliRunner().invoke(app, arguments)
    assert steps == printed.stderr
    assert "    hit hardest of 13 organisations: provider 9, tamar-ins" in printed.stdout
    assert "" == CliRunner().invoke(app, [*arguments, "--json"]).stderr


def test_a_terminal_shows_a_bar() -> None:
    """It names the step, and asks the engine how far it is; DuckDB itself prints nothing."""
    drawn = io.StringIO()
    with (
        open_engine("duckdb://", threads=1) as engine,
        progress(engine, Console(file=drawn, force_terminal=True)) as tell,
    ):
        tell("counting")
        list(engine.rows(engine.small({"n": ("number", [1])})))

        assert 0 <= engine.progress() <= 100
    assert "counting" in drawn.getvalue()


def test_nothing_changes() -> None:
    """The same orders as in force are refused, as `writ submit` refuses them."""
    with pytest.raises(Refused, match="nothing changes"):
        CliRunner().invoke(
            app,
            ["order", "simulate", LETTERS[0], *PEOPLE, "--in-force", LETTERS[0]],
            catch_exceptions=False,
        )


def test_other_words_change_no_outcome(tmp_path: Path) -> None:
    """A corrected title is a report that says so, of exactly that law; with page and charts."""
    told = retold(tmp_path, "title: ", "title: A corrected ")
    report = simulated(str(told), *PEOPLE, "--in-force", LETTERS[0], "--out", str(tmp_path / "out"))

    assert ([], "no outcome changes") == (report["phases"], report["summary"])
    assert law_digest(read_folder(told)) == report["digest"]
    assert 4 == len(report["untouched"])
    assert "no outcome changes" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_other_names_are_told(tmp_path: Path) -> None:
    """Where no rule changes and the catalogue does, nobody is told that no outcome changes."""
    told = retold(tmp_path, "title: ", "title: ")
    catalogue = told / "catalogue.yaml"
    catalogue.write_text(catalogue.read_text() + "  nova-1: {}\n")
    ran = CliRunner().invoke(
        app, ["order", "simulate", str(told), *PEOPLE, "--in-force", LETTERS[0]]
    )

    assert "no rule changes, and the catalogue does: nova-1\n" in ran.stdout


def retold(folder: Path, said: str, instead: str) -> Path:
    """Write a folder with the catalogue and the first letter, in other words."""
    found = folder / "orders"
    found.mkdir()
    letter = Path(LETTERS[0])
    (found / letter.name).write_text(letter.read_text().replace(said, instead, 1))
    (found / "catalogue.yaml").write_bytes((JUNE / "catalogue.yaml").read_bytes())
    return found


def test_no_organisation_is_a_formula(tmp_path: Path) -> None:
    """An id that a spreadsheet would reckon with begins with an apostrophe, and can be read again."""
    sizes = {"=1+1": (0, 1), "'=1+1": (0, 1), "@sum": (1, 0), "plain-co": (0, 1)}
    simulated(
        LETTERS[0], "--population", staff(tmp_path, **sizes), "--out", str(tmp_path), "--floor", "1"
    )

    written = [name for name, _, _ in rows(tmp_path)]
    assert {"'=1+1", "''=1+1", "'@sum", "plain-co"} == set(written)
    assert set(sizes) == set(map(read_cell, written))
