import json
from typing import Any

import pytest
from joserfc import jws as other
from joserfc.jwk import ECKey, RSAKey

from tests.worlds.issuers import jws, new_key
from writ.errors import Refused
from writ.signing.elliptic import key_of
from writ.signing.jwks import ALGS, MAX_SET, UnknownKey, read_key_set, write_key_set
from writ.signing.jws import Jws, read_jws

RSA = RSAKey.generate_key(2048, {"kid": "r"})
EC = ECKey.generate_key("P-256", {"kid": "e"})
SHORT = {"kty": "RSA", "e": "AQAB", "n": "__________8"}
PUBLIC: dict[str, Any] = dict(RSA.as_dict(private=False))
POINT: dict[str, Any] = dict(EC.as_dict(private=False))


def key_set(*rows: object) -> bytes:
    """A key set as its issuer publishes it."""
    return json.dumps({"keys": rows}).encode()


def signed(key: RSAKey | ECKey, header: dict[str, Any]) -> Jws:
    """A JWS that joserfc made, as it is read here."""
    header = {"typ": "t+jwt", **header}
    token = other.serialize_compact(header, b'{"a":1}', key, algorithms=[header["alg"]])
    return read_jws(token, "t+jwt", "it", algs=ALGS)


@pytest.mark.parametrize(
    ("key", "alg", "kid"), [(RSA, "RS256", "r"), (RSA, "PS256", "r"), (EC, "ES256", "e")]
)
def test_what_others_sign_verifies_here(key: RSAKey | ECKey, alg: str, kid: str) -> None:
    """A set has keys of several types; the one that is named proves the JWS."""
    keys = read_key_set(key_set(PUBLIC, POINT, {"kty": "oct", "k": "AA"}), "the set")
    assert {"a": 1} == keys.verify(signed(key, {"alg": alg, "kid": kid}))


def test_our_set_is_read_by_others() -> None:
    """What is written here, joserfc reads, and a JWS of ours verifies with it."""
    mine = new_key()
    [row] = json.loads(write_key_set({"k1": ("ES256", key_of(mine.public_key(), "it").jwk())}))[
        "keys"
    ]
    token = jws({"typ": "t+jwt", "alg": "ES256", "kid": "k1"}, {"b": 2}, mine)
    theirs = other.deserialize_compact(token, ECKey.import_key(row), algorithms=["ES256"])
    assert (b'{"b": 2}', "k1", "sig") == (theirs.payload, row["kid"], row["use"])


def test_a_key_without_a_name_is_found_where_it_is_the_only_one() -> None:
    """With two that it could be, the JWS has to say which."""
    one, two = (ECKey.generate_key("P-256").as_dict(private=False) for _ in range(2))
    bare = signed(EC, {"alg": "ES256"})
    point = {name: value for name, value in POINT.items() if name != "kid"}
    assert {"a": 1} == read_key_set(key_set(point, PUBLIC), "s").verify(bare)
    with pytest.raises(Refused, match="does not say by which key"):
        read_key_set(key_set(one, two), "s").verify(bare)


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([PUBLIC], {"alg": "RS256", "kid": "another"}),
        ([PUBLIC | {"alg": "PS256"}], {"alg": "RS256", "kid": "r"}),
        ([PUBLIC | {"use": "enc"}, POINT], {"alg": "RS256", "kid": "r"}),
        ([PUBLIC | {"alg": "RSA-OAEP"}, POINT], {"alg": "RS256", "kid": "r"}),
        ([POINT | {"kid": "r"}], {"alg": "RS256", "kid": "r"}),
    ],
)
def test_only_the_named_key_for_the_named_alg_proves(rows: list[object], header: Any) -> None:
    """Another key, or one for something else, is none; a newer set may have it."""
    with pytest.raises(UnknownKey, match="that its issuer does not publish"):
        read_key_set(key_set(*rows), "s").verify(signed(RSA, header))


def test_another_keys_signature_is_refused() -> None:
    """The name of a key is not enough, whatever its type."""
    stranger = RSAKey.generate_key(2048, {"kid": "r"})
    for alg in ("RS256", "PS256"):
        with pytest.raises(Refused, match="is not by the key that it names"):
            read_key_set(key_set(PUBLIC), "s").verify(signed(stranger, {"alg": alg, "kid": "r"}))
    with pytest.raises(Refused, match="is not by the key that it names"):
        read_key_set(key_set(POINT), "s").verify(
            signed(ECKey.generate_key("P-256"), {"alg": "ES256", "kid": "e"})
        )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b" " * (MAX_SET + 1), "is larger than"),
        (b"{}", "is no key set of 1 to 100 keys"),
        (key_set(), "is no key set of 1 to 100 keys"),
        (key_set("x"), "holds something else than keys"),
        (key_set(PUBLIC | {"kid": 1}), "a `kid` of s is not a text"),
        (key_set(PUBLIC, PUBLIC), "names two keys alike"),
        (key_set({"kty": "oct", "k": "AA"}), "has no key for ES256"),
        (key_set(POINT | {"crv": ["P-256"]}), "has no key for ES256"),
        (key_set(PUBLIC | {"alg": ["RS256"]}), "has no key for ES256"),
        (key_set(RSA.as_dict(private=True)), "has a private part"),
        (key_set(EC.as_dict(private=True)), "is not a public key"),
        (key_set(PUBLIC | {"n": 5}), "does not give modulus and exponent"),
        (key_set(PUBLIC | {"e": "AQ"}), "is no RSA key of 2048 to 8192 bits"),
        (key_set(PUBLIC | {"e": "Ag"}), "is no RSA key of 2048 to 8192 bits"),
        (key_set(SHORT), "is no RSA key of 2048 to 8192 bits"),
        (key_set(PUBLIC | {"e": PUBLIC["n"]}), "is no RSA key"),
    ],
)
def test_other_sets_are_refused(data: bytes, why: str) -> None:
    """What is no key set, or has a key that is not what it says, refuses all of it."""
    with pytest.raises(Refused, match=why):
        read_key_set(data, "s")
