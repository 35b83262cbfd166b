import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.canonical import decode
from writ.errors import Refused
from writ.signing.dsse import (
    MAX_SIGNATURES,
    Envelope,
    Signature,
    Verified,
    envelope_of,
    pae,
    read_envelope,
    sign,
    verify,
)
from writ.signing.keys import KeyPair

ANA, BEN = KeyPair.from_seed(bytes([1]) * 32), KeyPair.from_seed(bytes([2]) * 32)
KIND = "application/vnd.writ.test+json"


def test_the_encoding_is_the_standards() -> None:
    """The example of the DSSE protocol comes out byte for byte."""
    assert b"DSSEv1 29 http://example.com/HelloWorld 11 hello world" == pae(
        "http://example.com/HelloWorld", b"hello world"
    )


def test_lengths_count_bytes() -> None:
    """A type outside ASCII is counted in bytes."""
    assert b"DSSEv1 3 \xc3\xa9x 0 " == pae("éx", b"")


def test_who_signed_is_proved() -> None:
    """Verifying returns the payload and the raw keys that signed, in order."""
    envelope = sign(b"payload", KIND, [BEN, ANA])
    proved = verify(envelope, [ANA.public, BEN.public], KIND)
    assert Verified(b"payload", (BEN.public, ANA.public)) == proved
    assert (BEN.id, ANA.id) == proved.key_ids


def test_envelopes_round_trip() -> None:
    """An envelope written as JSON reads back, alone or as part of something larger."""
    envelope = sign(b"\x00\xff", KIND, [ANA])
    assert envelope == read_envelope(envelope.json())
    assert envelope == envelope_of(decode(envelope.json()))


def test_an_envelope_has_the_standards_names() -> None:
    """The fields are those that DSSE gives."""
    envelope = Envelope(b"hello world", "http://example.com/HelloWorld", (Signature("k", b"\x01"),))
    assert {
        "payload": "aGVsbG8gd29ybGQ=",
        "payloadType": "http://example.com/HelloWorld",
        "signatures": [{"keyid": "k", "sig": "AQ=="}],
    } == envelope.plain()


def test_another_type_is_refused() -> None:
    """A signature made for one purpose serves no other."""
    with pytest.raises(Refused, match="not `text/plain`"):
        verify(sign(b"x", KIND, [ANA]), [ANA.public], "text/plain")


def test_a_type_changed_afterwards_is_refused() -> None:
    """The type is part of what was signed."""
    signed = sign(b"x", KIND, [ANA])
    with pytest.raises(Refused, match="the signature is not by key"):
        verify(Envelope(b"x", "text/plain", signed.signatures), [ANA.public], "text/plain")


@pytest.mark.parametrize("count", [0, MAX_SIGNATURES + 1])
def test_no_signature_and_too_many_are_refused(count: int) -> None:
    """Empty proves nothing; more than the budget is not looked at."""
    envelope = Envelope(b"x", KIND, (Signature("k", b""),) * count)
    with pytest.raises(Refused, match="1 to 32 signatures"):
        verify(envelope, [ANA.public], KIND)


def test_unknown_keys_are_refused() -> None:
    """One signature by nobody known refuses the envelope, though another is good."""
    with pytest.raises(Refused, match=f"signed by key `{BEN.id}`"):
        verify(sign(b"x", KIND, [ANA, BEN]), [ANA.public], KIND)


def test_a_key_signs_once() -> None:
    """The same key twice is refused, not counted."""
    with pytest.raises(Refused, match="not known here or signed before"):
        verify(sign(b"x", KIND, [ANA, ANA]), [ANA.public], KIND)


def test_key_ids_prove_nothing() -> None:
    """A signature under another's key id is refused."""
    forged = Signature(ANA.id, BEN.sign(pae(KIND, b"x")))
    with pytest.raises(Refused, match="the signature is not by key"):
        verify(Envelope(b"x", KIND, (forged,)), [ANA.public, BEN.public], KIND)


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    """An envelope with one bit flipped anywhere verifies for nobody."""
    good = bytearray(sign(b'{"order":"x"}', KIND, [ANA, BEN]).json())
    place = data.draw(st.integers(0, len(good) * 8 - 1))
    good[place // 8] ^= 1 << place % 8
    with pytest.raises(Refused):
        verify(read_envelope(bytes(good)), [ANA.public, BEN.public], KIND)
