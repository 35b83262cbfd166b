import asyncio

from tests.worlds.issuers import NOW, root, status_list, trust_file
from tests.worlds.wallet import Lists
from writ.people.credentials.rechecks import Rechecked, recheck, write_reference
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import read_trust_list

ROOT = root()
SIGNER = ROOT.issue("status", number=3)
URI = "https://status.example/1"
ROW = {"certificates": ROOT.pem, "status_hosts": ["status.example"]}
TRUST = read_trust_list(trust_file(ROW), "t")


def kept(index: int, uri: str = URI) -> tuple[bytes, str]:
    """What is kept of the credential at a place."""
    return b"%d" % index, write_reference(StatusReference(uri, index), TRUST.issuers[0])


def test_what_its_issuer_revoked_falls() -> None:
    """Those on the list as revoked or suspended fall, others and other methods' stand; one question."""
    claims = {"ttl": 0}
    lists = Lists({URI: status_list(SIGNER, URI, {4: 1, 9: 2}, bits=2, claims=claims)})
    others = (b"5", '{"elsewhere": 1}')
    found = asyncio.run(recheck([*map(kept, (3, 4, 9)), others], TRUST, Statuses(lists), NOW))
    assert (Rechecked((b"4", b"9"), ()), [URI]) == (found, lists.fetched)


def test_what_rests_on_an_issuer_taken_off_the_list_falls() -> None:
    """An issuer whom nobody trusts any more vouches for nothing, and is not asked."""
    other = read_trust_list(trust_file({**ROW, "name": "another"}), "t")
    lists = Lists()
    found = asyncio.run(recheck([kept(3)], other, Statuses(lists), NOW))
    assert (Rechecked((b"3",), ()), []) == (found, lists.fetched)


def test_a_list_that_says_nothing_takes_nobody_out() -> None:
    """A list that cannot be read, or does not reach so far, leaves everything as it was."""
    other = "https://status.example/2"
    lists = Lists(
        {
            URI: status_list(SIGNER, URI, {}, claims={"exp": NOW}),
            other: status_list(SIGNER, other, {5: 1}),
        }
    )
    found = asyncio.run(
        recheck([kept(3), kept(64, other), kept(5, other)], TRUST, Statuses(lists), NOW)
    )
    expected = (
        "the status list has expired; ask its issuer for a new one",
        "the status list does not speak of this credential",
    )
    assert Rechecked((b"5",), expected) == found
