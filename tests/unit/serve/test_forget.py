"""A subject is forgotten: by the command, on disk, in the logs, and not while an order forbids it."""

import json
from pathlib import Path

import pytest

from tests.worlds.deployment import CATALOGUE, LETTER
from tests.worlds.office import Office, office
from writ.errors import InvalidInput, Refused
from writ.law.subjects import read_subject
from writ.ledger.log import GOVERNANCE
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.people.backing import Source
from writ.people.end_users import EndUser
from writ.people.forgetting import Forgetting
from writ.people.reviews import Wanted
from writ.serve.site import open_site
from writ.store.events import verify_events
from writ.store.receipts import add_receipts

PRESERVE = """
preserve:
  - {id: keep, clauses: [c1], what: Keep all of it., records: [facts], from: effective, until: null}
"""


@pytest.fixture
def made(tmp_path: Path) -> Office:
    """An office with the letter in force, Alice (a US passport) and Acme with its service."""
    made = office(tmp_path)
    made.obey(CATALOGUE, LETTER)
    fact = {
        "attribute": "citizenships",
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A3",
        "method": "passport",
        "issuer": "a-very-rare-issuer",
        "verified_at": "2026-06-01T00:00:00Z",
    }
    alice, _ = read_subject({"id": "alice-liddell", "kind": "person", "facts": [fact]})
    made.enrol(alice, Subject("acme", "organisation"), Subject("bot", "service", ("acme",)))
    made.writ("key", "create", "alice-liddell")
    return made


def on_disk(made: Office) -> bytes:
    """Everything the data folder has."""
    files = (path for path in (made.folder / "data").rglob("*") if path.is_file())
    return b"".join(path.read_bytes() for path in files)


def test_nothing_of_somebody_forgotten_is_left_but_a_name_that_leads_nowhere(made: Office) -> None:
    """Id, facts, reviews and keys are gone from the disk; event rows stand; both logs go on."""
    with open_site(read_config(made.config)) as site:
        registry = site.registry
        registry.end_users.add([EndUser("acme", "u-1", "alice-liddell")])
        [fact] = registry.facts.carried("alice-liddell")
        name = registry.backing.nullifier(b"passport")
        registry.backing.claim("alice-liddell", name)
        registry.backing.attach([Source(fact.id, name, "https://issuer.example/1#7")])
        registry.reviews.open(Wanted("alice-liddell", "papers", "a-rare-document"))
        alias = registry.books.alias("alice-liddell")
        with site.store.unit() as connection:
            add_receipts(connection, [("d-1", json.dumps({"who": [alias]}).encode())])
            add_receipts(connection, [("d-2", json.dumps({"who": ["another"]}).encode())])
        before = site.ledger.sign(GOVERNANCE)
    said = made.json("subject", "forget", "alice-liddell", "--yes")

    assert {"attestations": 1, "keys": 1, "reviews": 1, "receipts": 1} == {
        key: count for key, count in said.items() if key != "events"
    }
    disk = on_disk(made)
    words = (b"alice-liddell", b"a-very-rare-issuer", b"a-rare-document", b"issuer.example")
    assert [] == [word for word in words if word in disk]
    with open_site(read_config(made.config)) as site:
        assert verify_events(site.store) > 0
        assert before.text != site.ledger.sign(GOVERNANCE).text
        with pytest.raises(Refused, match="salt was destroyed"):
            site.ledger.decisions.prove("d-1")
        assert 1 == site.ledger.decisions.prove("d-2").proof.index
        with pytest.raises(InvalidInput, match="unknown subject"):
            Forgetting(site.registry).erase("alice-liddell")


def test_a_lent_credential_is_remembered_without_its_holder(made: Office) -> None:
    """Whoever lent it is forgotten; it is not taken from anybody again."""
    with open_site(read_config(made.config)) as site:
        backing = site.registry.backing
        name = backing.nullifier(b"passport")
        backing.claim("alice-liddell", name)
        with site.store.unit() as connection:
            backing.burn(connection, name)
            backing.burn(connection, name)
    made.writ("subject", "forget", "alice-liddell", "--yes")
    with open_site(read_config(made.config)) as site:
        site.registry.subjects.add([Subject("dinah", "person")])
        with pytest.raises(Refused, match="lent to others"):
            site.registry.backing.claim("dinah", name)


def test_who_cannot_be_forgotten_is_said(made: Office) -> None:
    """An organisation that others act for, somebody unknown, and an answer that is no."""
    assert "`acme` is acted for by bot; forget those first" == made.fails(
        "subject", "forget", "acme", "--yes"
    )
    assert made.fails("subject", "forget", "nobody", "--yes").startswith("unknown subject")
    assert 1 == made.writ("subject", "forget", "alice-liddell").exit_code
    assert 1 == len(made.json("subject", "show", "alice-liddell")["facts"])
    made.writ("subject", "forget", "bot", "--yes")
    assert 0 == made.writ("subject", "forget", "acme", "--yes").exit_code


def test_a_duty_to_preserve_suspends_erasure(tmp_path: Path) -> None:
    """While an order says to keep facts, nothing of the subject is even revoked."""
    made = office(tmp_path)
    letter = tmp_path / "us-bis-2026-06-12.v1.yaml"
    letter.write_text(LETTER.read_text() + PRESERVE)
    made.obey(CATALOGUE, letter)
    made.enrol(Subject("alice", "person"))
    made.writ("key", "create", "alice")

    assert "says to preserve them" in made.fails("subject", "forget", "alice", "--yes")
    assert None is made.json("key", "list")["keys"][0]["revoked_at"]
