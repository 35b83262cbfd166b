"""SD-JWTs that another library issued say here what they say there, and what was altered says nothing.

The other is the reference implementation; it issues and holds, with keys of this world's.
"""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from tests.worlds.issuers import new_key, root, trust_file, x5c
from tests.worlds.node_wallet import private_jwk
from writ.errors import Refused
from writ.people.credentials.disclosures import Disclosures
from writ.people.credentials.presented import Asked
from writ.people.credentials.sdjwt import verify_sdjwt
from writ.people.credentials.trustlist import read_trust_list
from writ.signing.jose import from_base64url, read_object

KEY = JWK.generate(kty="EC", crv="P-256")
ROOT = root()
SIGNER = ROOT.issue("signer", number=3, dns=["pid.example"])
TRUST = read_trust_list(trust_file({"certificates": ROOT.pem}), "t")
ISSUER, HOLDER = (JWK(**private_jwk(key)) for key in (SIGNER.key, new_key(number=20)))
AUDIENCE, NONCE = "x509_hash:abc", "our-nonce"
HIDDEN = SDObj
STRUCTURES: dict[str, dict[Any, Any]] = {
    "flat": {HIDDEN("nationalities"): ["US"]},
    "elements": {"nationalities": [HIDDEN("DE"), HIDDEN("US"), "FR"]},
    "list and elements": {HIDDEN("nationalities"): [HIDDEN("DE"), HIDDEN("US")]},
    "object": {"address": {HIDDEN("country"): "DE", "region": "BE"}},
    "object in object": {HIDDEN("address"): {HIDDEN("country"): "DE", "x": {HIDDEN("y"): [1]}}},
    "lists in lists": {"a": [HIDDEN([HIDDEN("b"), ["c", HIDDEN("d")]]), [], HIDDEN({})]},
    "nothing hidden": {"nationalities": ["US"]},
}
"""Claims, some of them to be disclosed one by one, one within another."""


def claims(chance: random.Random, depth: int = 3) -> Any:
    """Make up claims, some of them to be disclosed one by one."""
    if depth == 0 or chance.random() < 0.3:
        return chance.choice([1, "US", True, None, "x" * chance.randrange(5)])
    if chance.random() < 0.5:
        return [_hidden(chance, claims(chance, depth - 1)) for _ in range(chance.randrange(4))]
    names = chance.sample(["a", "b", "nationalities", "address", "é"], chance.randrange(1, 5))
    return {_hidden(chance, name): claims(chance, depth - 1) for name in names}


def _hidden(chance: random.Random, item: Any) -> Any:
    return SDObj(item) if chance.random() < 0.6 else item


def selected(claims: Any, wanted: Callable[[], bool]) -> Any:
    """What of some claims is disclosed, in the form that the other's holder asks for it."""
    bare = claims.value if isinstance(claims, SDObj) else claims
    if isinstance(bare, dict):
        named = {key.value if isinstance(key, SDObj) else key: item for key, item in bare.items()}
        return {key: selected(item, wanted) for key, item in named.items() if wanted()} or True
    if isinstance(bare, list):
        return [selected(item, wanted) if wanted() else None for item in bare] or True
    return True


