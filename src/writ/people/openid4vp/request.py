"""The request that a wallet fetches: a signed request object (RFC 9101; OpenID4VP 1.0, HAIP 1.0).

1. The link names the client and where the request is; the wallet posts a nonce of its own there and
   finds it in the request, so that nobody else's request can be put in its place.
2. The request says where the answer goes (`direct_post.jwt`), to which key it is encrypted, which
   algorithms we take, and what we ask for. It lives as long as the session.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from writ.canonical import Plain
from writ.errors import InvalidInput
from writ.people.openid4vp.party import Party
from writ.signing.elliptic import CURVES
from writ.signing.form import to_base64
from writ.signing.jwe import ENCODINGS, ResponseKey

TYPE = "oauth-authz-req+jwt"
SCHEMES = ("openid4vp", "haip-vp")
MAX_NONCE = 512
_WALLET = "https://self-issued.me/v2"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: where it is answered, to which nonce and state, and encrypted to which key."""

    response_uri: str
    nonce: str
    state: str
    key: ResponseKey
    query: dict[str, Plain]


def link(party: Party, request_uri: str, scheme: str = SCHEMES[0]) -> str:
    """Return the address that a wallet opens (rule 1)."""
    told = {
        "client_id": party.client_id,
        "request_uri": request_uri,
        "request_uri_method": "post",
    }
    return f"{scheme}://?{urlencode(told, quote_via=quote)}"


def request_object(
    party: Party, request: Request, wallet_nonce: str, now: float, lasts: int
) -> str:
    """Sign the request for a wallet that gave this nonce (empty: none)."""
    if len(wallet_nonce) > MAX_NONCE or not wallet_nonce.isascii():
        raise InvalidInput(f"`wallet_nonce` is ASCII of {MAX_NONCE} characters at most")
    claims: dict[str, Plain] = {
        "aud": _WALLET,
        "client_id": party.client_id,
        "client_metadata": {
            "jwks": {"keys": [request.key.jwk()]},
            "encrypted_response_enc_values_supported": list(ENCODINGS),
            "vp_formats_supported": _formats(),
        },
        "dcql_query": request.query,
        "exp": int(now) + lasts,
        "iat": int(now),
        "iss": party.client_id,
        "nonce": request.nonce,
        "response_mode": "direct_post.jwt",
        "response_type": "vp_token",
        "response_uri": request.response_uri,
        "state": request.state,
    }
    if wallet_nonce:
        claims["wallet_nonce"] = wallet_nonce
    chain: list[Plain] = [to_base64(item.der) for item in party.chain]
    return party.signer.sign_jws({"typ": TYPE, "x5c": chain}, claims)


def _formats() -> dict[str, Plain]:
    jose: list[Plain] = [curve.alg for curve in CURVES]
    cose: list[Plain] = [curve.cose_alg for curve in CURVES]
    return {
        "dc+sd-jwt": {"sd-jwt_alg_values": jose, "kb-jwt_alg_values": jose},
        "mso_mdoc": {"issuerauth_alg_values": cose, "deviceauth_alg_values": cose},
    }
