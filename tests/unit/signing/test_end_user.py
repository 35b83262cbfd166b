import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from writ.errors import Refused
from writ.signing.end_user import MAX_TOKEN, TYPE, sign_end_user, verify_end_user
from writ.signing.keys import KeyPair

PAIR = KeyPair.from_seed(bytes([4]) * 32)
NOW = 1_781_299_260
HEADER: dict[str, Any] = {"alg": "Ed25519", "kid": PAIR.id, "typ": TYPE}
CLAIMS: dict[str, Any] = {"sub": "u-1", "key": "k1", "iat": NOW, "exp": NOW + 300}


def find(kid: str) -> bytes | None:
    """Know one key."""
    return PAIR.public if kid == PAIR.id else None


def encode(data: bytes) -> str:
    """Write base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: bytes, claims: bytes, pair: KeyPair = PAIR) -> str:
    """Sign any header and claims."""
    signed = f"{encode(header)}.{encode(claims)}"
    return f"{signed}.{encode(pair.sign(signed.encode()))}"


def of(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None) -> str:
    """Make a token whose header and claims differ from the good ones; None takes a name away."""
    return token(written({**HEADER, **(header or {})}), written({**CLAIMS, **(claims or {})}))


def written(part: dict[str, Any]) -> bytes:
    """Write a part as JSON, without the names that are None."""
    return json.dumps({name: item for name, item in part.items() if item is not None}).encode()


def verify(text: str, now: float = NOW) -> str:
    """Verify as the gateway does for API key `k1`."""
    return verify_end_user(text, "k1", find, now)


def test_what_is_signed_here_verifies_here() -> None:
    """Our own tokens are good, and name the end user."""
    assert "u-1" == verify(sign_end_user("u-1", "k1", PAIR, NOW + 0.9))


def test_what_another_library_signs_verifies_here() -> None:
    """A token made by joserfc is good, in whatever order it writes its fields."""
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": encode(PAIR.public),
            "d": encode(bytes([4]) * 32),
        }
    )
    registry = jws.JWSRegistry(algorithms=["Ed25519"])
    made = jws.serialize_compact(HEADER, json.dumps(CLAIMS), key, registry=registry)
    assert "u-1" == verify(made)


def test_what_is_signed_here_verifies_elsewhere() -> None:
    """Joserfc accepts our tokens."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encode(PAIR.public)})
    made = sign_end_user("u-1", "k1", PAIR, NOW)
    registry = jws.JWSRegistry(algorithms=["Ed25519"])
    read = jws.deserialize_compact(made, key, registry=registry)
    assert CLAIMS == json.loads(read.payload or b"")


def test_the_older_name_of_the_algorithm_is_taken() -> None:
    """`EdDSA` with an Ed25519 key is the same signature."""
    assert "u-1" == verify(of({"alg": "EdDSA"}))


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "none"}, "has typ"),
        ({"alg": "HS256"}, "has typ"),
        ({"alg": "ed25519"}, "has typ"),
        ({"alg": None}, "not in its form"),
        ({"typ": "JWT"}, "has typ"),
        ({"typ": None}, "not in its form"),
        ({"kid": None}, "not in its form"),
        ({"kid": "other"}, "registered no key"),
        ({"crit": ["exp"], "exp": 1}, "not in its form"),
        ({"crit": []}, "not in its form"),
        ({"b64": False}, "not in its form"),
        ({"jwk": {}}, "not in its form"),
    ],
)
def test_other_headers_are_refused(header: dict[str, Any], why: str) -> None:
    """Another algorithm, type or key, and anything more, is refused."""
    with pytest.raises(Refused, match=why):
        verify(of(header))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"key": "k2"}, "bound to another API key"),
        ({"key": None}, "not in its form"),
        ({"sub": None}, "not in its form"),
        ({"sub": 7}, "not in its form"),
        ({"sub": ""}, "printable"),
        ({"sub": "x" * 256}, "printable"),
        ({"sub": "a\nb"}, "printable"),
        ({"sub": "a\u200bb"}, "printable"),
        ({"iat": None}, "not in its form"),
        ({"exp": "soon"}, "not in its form"),
        ({"nbf": NOW}, "not in its form"),
        ({"exp": NOW + 301}, "300 s at most"),
        ({"exp": NOW}, "300 s at most"),
        ({"exp": NOW - 1}, "300 s at most"),
        ({"iat": NOW + 6, "exp": NOW + 10}, "from the future"),
        ({"iat": NOW - 300, "exp": NOW - 5}, "has expired"),
    ],
)
def test_other_claims_are_refused(claims: dict[str, Any], why: str) -> None:
    """Another API key, an odd subject, and times that do not fit, are refused."""
    with pytest.raises(Refused, match=why):
        verify(of(claims=claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": NOW + 5},
        {"iat": NOW - 300, "exp": NOW - 4},
        {"sub": "x" * 255},
        {"sub": "é 用户"},
    ],
)
def test_the_last_that_fits_is_taken(claims: dict[str, Any]) -> None:
    """Skew, lifetime and length are taken up to their limits."""
    assert {**CLAIMS, **claims}["sub"] == verify(of(claims=claims))


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        (b'{"alg":"none",' + json.dumps(HEADER).encode()[1:], json.dumps(CLAIMS).encode()),
        (json.dumps(HEADER).encode(), b'{"sub":"u-2",' + json.dumps(CLAIMS).encode()[1:]),
        (b"[]", b"{}"),
        (b"[" * 1000, b"{}"),
        (b"\xff", b"{}"),
        (json.dumps(HEADER).encode("utf-16"), json.dumps(CLAIMS).encode()),
        (json.dumps(HEADER).encode(), b"sub"),
    ],
)
def test_names_that_stand_twice_and_other_texts_are_refused(header: bytes, claims: bytes) -> None:
    """Header and claims are JSON objects in UTF-8 that name nothing twice."""
    with pytest.raises(Refused):
        verify(token(header, claims))


def test_another_key_is_refused() -> None:
    """A token signed by a key that is not the one under its `kid` is refused."""
    made = token(json.dumps(HEADER).encode(), json.dumps(CLAIMS).encode(), KeyPair.generate())
    with pytest.raises(Refused, match="the signature is not by key"):
        verify(made)


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c.d", "a" * (MAX_TOKEN + 1), "é.b.c", "====.b.c", "a.b.c", "e30=.e30.AA"],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """Other shapes, alphabets and lengths are refused."""
    with pytest.raises(Refused):
        verify(text)


def test_a_long_token_is_not_looked_at() -> None:
    """A token over the budget is refused before anything is decoded."""
    with pytest.raises(Refused, match="2048 characters at most"):
        verify(of(claims={"sub": "x" * 3000}))


def test_every_flipped_bit_is_refused() -> None:
    """A token with one bit flipped anywhere names nobody."""
    good = sign_end_user("u-1", "k1", PAIR, NOW).encode()
    for place in range(len(good) * 8):
        bad = bytearray(good)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(Refused):
            verify(bad.decode("latin-1"))
