import hashlib

import pytest

from tests.unit.people.employers.conftest import Office
from writ.errors import InvalidInput, Refused
from writ.people.employers.credentials import Credential, Credentials, Wanted
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_token_proves_its_employer(office: Office) -> None:
    """A token is seen once, kept as a digest, and names its organisation and how far it is believed."""
    made, text = office.employers.add(Wanted("acme", 2, enrols=True))
    assert text is not None
    assert ("we", made.id) == tuple(text.split("_")[:2])
    assert made == office.employers.by_token(made.id, _digest(text))
    assert text.encode() not in (office.registry.books.store.path).read_bytes()
    [row] = office.events("employer.registered")
    expected = [made.id, "token", _digest(text), 2, True, office.registry.books.alias("acme")]
    words = ("credential", "kind", "shown", "assurance", "enrols", "organisation")
    assert expected == [row[name] for name in words]


def test_no_other_token_proves_anything(office: Office) -> None:
    """Unknown, another's, a key's, revoked or no digest at all: the same words for each."""
    employers = office.employers
    (mine, text), (theirs, other) = (
        employers.add(Wanted("acme", 2)),
        employers.add(Wanted("other", 2)),
    )
    key, _ = employers.add(Wanted("acme", 2, public=KeyPair.generate().public))
    right, wrong = _digest(text or ""), _digest(other or "")
    tries = [
        ("nobody", right), ("nobody", _digest("")), (mine.id, wrong), (theirs.id, right),
        (key.id, key.shown.hex()), (mine.id, "é"), (mine.id, ""),
    ]  # fmt: skip
    for name, digest in tries:
        with pytest.raises(Refused, match=r"^this token is not valid$"):
            employers.by_token(name, digest)
    employers.revoke(mine.id)
    with pytest.raises(Refused, match=r"^this token is not valid$"):
        employers.by_token(mine.id, right)


def test_a_credential_is_revoked_once(office: Office) -> None:
    """Revoking again changes nothing; an unknown credential is bad input."""
    employers = office.employers
    made = office.token()
    gone = employers.revoke(made.id)
    assert gone.revoked_at is not None
    assert gone == employers.revoke(made.id)
    assert 1 == len(office.events("employer.revoked"))
    assert (gone,) == employers.all()
    with pytest.raises(InvalidInput, match="no credential `nobody`"):
        employers.revoke("nobody")


def test_keys_of_an_organisation_are_its_live_ones(office: Office) -> None:
    """Tokens, revoked keys and keys of others do not sign for an organisation."""
    employers = office.employers

    def key(organisation: str) -> Credential:
        return employers.add(Wanted(organisation, 1, public=KeyPair.generate().public))[0]

    live, gone = key("acme"), key("acme")
    key("other")
    office.token()
    employers.revoke(gone.id)
    assert (live,) == employers.keys("acme")


def test_a_key_has_one_purpose(office: Office) -> None:
    """A key of the trust document, of end users, or registered before determines nothing."""
    employers, issuers = office.employers, office.registry.issuers
    users, mine = KeyPair.generate().public, KeyPair.generate().public
    issuers.add("acme", "k1", users)
    employers.add(Wanted("acme", 1, public=mine))
    for public, why in (
        (office.ada.public, "stands in the trust document"),
        (office.pair.public, "stands in the trust document"),
        (users, "asserts end users"),
        (mine, "was registered before"),
        (b"short", "has 32 bytes"),
    ):
        with pytest.raises(Refused, match=why):
            employers.add(Wanted("acme", 1, public=public))
    with pytest.raises(Refused, match="this key signs determinations"):
        issuers.add("acme", "k2", mine)


def test_only_organisations_employ(office: Office) -> None:
    """A person cannot be registered as an employer."""
    with pytest.raises(InvalidInput, match="`alice` is no organisation"):
        office.token("alice")


def test_nobody_is_believed_beyond_the_trust_document(office: Office) -> None:
    """What is registered stays within what the method is good for, and needs that method."""
    with pytest.raises(Refused, match="believes `employer` up to A2, not A3"):
        office.employers.add(Wanted("acme", 3))
    with pytest.raises(Refused, match="up to A2, not A4"):
        office.employers.add(Wanted("acme", -1))
    without = Credentials(office.registry.books, Trust({}, {}, KeyPair.generate().public))
    with pytest.raises(Refused, match="has no method `employer`"):
        without.add(Wanted("acme", 1))
