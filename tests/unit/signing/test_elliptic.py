import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.worlds.issuers import b64, cose_key, jwk, new_key
from writ.errors import Refused
from writ.signing.elliptic import from_cose, from_jwk, key_of, sign_raw

KEY = new_key()


@pytest.mark.parametrize("name", ["P-256", "P-384", "P-521"])
def test_a_key_verifies_what_it_signed(name: str) -> None:
    """On each curve a JWK, a COSE key and the key itself are one, and verify its signature."""
    private = new_key(name, 5)
    keys = [
        from_jwk(jwk(private), "k"),
        from_cose(cose_key(private), "k"),
        key_of(private.public_key(), "k"),
    ]
    signature = sign_raw(private, b"message")
    assert [b"message"] * 3 == [key.verify(signature, b"message", "it") for key in keys]
    assert [jwk(private)] * 3 == [key.jwk() for key in keys]
    assert 1 == len({key.thumbprint() for key in keys})


def test_a_thumbprint_is_the_standards() -> None:
    """The digest of a key is what RFC 7638 computes; the value is joserfc's."""
    from joserfc.jwk import ECKey  # noqa: PLC0415 - the second opinion of this test alone

    assert ECKey.import_key(jwk(KEY)).thumbprint() == b64(from_jwk(jwk(KEY), "k").thumbprint())


def test_other_signatures_are_refused() -> None:
    """Another message, another key, a length that is not the curve's: each is refused."""
    signature, key = sign_raw(KEY, b"message"), from_jwk(jwk(KEY), "k")
    with pytest.raises(Refused, match="of it is not by the key"):
        key.verify(signature, b"massage", "it")
    with pytest.raises(Refused, match="of it is not by the key"):
        from_jwk(jwk(new_key(number=1)), "k").verify(signature, b"message", "it")
    with pytest.raises(Refused, match="has 63 bytes, not 64"):
        key.verify(signature[1:], b"message", "it")
    with pytest.raises(Refused, match="of it is not by the key"):
        key.verify(bytes(64), b"message", "it")


X, Y = jwk(KEY)["x"], jwk(KEY)["y"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("text", "as a JWK of type EC"),
        ({"kty": "OKP"}, "as a JWK of type EC"),
        (jwk(KEY) | {"d": "AA"}, "as a JWK of type EC"),
        (jwk(KEY) | {"crv": "secp256k1"}, "on a curve other than"),
        (jwk(KEY) | {"x": None}, "does not give both coordinates"),
        (jwk(KEY) | {"x": "?"}, "a coordinate of k is not base64url"),
        (jwk(KEY) | {"x": "AA"}, "is not 32 bytes"),
        (jwk(KEY) | {"y": X}, "is not a point on its curve"),
    ],
)
def test_other_jwks_are_refused(value: object, why: str) -> None:
    """What is not a public key on one of the curves is refused, and says so."""
    with pytest.raises(Refused, match=why):
        from_jwk(value, "k")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "as a COSE key of type EC2"),
        ({1: 1}, "as a COSE key of type EC2"),
        (cose_key(KEY) | {-4: b"d"}, "as a COSE key of type EC2"),
        (cose_key(KEY) | {-1: 8}, "is on another curve"),
        (cose_key(KEY) | {-3: True}, "is on another curve, or does not give both"),
        (cose_key(KEY) | {-2: b"x"}, "is not 32 bytes"),
    ],
)
def test_other_cose_keys_are_refused(value: object, why: str) -> None:
    """A compressed point, another curve, a private part: refused."""
    with pytest.raises(Refused, match=why):
        from_cose(value, "k")


def test_other_kinds_of_keys_are_refused() -> None:
    """Brainpool and Edwards curves sign no credentials here."""
    for public in (new_key("brainpool").public_key(), Ed25519PrivateKey.generate().public_key()):
        with pytest.raises(Refused, match="is no key for ES256, ES384, ES512"):
            key_of(public, "it")
