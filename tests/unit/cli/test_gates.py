"""`writ encode`, `attach` and `skip`, as their users run them."""

import json
from pathlib import Path

import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, ORDERS, Deployment, found
from writ.law.folder import load_files, read_sources
from writ.law.snapshot import law_digest
from writ.model.order import Lawbook

TITLE = "title: Licence requirement for Fable 5 and Mythos 5"


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A deployment that asks for everything, with an order proposed."""
    made = found(tmp_path, gates="encoding,proof,simulation")
    made.writ("submit", CATALOGUE, LETTER, "--key", "ada.key")
    return made


def report(folder: Path, **changes: str) -> Path:
    """Write a report on the proposed orders."""
    digest = law_digest(read_sources(load_files([CATALOGUE, LETTER])))
    value = {"kind": "proof", "digest": digest, "verdict": "proved", "summary": "all"} | changes
    path = folder / f"{value['kind']}.json"
    path.write_text(json.dumps(value | {"more": [1.5]}))
    return path


def test_from_two_encodings_to_an_order_in_force(deployment: Deployment) -> None:
    """Ben writes it down too, what differs is explained, reports come, two sign: in force."""
    folder = deployment.folder
    mine = folder / "mine.yaml"
    mine.write_text(LETTER.read_text().replace(TITLE, "title: A licence is needed"))
    assert "submitted this" in deployment.fails(2, "encode", mine, "--key", "ada.key")
    said = deployment.writ("encode", mine, "--key", "ben.key", "--differences", "why.json")
    assert "differs: title: A licence is needed, was" in said
    refused = deployment.run("sign", "--key", "ben.key", "--yes")
    assert (2, True) == (refused.returncode, "not explained; see" in refused.stderr)
    why = ("encode", "why.json", "--explain", "--key", "ada.key")
    assert "says nothing of: title" in deployment.fails(3, *why)
    filled = json.loads((folder / "why.json").read_text())
    filled["explained"] = dict.fromkeys(filled["explained"], "the letter has no title")
    (folder / "why.json").write_text(json.dumps(filled))
    deployment.writ(*why)
    for name in ("ben", "eve"):
        shown = deployment.run("sign", "--key", f"{name}.key", "--yes")
        assert (0, True) == (
            shown.returncode,
            "(the letter has no title, says ada)" in shown.stderr,
        )
    assert "a proof of these very orders is wanting" in deployment.fails(2, "activate")
    other = report(folder, digest="sha256:00")
    assert "speaks of `sha256:00`" in deployment.fails(2, "attach", other, "--key", "ada.key")
    deployment.writ("attach", report(folder), "--key", "ada.key")
    counted = {"kind": "simulation", "verdict": "complete"}
    unsaid = ("attach", report(folder, **counted), "--key", "eve.key")
    assert "counts without saying from what" in deployment.fails(2, *unsaid)
    nothing = law_digest(Lawbook(read_sources(load_files([CATALOGUE, LETTER])).catalogue))
    done = ("attach", report(folder, **counted, before=nothing), "--key", "eve.key")
    assert "put it in force with `writ activate`" in deployment.writ(*done)
    gates = deployment.json("status")["proposal"]["gates"]
    assert ["met"] * 3 == [gate["state"] for gate in gates]
    assert 1 == deployment.json("activate")["epoch"]


def test_real_reports_are_taken(deployment: Deployment) -> None:
    """What is proposed is proved and simulated as it would be signed, and both reports are met."""
    people = ORDERS / "subjects.jsonl"
    deployment.writ("order", "prove", "--config", "writ.toml", "--out", "proof")
    counted = ("order", "simulate", "--config", "writ.toml", "--population", people)
    deployment.writ(*counted, "--out", "simulated")
    for report in ("proof/proof.json", "simulated/report.json"):
        deployment.writ("attach", report, "--key", "ada.key")
    gates = deployment.json("status")["proposal"]["gates"]
    said = {gate["gate"]: (gate["state"], gate["words"]) for gate in gates}
    assert ("met", "met") == (said["proof"][0], said["simulation"][0])
    assert said["proof"][1][0].startswith("proof: proved; 8 properties proved")
    assert "stricter for up to 66 of 72 subjects" in said["simulation"][1][0]


def test_two_skip_what_there_is_no_time_for(deployment: Deployment) -> None:
    """One is not enough, and the status says what is wanting until two have said so."""
    every = ("encoding", "proof", "simulation")
    skip = ("skip", *every, "--why", "ten minutes left", "--key")
    assert "did you mean `proof`" in deployment.fails(3, "skip", "prof", *skip[4:], "ben.key")
    assert "may not sign" in deployment.fails(2, *skip, "ada.key")
    assert "it takes 2 to skip" in deployment.writ(*skip, "ben.key")
    assert "it takes 2 to skip" in deployment.writ("status")
    deployment.writ(*skip, "eve.key")
    shown = deployment.run("sign", "--key", "ben.key", "--yes")
    assert "proof: SKIPPED by ben and eve" in shown.stderr


def test_odd_files_are_refused_in_words(deployment: Deployment) -> None:
    """No report, no explanation, no order of this proposal: each is said without a trace."""
    folder = deployment.folder
    (folder / "odd.json").write_text("[]")
    assert "is no report" in deployment.fails(3, "attach", "odd.json", "--key", "ben.key")
    (folder / "deep.json").write_text('{"x": ' + "[" * 5000 + "]" * 5000 + "}")
    assert "nested too deep" in deployment.fails(3, "attach", "deep.json", "--key", "ben.key")
    explain = ("encode", "odd.json", "--explain", "--key", "ben.key")
    assert "is no file of explanations" in deployment.fails(3, *explain)
    other = folder / "other.yaml"
    other.write_text(LETTER.read_text().replace("order: us-bis", "order: eu-bis"))
    said = deployment.fails(2, "encode", other, "--key", "ben.key")
    assert "version 1 of `eu-bis-2026-06-12` is not proposed" == said


def test_gates_have_names(tmp_path: Path) -> None:
    """A gate that there is none of is not put into a trust document."""
    deployment = Deployment(tmp_path)
    deployment.writ("init", ".")
    person = deployment.writ("keygen", "--out", "a.key", "--person", "ada").strip()
    said = deployment.fails(3, "trust", "init", "--person", f"{person}:submit", "--gates", "prof")
    assert "`prof`: gates are annexes, encoding, proof, simulation" == said
