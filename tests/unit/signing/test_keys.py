import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from writ.errors import Failed, Refused
from writ.signing.keys import (
    KeyPair,
    check_public,
    key_id,
    read_public,
    verify_signature,
    write_public,
)

# RFC 8032 section 7.1, TEST 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signatures_are_those_of_the_standard() -> None:
    """The published seed gives the published key and signature."""
    pair = KeyPair.from_seed(SEED)
    assert (PUBLIC, SIGNATURE) == (pair.public, pair.sign(b"\x72"))
    assert b"\x72" == verify_signature(PUBLIC, SIGNATURE, b"\x72")


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    """No second signature can be made from a first by flipping a bit."""
    for place in range(len(SIGNATURE) * 8):
        flipped = bytearray(SIGNATURE)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(Refused, match="the signature is not by key"):
            verify_signature(PUBLIC, bytes(flipped), b"\x72")


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\x00"])
def test_signatures_of_another_length_are_refused(signature: bytes) -> None:
    """A signature is 64 bytes."""
    with pytest.raises(Refused, match="the signature is not by key"):
        verify_signature(PUBLIC, signature, b"\x72")


def test_a_key_file_is_its_owners(tmp_path: Path) -> None:
    """A saved key is readable by its owner only, and loads as the same key."""
    pair = KeyPair.generate()
    pair.save(tmp_path / "ana.key")
    assert 0o600 == stat.S_IMODE((tmp_path / "ana.key").stat().st_mode)
    assert pair.public == KeyPair.load(tmp_path / "ana.key").public


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    """Saving where a file is already leaves that file alone."""
    path = tmp_path / "ana.key"
    path.write_text("precious")
    with pytest.raises(Refused, match="never written over"):
        KeyPair.generate().save(path)
    assert "precious" == path.read_text()


def test_a_key_that_cannot_be_written_or_read_fails(tmp_path: Path) -> None:
    """A folder that is not there is the world's fault."""
    with pytest.raises(Failed, match="cannot write the key"):
        KeyPair.generate().save(tmp_path / "none" / "ana.key")
    with pytest.raises(Failed, match="cannot read the key"):
        KeyPair.load(tmp_path / "none" / "ana.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A private key in a file open to others is no secret."""
    path = tmp_path / "ana.key"
    KeyPair.generate().save(path)
    path.chmod(mode)
    with pytest.raises(Refused, match="chmod 600"):
        KeyPair.load(path)


def test_what_is_not_an_ed25519_key_is_refused(tmp_path: Path) -> None:
    """Text, and keys of other kinds, are not taken for signing keys."""
    text, other = tmp_path / "text", tmp_path / "other"
    text.write_text("hello")
    other.write_bytes(
        X25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    text.chmod(0o600)
    other.chmod(0o600)
    with pytest.raises(Refused, match="not a private key in PEM"):
        KeyPair.load(text)
    with pytest.raises(Refused, match="not an Ed25519 key"):
        KeyPair.load(other)


def test_an_encrypted_key_is_refused(tmp_path: Path) -> None:
    """A key with a passphrase says so."""
    path = tmp_path / "ana.key"
    path.write_bytes(
        KeyPair.generate()._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    path.chmod(0o600)
    with pytest.raises(Refused, match="without a passphrase"):
        KeyPair.load(path)


def test_public_keys_round_trip_as_text() -> None:
    """A public key is written with its kind and reads back."""
    text = write_public(PUBLIC)
    assert ("ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", PUBLIC) == (
        text,
        read_public(text),
    )


def test_a_key_id_is_a_hash() -> None:
    """A key id is half the SHA-256 of the raw key, in hex."""
    assert "39f713d0a644253f04529421b9f51b9b" == key_id(PUBLIC)


@pytest.mark.parametrize("text", ["", "rsa:AAAA", "ed25519:", "ed25519:AAAA", "ed25519:?"])
def test_odd_public_keys_are_refused(text: str) -> None:
    """A public key has its kind before it and 32 bytes."""
    with pytest.raises(Refused):
        read_public(text)


FIELD = 2**255 - 19
EIGHT = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
SMALL = [0, 1, FIELD - 1, *(int.from_bytes(bytes.fromhex(item), "little") for item in EIGHT)]


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("height", [*SMALL, FIELD, FIELD + 1, 2**255 - 1])
def test_points_that_fit_many_messages_are_no_keys(height: int, sign: int) -> None:
    """Small orders and second encodings are refused, whichever sign they carry."""
    with pytest.raises(Refused, match="no key"):
        check_public((height | sign).to_bytes(32, "little"))


def test_a_signature_by_a_key_of_small_order_is_refused() -> None:
    """The identity point, for which one signature fits every message, verifies nothing."""
    identity = (1).to_bytes(32, "little")
    with pytest.raises(Refused, match="no key"):
        verify_signature(identity, identity + bytes(32), b"anything")


def test_32_bytes_that_are_no_point_verify_nothing() -> None:
    """A height that is on no curve point refuses as a wrong signature does."""
    with pytest.raises(Refused, match="the signature is not by key"):
        verify_signature((2).to_bytes(32, "little"), SIGNATURE, b"\x72")
