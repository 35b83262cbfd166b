from dataclasses import replace

import pytest

from writ.canonical import encode
from writ.errors import Refused
from writ.signing.dsse import pae
from writ.signing.keys import KeyPair
from writ.signing.lease import Statement, sign_lease, verify_lease

ONLINE = KeyPair.from_seed(bytes([3]) * 32)
LEASE = Statement("gateway-1", 7, "sha256:00", 5_000, 10_000, 1_781_299_260_000_000, 42)


def test_a_lease_reads_back() -> None:
    """What the online key signed is returned."""
    assert LEASE == verify_lease(*sign_lease(LEASE, ONLINE), ONLINE.public)


def test_another_key_is_refused() -> None:
    """A lease by any other key is none."""
    with pytest.raises(Refused, match="the signature is not by key"):
        verify_lease(*sign_lease(LEASE, KeyPair.generate()), ONLINE.public)


def test_every_flipped_bit_is_refused() -> None:
    """A lease with one bit flipped, in statement or signature, is none."""
    statement, signature = sign_lease(LEASE, ONLINE)
    good = statement + signature
    for place in range(len(good) * 8):
        bad = bytearray(good)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(Refused):
            verify_lease(bytes(bad[: len(statement)]), bytes(bad[len(statement) :]), ONLINE.public)


def test_a_signature_for_another_purpose_is_refused() -> None:
    """The online key's signature over the bare statement is not a lease."""
    statement, _ = sign_lease(LEASE, ONLINE)
    for message in (statement, pae("application/vnd.in-toto+json", statement)):
        with pytest.raises(Refused):
            verify_lease(statement, ONLINE.sign(message), ONLINE.public)


@pytest.mark.parametrize(
    "lease",
    [
        replace(LEASE, epoch=-1),
        replace(LEASE, lifetime_ms=-1),
        replace(LEASE, legal_mark=-1),
        replace(LEASE, number=-1),
    ],
    ids=["epoch", "lifetime", "mark", "number"],
)
def test_negative_numbers_are_refused(lease: Statement) -> None:
    """No number of a lease is below zero."""
    with pytest.raises(Refused, match="no negative numbers"):
        verify_lease(*sign_lease(lease, ONLINE), ONLINE.public)


def test_another_form_is_refused() -> None:
    """A statement with more in it is not read, though it is signed."""
    statement = encode({"gateway": "gateway-1"})
    signature = ONLINE.sign(pae("application/vnd.writ.lease.v1+json", statement))
    with pytest.raises(Refused, match="the lease is not in its form"):
        verify_lease(statement, signature, ONLINE.public)
