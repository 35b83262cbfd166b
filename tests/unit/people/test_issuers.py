import pytest

from tests.unit.people.conftest import Deployment
from writ.errors import InvalidInput, Refused
from writ.people.books import Change
from writ.people.issuers import Issuers
from writ.people.registry import Registry
from writ.signing.keys import KeyPair
from writ.signing.trust import Method, Trust


def test_a_key_is_registered_and_revoked(deployment: Deployment, registry: Registry) -> None:
    """Adding and revoking are kept and announced once each, however often they are said."""
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)
    public = KeyPair.generate().public
    registry.issuers.add("acme", "k1", public)
    registry.issuers.add("acme", "k1", public)
    gone = registry.issuers.revoke("acme", "k1")
    registry.issuers.revoke("acme", "k1")

    assert gone.revoked_at is not None
    assert (gone,) == deployment.opened().issuers.all()
    assert [Change(issuers=frozenset({("acme", "k1")}))] * 2 == heard


def test_a_key_id_never_changes_its_key(registry: Registry) -> None:
    """A key id that was used stands for one key for ever, revoked or not."""
    public = KeyPair.generate().public
    registry.issuers.add("acme", "k1", public)
    with pytest.raises(Refused, match="key id `k1` of `acme` was used before; take another"):
        registry.issuers.add("acme", "k1", KeyPair.generate().public)
    registry.issuers.revoke("acme", "k1")
    with pytest.raises(Refused, match="was used before"):
        registry.issuers.add("acme", "k1", public)


def test_what_cannot_be_a_key_is_refused(registry: Registry) -> None:
    """A person has no end users, an odd id is no key id, short bytes are no key."""
    public = KeyPair.generate().public
    with pytest.raises(InvalidInput, match="`alice` is no organisation"):
        registry.issuers.add("alice", "k1", public)
    with pytest.raises(InvalidInput, match="cannot be a key id"):
        registry.issuers.add("acme", "k\n", public)
    with pytest.raises(Refused, match="has 32 bytes, not 5"):
        registry.issuers.add("acme", "k1", b"short")
    with pytest.raises(InvalidInput, match="`acme` has no key `k1`"):
        registry.issuers.revoke("acme", "k1")


def test_a_key_is_believed_as_far_as_it_is_registered(registry: Registry) -> None:
    """For nothing, where nothing is said; never farther than the trust document, nor otherwise later."""
    public, other, method = (KeyPair.generate().public for _ in range(3))
    trust = Trust({}, {"employer": Method("employer", method, 2)}, public)
    issuers = Issuers(registry.books, trust)
    assert 0 == issuers.add("acme", "k1", public).assurance
    assert 2 == issuers.add("acme", "k2", other, 2).assurance
    with pytest.raises(Refused, match="was used before"):
        issuers.add("acme", "k2", other, 1)
    with pytest.raises(Refused, match="believes what employers say up to A2, not A3"):
        issuers.add("acme", "k3", KeyPair.generate().public, 3)
    with pytest.raises(Refused, match="up to A0, not A1"):
        registry.issuers.add("acme", "k3", KeyPair.generate().public, 1)
