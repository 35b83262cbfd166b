"""Employers on the books of a deployment whose legal clock the test steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.worlds.stores import store_at
from writ.clock import DrillClock, Instant, parse_instant
from writ.model.subject import Fact, Subject
from writ.people.employers.credentials import Credential, Credentials, Wanted
from writ.people.employers.determination import DECLARATION, Said
from writ.people.employers.personnel import Personnel
from writ.people.end_users import EndUser
from writ.people.registry import Registry
from writ.signing.keys import KeyPair
from writ.signing.trust import Method, Person, Trust
from writ.store.events import read_events, read_payload

NOW = parse_instant("2026-06-20T00:00:00Z")


@dataclass
class Office:
    """A registry with `acme`, which names `u-1` (alice) and `u-2` (bob), and `other`, which has `u-1` too (carol)."""

    registry: Registry
    personnel: Personnel
    employers: Credentials
    clock: DrillClock
    pair: KeyPair
    ada: KeyPair

    def token(self, organisation: str = "acme", *, enrols: bool = False) -> Credential:
        """Register a token at A2."""
        return self.employers.add(Wanted(organisation, 2, enrols))[0]

    def facts(self, subject: str) -> set[Fact]:
        """Facts that stand for a subject."""
        return set(self.registry.those([subject])[subject].subject.facts)

    def events(self, kind: str) -> list[dict[str, object]]:
        """Event rows of a kind."""
        with self.registry.books.store.view() as connection:
            rows = list(read_events(connection, 0, (kind,)))
        return [dict(read_payload(row)) for row in rows]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Acme and another company; the method `employer` is believed up to A2."""
    pair, ada = KeyPair.generate(), KeyPair.generate()
    trust = Trust(
        {"ada": Person("ada", "ada", (ada.public,), frozenset({"submit"}))},
        {"employer": Method("employer", pair.public, 2)},
        KeyPair.generate().public,
    )
    clock = DrillClock(tmp_path / "clock", NOW)
    store = store_at(tmp_path / "writ.sqlite")
    registry = Registry(store, trust, clock, tmp_path)
    people = [Subject(name, "person") for name in ("alice", "bob", "carol")]
    companies = [Subject("acme", "organisation"), Subject("other", "organisation")]
    registry.subjects.add([*people, *companies])
    registry.end_users.add(
        [
            EndUser("acme", "u-1", "alice"),
            EndUser("acme", "u-2", "bob"),
            EndUser("other", "u-1", "carol"),
        ]
    )
    yield Office(
        registry, Personnel(registry, pair), Credentials(registry.books, trust), clock, pair, ada
    )
    store.close()


def said(**changes: object) -> Said:
    """A determination that somebody is a US citizen, unless changed."""
    words: dict[str, object] = {
        "declaration": DECLARATION,
        "determined_by": "hr-7",
        "determined_at": "2026-06-19T00:00:00Z",
        "basis": "document",
        "citizenships": ("US",),
    }
    return msgspec.convert(words | changes, Said)


def at(text: str) -> Instant:
    """An instant in June."""
    return parse_instant(f"2026-06-{text}Z")
