import pytest

from tests.unit.people.conftest import Deployment, line
from writ.errors import Refused
from writ.model.subject import Subject
from writ.people.backing import Backing, Source
from writ.people.registry import Registry
from writ.store.people_tables import attestation

PASSPORT = b"an issuer\0X1234567"


@pytest.fixture
def backing(registry: Registry) -> Backing:
    """Credentials of a registry with Alice and Bob."""
    registry.subjects.add([Subject("bob", "person")])
    return Backing(registry.books)


def attested(deployment: Deployment, registry: Registry, subject: str) -> bytes:
    """Have a passport attested and return the attestation's id."""
    registry.facts.take_in(line(subject), deployment.operator, skip_bad=False)
    [item] = registry.facts.carried(subject)
    return item.id


def test_one_credential_backs_one_person_until_people_decide(
    registry: Registry, backing: Backing
) -> None:
    """The first is backed; a second account waits, and is backed once it is allowed."""
    name = backing.nullifier(PASSPORT)

    assert ["stands", "stands", "asked", "asked"] == [
        backing.claim(subject, name) for subject in ("alice", "alice", "bob", "bob")
    ]
    with registry.books.store.unit() as connection:
        backing.allow(connection, "bob", name)
    assert "stands" == backing.claim("bob", name)


def test_a_lent_credential_backs_nobody_again(
    deployment: Deployment, registry: Registry, backing: Backing
) -> None:
    """All that rested on it is named, to be revoked, and nobody can show it any more."""
    name = backing.nullifier(PASSPORT)
    backing.claim("alice", name)
    fact = attested(deployment, registry, "alice")
    backing.attach([Source(fact, name, None), Source(b"nobody's", name, None)])
    backing.attach([Source(fact, None, None)])
    with registry.books.store.unit() as connection:
        assert name == backing.behind(connection, fact)
        assert None is backing.behind(connection, b"nobody's")
        assert [fact] == backing.burn(connection, name)

    for subject in ("alice", "bob"):
        with pytest.raises(Refused, match="lent to others before"):
            backing.claim(subject, name)


def test_what_is_asked_later_is_kept_sealed(
    deployment: Deployment, registry: Registry, backing: Backing
) -> None:
    """The status list's address and place come back to us, and are nowhere in the store."""
    fact = attested(deployment, registry, "alice")
    item = Source(fact, backing.nullifier(PASSPORT), "https://issuer.example/status/1#42")
    backing.attach([item])

    assert [item] == backing.to_ask()
    with registry.books.store.unit() as connection:
        connection.execute(attestation.update().values(revoked_at=1))
    assert [] == backing.to_ask()
    stored = (deployment.folder / "writ.sqlite").read_bytes()
    stored += (deployment.folder / "writ.sqlite-wal").read_bytes()
    assert [] == [word for word in (b"issuer.example", PASSPORT) if word in stored]
