"""A registry with a verification method of its own, in a folder of the test's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.worlds.stores import store_at
from writ.clock import WallClock
from writ.model.subject import Subject
from writ.people.registry import Registry
from writ.signing.keys import KeyPair
from writ.signing.trust import Method, Trust
from writ.store.database import Store

ACME = Subject("acme", "organisation")
ALICE = Subject("alice", "person")
BOT = Subject("bot", "service", ("acme",))


def line(subject: str, **changes: object) -> bytes:
    """One line of a file of facts: a US passport unless changed."""
    fact = {
        "subject": subject,
        "attribute": "citizenships",
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A3",
        "method": "passport",
        "issuer": "idv",
        "verified_at": "2026-06-01T00:00:00Z",
    }
    return msgspec.json.encode(fact | changes)


@dataclass
class Deployment:
    """A store and the keys around it; `opened` reads it as a restarted process would."""

    folder: Path
    store: Store
    trust: Trust
    idv: KeyPair
    operator: KeyPair

    def opened(self) -> Registry:
        """Open the registry anew."""
        return Registry(self.store, self.trust, WallClock(), self.folder)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with nobody on its books; `idv` counts for A2, the operator for A3 on paper."""
    idv, operator = KeyPair.generate(), KeyPair.generate()
    methods = {
        "idv": Method("idv", idv.public, 2),
        "operator": Method("operator", operator.public, 3),
    }
    store = store_at(tmp_path / "writ.sqlite")
    yield Deployment(tmp_path, store, Trust({}, methods, KeyPair.generate().public), idv, operator)
    store.close()


@pytest.fixture
def registry(deployment: Deployment) -> Registry:
    """A registry with a company, its service account and a person."""
    registry = deployment.opened()
    registry.subjects.add([ALICE, BOT, ACME])
    return registry
