"""SD-JWTs that another library issued say here what they say there."""

import json
import random
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from writ.people.credentials.disclosures import Disclosures
from writ.signing.jose import from_base64url, read_object

KEY = JWK.generate(kty="EC", crv="P-256")


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


@pytest.mark.parametrize("seed", range(60))
def test_both_open_the_same(seed: int) -> None:
    """Whatever is issued, nested and with decoys, and whatever of it is disclosed."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    told = {"iss": "https://pid.example", "claims": claims(chance), SDObj("more"): claims(chance)}
    issuer = SDJWTIssuer(told, KEY, add_decoy_claims=chance.random() < 0.5)
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    holder.create_presentation(claims_to_disclose=chance.choice([True, {"more": True}, {}]))
    presentation = holder.sd_jwt_presentation

    theirs = SDJWTVerifier(presentation, lambda *_: KEY).get_verified_payload()
    token, *disclosures, _ = presentation.split("~")
    payload = read_object(from_base64url(token.split(".")[1], "it"), "it")
    payload.pop("_sd_alg", None)
    assert json.dumps(theirs, sort_keys=True) == json.dumps(
        Disclosures(disclosures).open(payload), sort_keys=True
    )
