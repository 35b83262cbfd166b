import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from writ.errors import Refused
from writ.signing.end_user import (
    MAX_TOKEN,
    TYPE,
    Assertion,
    SaidFact,
    sign_end_user,
    verify_end_user,
)
from writ.signing.keys import KeyPair

PAIR = KeyPair.from_seed(bytes([4]) * 32)
NOW = 1_781_299_260
HEADER: dict[str, Any] = {"alg": "Ed25519", "kid": PAIR.id, "typ": TYPE}
JTI = "0123456789abcdef"
CLAIMS: dict[str, Any] = {"sub": "u-1", "key": "k1", "jti": JTI, "iat": NOW, "exp": NOW + 300}
FACT: dict[str, Any] = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}


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


def verify(text: str, now: float = NOW) -> str | None:
    """Verify as the gateway does for API key `k1`, and say who is named."""
    return said(text, now).sub


def said(text: str, now: float = NOW) -> Assertion:
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
    claims = json.loads(read.payload or b"")
    assert {**CLAIMS, "jti": claims["jti"]} == claims


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
        ({"sub": None}, "names nobody says `eligible`"),
        ({"jti": None}, "not in its form"),
        ({"jti": 7}, "not in its form"),
        ({"jti": "x" * 15}, "16 to 64 characters of base64url"),
        ({"jti": "x" * 65}, "16 to 64 characters of base64url"),
        ({"jti": "x" * 15 + "/"}, "16 to 64 characters of base64url"),
        ({"jti": JTI + "\n"}, "16 to 64 characters of base64url"),
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
    with pytest.raises(Refused, match="4096 characters at most"):
        verify(of(claims={"sub": "x" * 4000}))


def test_every_flipped_bit_is_refused() -> None:
    """A token with one bit flipped anywhere names nobody."""
    good = sign_end_user("u-1", "k1", PAIR, NOW).encode()
    for place in range(len(good) * 8):
        bad = bytearray(good)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(Refused):
            verify(bad.decode("latin-1"))


def test_every_token_is_for_one_request() -> None:
    """No two tokens have the same `jti`, also those signed in the same instant."""
    first, second = (said(sign_end_user("u-1", "k1", PAIR, NOW)) for _ in range(2))
    assert first.jti != second.jti
    assert (PAIR.id, NOW, NOW + 300) == (first.kid, first.issued, first.expires)


def test_a_token_says_facts_of_whom_it_names() -> None:
    """They come back as they were said, in one spelling for whatever order they were written in."""
    other = {"attribute": "residence", "value": ["FR"], "completeness": "at_least"}
    first = said(sign_end_user("u-1", "k1", PAIR, NOW, facts=[FACT, other]))
    second = said(sign_end_user("u-1", "k1", PAIR, NOW, facts=[other, FACT]))
    assert SaidFact("citizenships", ["US"], "at_least") == first.facts[0]
    assert first.says == second.says != b""
    assert b"" == said(sign_end_user("u-1", "k1", PAIR, NOW)).says


def test_a_token_says_that_somebody_is_eligible() -> None:
    """It names nobody then."""
    made = said(sign_end_user(None, "k1", PAIR, NOW, eligible=["ear.us_person@1"]))
    assert (None, ("ear.us_person@1",)) == (made.sub, made.eligible)
    assert b"ear.us_person@1" in made.says


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"facts": [{**FACT, "assurance": "A4"}]}, "not in its form"),
        ({"facts": [{**FACT, "verified_at": "2026-01-01T00:00:00Z"}]}, "not in its form"),
        ({"facts": [{**FACT, "method": "passport"}]}, "not in its form"),
        ({"facts": [{**FACT, "value": "US"}]}, "not in its form"),
        ({"facts": [{**FACT, "value": None}]}, "not in its form"),
        ({"facts": [FACT, {**FACT, "value": ["FR"]}]}, "an attribute of its own"),
        ({"facts": [{**FACT, "attribute": f"a{n}"} for n in range(9)]}, "8 at most"),
        ({"facts": [{**FACT, "value": ["US"] * 17}]}, "16 values at most"),
        ({"facts": [{**FACT, "value": [1.5]}]}, "that no attribute has"),
        ({"facts": [{**FACT, "value": [2**60]}]}, "that no attribute has"),
        ({"facts": [{**FACT, "value": ["\ud800"]}]}, "that no attribute has"),
        ({"facts": FACT}, "not in its form"),
        ({"eligible": ["ear.us_person@1"]}, "says `facts`, not `eligible`"),
        ({"sub": None, "eligible": []}, "names nobody says `eligible`"),
        ({"sub": None, "eligible": list("abcde")}, "4 names at most"),
        ({"sub": None, "eligible": ["a"], "facts": [FACT]}, "names nobody says `eligible`"),
        ({"sub": None, "eligible": [7]}, "not in its form"),
        ({"users_certified": ["ear.us_person@1"]}, "not in its form"),
    ],
)
def test_what_is_said_otherwise_is_refused(claims: dict[str, Any], why: str) -> None:
    """How far it is believed and since when is not the organisation's to say; budgets hold."""
    with pytest.raises(Refused, match=why):
        verify(of(claims=claims))


def test_what_is_nested_too_deep_is_refused() -> None:
    """A value has as much nesting as any JSON of others."""
    deep: object = "US"
    for _ in range(20):
        deep = [deep]
    with pytest.raises(Refused, match="nested deeper"):
        verify(of(claims={"facts": [{**FACT, "value": [deep]}]}))
