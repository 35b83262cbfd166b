"""`writ order simulate --config`: what a deployment has in force, has open and has on its books."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.deployment import us_passport
from tests.worlds.office import Office, office
from writ.errors import InvalidInput
from writ.law.request import read_subjects
from writ.law.subjects import read_subject
from writ.model.config import read_config
from writ.serve.site import open_site
from writ.store.people_tables import attestation

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
CATALOGUE = JUNE / "catalogue.yaml"
LETTERS = [JUNE / f"us-bis-2026-06-12.v{number}.yaml" for number in (1, 2, 3)]
BOOKS = read_subjects(JUNE / "subjects.jsonl")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A deployment with the people of June on its books, and the first letter in force."""
    made = office(tmp_path_factory.mktemp("office"), frozenset({"simulation"}))
    made.enrol(*(replace(subject, related={}) for subject in BOOKS.values()))
    made.writ("submit", CATALOGUE, LETTERS[0], "--key", made.key("ada"))
    for name in ("ben", "eve"):
        made.writ("skip", "simulation", "--why", "a test", "--key", made.key(name))
        made.writ("sign", "--key", made.key(name), "--yes")
    made.writ("activate")
    return made


def simulated(desk: Office, *words: str | Path) -> dict[str, Any]:
    """Simulate at the deployment."""
    return desk.json("order", "simulate", *words, "--config", desk.config)


def test_the_registry_is_the_population(desk: Office) -> None:
    """Who is on the books is counted as a file of the same people is, assurances cut to A3."""
    people = desk.folder / "people.jsonl"
    people.write_bytes((JUNE / "subjects.jsonl").read_bytes())
    by_file = simulated(desk, LETTERS[1], "--population", people)
    report = simulated(desk, LETTERS[1])

    assert ("complete", len(BOOKS)) == (report["verdict"], report["population"]["rows"])
    assert by_file["phases"] == report["phases"]


def test_an_open_proposal_of_other_words_passes_its_gate(desk: Office) -> None:
    """A corrected title moves nobody; its report is met, and one that counts from other orders is none."""
    again = desk.folder / "us-bis-2026-06-12.v2.yaml"
    text = LETTERS[0].read_text().replace("version: 1", "version: 2", 1)
    again.write_text(text.replace("title: ", "title: A corrected ", 1))
    desk.writ("submit", again, "--key", desk.key("ada"), "--replace")
    report = simulated(desk)
    (desk.folder / "report.json").write_text(json.dumps(report))
    other = desk.folder / "other.json"
    other.write_text(json.dumps({**report, "before": "sha256:" + 64 * "0"}))
    said = desk.fails("attach", other, "--key", desk.key("ada"))
    assert f"in force is `{report['before']}`; simulate with --config" in said
    desk.writ("attach", desk.folder / "report.json", "--key", desk.key("ada"))

    assert "no outcome changes" == report["summary"]
    gates = desk.json("status")["proposal"]["gates"]
    assert ("met", True) == (gates[0]["state"], "no outcome changes" in gates[0]["words"][0])


def test_who_cannot_be_vouched_for_is_counted_and_named(desk: Office) -> None:
    """An attestation altered on the disk makes the report incomplete; that subject is unjudged."""
    name = min(name for name, subject in BOOKS.items() if subject.facts)
    with open_site(read_config(desk.config)) as site, site.store.unit() as connection:
        here = attestation.c.subject == name
        connection.execute(attestation.update().where(here).values(envelope=b"{}"))
    report = simulated(desk, LETTERS[2])

    assert "incomplete" == report["verdict"]
    assert {
        "what": "an attestation in the registry does not prove right",
        "count": 1,
        "example": name,
    } in report["problems"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--in-force", str(CATALOGUE)), "what is in force is the deployment's"),
        (("--engine", "duckdb://other.db"), "a registry is counted in this process"),
    ],
)
def test_a_registry_stays_where_it_is(desk: Office, words: tuple[str, ...], said: str) -> None:
    """It is compared with what is in force there, and written to no engine."""
    with pytest.raises(InvalidInput, match=said):
        simulated(desk, LETTERS[2], *words)


def test_what_is_no_longer_on_the_books_is_said_in_the_report(desk: Office) -> None:
    """That facts that had ended were deleted, and that what they showed is in no number."""
    ended = us_passport(
        "late", expires_at="2026-06-30T00:00:00Z", verified_at="2026-06-01T00:00:00Z"
    )
    del ended["subject"]
    desk.enrol(read_subject({"id": "late", "kind": "person", "facts": [ended]})[0])
    deleted = desk.json("facts", "due", "--delete")["deleted"]
    report = simulated(desk, LETTERS[1], "--out", desk.folder)

    [said] = report["population"]["missing"]
    assert said.startswith(f"not counted: {deleted} facts that had ended, deleted by 2")
    assert f"<p>{said}</p>" in (desk.folder / "report.html").read_text()
