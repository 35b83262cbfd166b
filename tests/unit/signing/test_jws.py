import json
from typing import Any

import pytest
from joserfc import jws as other
from joserfc.jwk import ECKey

from tests.worlds.issuers import b64, jwk, jws, new_key, root, x5c
from writ.errors import Refused
from writ.signing.elliptic import from_jwk
from writ.signing.jws import MAX_TOKEN, number, read_jws, sign_jws

KEY = new_key()
PUBLIC = from_jwk(jwk(KEY), "k")
HEADER = {"typ": "t+jwt", "alg": "ES256"}
ROOT = root()
HEAD = b64(json.dumps(HEADER).encode())
TWICE, NAN, CHANGED = b64(b'{"a":1,"a":2}'), b64(b'{"a":NaN}'), b64(b'{"a":1}')


def test_what_is_signed_here_verifies_here_and_elsewhere() -> None:
    """Our JWS verifies, and joserfc agrees; so does theirs here."""
    made = sign_jws({"typ": "t+jwt"}, {"a": 1}, KEY)
    assert {"a": 1} == read_jws(made, "t+jwt", "it").verify(PUBLIC)
    theirs = ECKey.import_key(jwk(KEY))
    assert b'{"a":1}' == other.deserialize_compact(made, theirs, algorithms=["ES256"]).payload
    private = ECKey.import_key(
        jwk(KEY) | {"d": b64(KEY.private_numbers().private_value.to_bytes(32))}
    )
    back = other.serialize_compact(HEADER, b'{"b":2}', private, algorithms=["ES256"])
    assert {"b": 2} == read_jws(back, "t+jwt", "it").verify(PUBLIC)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("a.b", "is not a compact JWS"),
        ("x" * (MAX_TOKEN + 1), "is not a compact JWS of 65536 characters at most"),
        ("é.b.c", "is not a compact JWS"),
        ("a.b.c", "a part of it is not base64url"),
        (jws({**HEADER, "crit": ["exp"]}, {}, KEY), "has a critical extension"),
        (jws({**HEADER, "typ": "other"}, {}, KEY), "is not of type `t.jwt`"),
        (jws({"alg": "ES256"}, {}, KEY), "is not of type `t.jwt`"),
        (jws({**HEADER, "alg": "none"}, {}, KEY), "another alg than ES256, ES384, ES512"),
        (jws({**HEADER, "alg": "HS256"}, {}, KEY), "another alg than"),
        (jws({"typ": "t+jwt"}, {}, KEY), "another alg than"),
        (f"{b64(b'[]')}.e30.AA", "the header of it is not a JSON object"),
        (f"{b64(b'{')}.e30.AA", "the header of it is not JSON with every name once"),
        (f"{HEAD}.{TWICE}.AA", "every name once"),
        (f"{HEAD}.{NAN}.AA", "every name once"),
        (jws(HEADER, {"a": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}, KEY), "nested deeper than 16"),
    ],
)
def test_other_tokens_are_refused(token: str, why: str) -> None:
    """What is not a JWS of the profile is refused before anybody's key is asked."""
    with pytest.raises(Refused, match=why):
        read_jws(token, "t+jwt", "it")


def test_a_signature_is_by_the_key_and_its_algorithm() -> None:
    """A key is for one alg, and a token that was changed does not verify."""
    with pytest.raises(Refused, match="it says alg `ES384`; its key is for another"):
        read_jws(jws({**HEADER, "alg": "ES384"}, {}, KEY), "t+jwt", "it").verify(PUBLIC)
    head, _, signature = jws(HEADER, {}, KEY).split(".")
    with pytest.raises(Refused, match="the signature of it is not by the key"):
        read_jws(f"{head}.{CHANGED}.{signature}", "t+jwt", "it").verify(PUBLIC)


def test_a_chain_is_read() -> None:
    """`x5c` gives certificates in DER, the signer's own first."""
    chain = ROOT.issue("signer").chain
    read = read_jws(jws({**HEADER, "x5c": x5c(chain)}, {}, KEY), "t+jwt", "it")
    assert tuple(chain) == read.chain()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (None, "has no `x5c` of 1 to 4"),
        ([], "has no `x5c`"),
        (["AA=="] * 5, "has no `x5c`"),
        ([7], "holds something else than texts"),
        (["?"], "a certificate of it is not base64"),
    ],
)
def test_other_chains_are_refused(told: Any, why: str) -> None:
    """No chain, an empty one, a long one, or something else in it."""
    with pytest.raises(Refused, match=why):
        read_jws(jws({**HEADER, "x5c": told}, {}, KEY), "t+jwt", "it").chain()


def test_numbers_are_numbers() -> None:
    """A claim of time is a number or not there; true is no number."""
    assert (None, 1.5) == (number({}, "exp", "it"), number({"exp": 1.5}, "exp", "it"))
    values: tuple[object, ...] = ("1", True, [])
    for value in values:
        with pytest.raises(Refused, match="`exp` of it is not a number"):
            number({"exp": value}, "exp", "it")