@pytest.mark.parametrize("seed", range(60))
def test_both_open_the_same(seed: int) -> None:
    """Whatever is issued, nested and with decoys, and whatever of it is disclosed."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    told = {"iss": "https://pid.example", "claims": claims(chance), SDObj("more"): claims(chance)}
    issuer = SDJWTIssuer(told, KEY, add_decoy_claims=chance.random() < 0.5)
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    likely = chance.choice([0.0, 0.7, 1.0])
    holder.create_presentation(selected(told, lambda: chance.random() < likely))
    presentation = holder.sd_jwt_presentation

    theirs = SDJWTVerifier(presentation, lambda *_: KEY).get_verified_payload()
    token, *disclosures, _ = presentation.split("~")
    payload = read_object(from_base64url(token.split(".")[1], "it"), "it")
    payload.pop("_sd_alg", None)
    assert json.dumps(theirs, sort_keys=True) == json.dumps(
        Disclosures(disclosures).open(payload), sort_keys=True
    )


def issued(claims: dict[Any, Any], *, decoys: bool = False) -> str:
    """Have the other issue a PID of these claims, bound to the holder."""
    now = int(time.time())
    about = {"vct": "urn:eudi:pid:1", "iss": "https://pid.example", "iat": now, "exp": now + 600}
    header = {"typ": "dc+sd-jwt", "x5c": x5c(SIGNER.chain)}
    made = SDJWTIssuer(
        {**about, **claims}, ISSUER, HOLDER, None, decoys, extra_header_parameters=header
    )
    said: str = made.sd_jwt_issuance
    return said


def presented(issuance: str, disclosed: Any) -> str:
    """Have the other's holder present it to us."""
    holder = SDJWTHolder(issuance)
    holder.create_presentation(disclosed, NONCE, AUDIENCE, HOLDER)
    said: str = holder.sd_jwt_presentation
    return said


def theirs(presentation: str) -> Any:
    """What the other makes of it."""
    return SDJWTVerifier(presentation, lambda *_: ISSUER, AUDIENCE, NONCE).get_verified_payload()


def ours(presentation: str) -> Any:
    """What we make of it."""
    now = time.time()
    return dict(verify_sdjwt(presentation, Asked(AUDIENCE, NONCE, now - 60, now), TRUST).shown)


@pytest.mark.parametrize("decoys", [False, True])
@pytest.mark.parametrize("name", STRUCTURES)
def test_what_it_issues_and_presents_is_proved_here_as_there(name: str, decoys: bool) -> None:  # noqa: FBT001
    """Whole and in part, by signature, certificates and key binding: the same claims, to the letter."""
    claims = STRUCTURES[name]
    issuance = issued(claims, decoys=decoys)
    whole = presented(issuance, selected(claims, lambda: True))
    for presentation in (whole, presented(issuance, {})):
        assert theirs(presentation) == ours(presentation)
    assert bare(claims) == {key: item for key, item in ours(whole).items() if key in bare(claims)}


def bare(claims: Any) -> Any:
    """The claims, whole."""
    if isinstance(claims, SDObj):
        return bare(claims.value)
    if isinstance(claims, dict):
        return {bare(key): bare(item) for key, item in claims.items()}
    return [bare(item) for item in claims] if isinstance(claims, list) else claims


def _flipped(text: str) -> str:
    """Another character in the middle of a text."""
    at = len(text) // 2
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def _part(number: int, change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    def changed(parts: list[str]) -> list[str]:
        return [
            change(item) if at == number % len(parts) else item for at, item in enumerate(parts)
        ]

    return changed


def _jws(number: int, change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda token: ".".join(_part(number, change)(token.split(".")))


MUTATIONS: dict[str, Callable[[list[str]], list[str]]] = {
    "the issuer's signature": _part(0, _jws(2, _flipped)),
    "the issuer's claims": _part(0, _jws(1, _flipped)),
    "a disclosure": _part(1, _flipped),
    "the binding's signature": _part(-1, _jws(2, _flipped)),
    "the binding's claims": _part(-1, _jws(1, _flipped)),
    "a disclosure less than was bound": lambda parts: [parts[0], *parts[2:]],
    "a disclosure more than was bound": lambda parts: [*parts[:2], *parts[1:]],
    "disclosures in another order": lambda parts: [parts[0], parts[2], parts[1], *parts[3:]],
    "another credential's binding": lambda parts: [
        *parts[:-1],
        presented(issued(STRUCTURES["flat"]), {}).rpartition("~")[2],
    ],
    "no binding": lambda parts: [*parts[:-1], ""],
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_was_altered_is_refused_here_as_there(name: str) -> None:
    """Any part of it, left out, added, moved or of another's."""
    claims = STRUCTURES["list and elements"]
    parts = presented(issued(claims), selected(claims, lambda: True)).split("~")
    assert 5 == len(parts)
    altered = "~".join(MUTATIONS[name](parts))
    with pytest.raises(Refused):
        ours(altered)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the other raises
        theirs(altered)
