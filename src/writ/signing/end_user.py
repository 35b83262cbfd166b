"""An organisation's word for who its end user is: a JWS (RFC 7515) of one narrow profile.

1. At most 2048 characters; three parts of unpadded base64url, spelt as an encoder spells them.
2. Header: `alg`, `kid`, `typ` and nothing else, so no `crit`, `jwk`, `jku` or `b64`. `typ` is
   `writ-end-user+jwt` (RFC 8725 3.11), `alg` is `Ed25519` (RFC 9864) or its older name `EdDSA`.
3. The signature is by the key registered under `kid`.
4. Claims: `sub`, `key`, `iat`, `exp` and nothing else. `key` is the id of the API key the request
   came with. `exp` - `iat` is 300 s at most; clocks may differ by 5 s.
5. `sub` is 1 to 255 characters without control characters.
6. A name that stands twice in header or claims refuses the token.
"""

from collections.abc import Callable
from typing import TypeVar

from writ.canonical import encode
from writ.errors import Refused
from writ.signing.form import Form, as_form
from writ.signing.jose import from_base64url, read_json, to_base64url
from writ.signing.keys import KeyPair, verify_signature

T = TypeVar("T")

TYPE = "writ-end-user+jwt"
MAX_TOKEN = 2048
MAX_LIFETIME = 300
SKEW = 5
MAX_SUB = 255
_PARTS = 3


class _Header(Form, frozen=True):
    alg: str
    kid: str
    typ: str


class _Claims(Form, frozen=True):
    sub: str
    key: str
    iat: int
    exp: int


def verify_end_user(
    token: str, api_key_id: str, find_key: Callable[[str], bytes | None], now_wall: float
) -> str:
    """Return `sub` of a token that keeps every rule above, at `now_wall` (seconds, UTC).

    `find_key` gives the raw public key the organisation registered under a key id, or None.
    Raises Refused; its text is for the log, since it may tell a client about other keys.
    """
    # 1
    parts = token.split(".") if len(token) <= MAX_TOKEN and token.isascii() else []
    if len(parts) != _PARTS:
        raise Refused(f"an end user's token is a compact JWS of {MAX_TOKEN} characters at most")
    # 2
    header = _read(parts[0], _Header, "header")
    if header.typ != TYPE or header.alg not in {"Ed25519", "EdDSA"}:
        raise Refused(f"an end user's token has typ `{TYPE}` and alg `Ed25519`")
    # 3
    public = find_key(header.kid)
    if public is None:
        raise Refused("the organisation has registered no key under the token's `kid`")
    verify_signature(
        public, from_base64url(parts[2], "a part of the token"), f"{parts[0]}.{parts[1]}".encode()
    )
    # 4, 5
    claims = _read(parts[1], _Claims, "claims")
    if claims.key != api_key_id:
        raise Refused("the end user's token is bound to another API key")
    _check_time(claims, now_wall)
    if not 0 < len(claims.sub) <= MAX_SUB or not claims.sub.isprintable():
        raise Refused(f"`sub` is 1 to {MAX_SUB} printable characters")
    return claims.sub


def sign_end_user(sub: str, api_key_id: str, pair: KeyPair, now_wall: float) -> str:
    """Make a token for `sub`, good for 300 s from `now_wall`; `kid` is the key's id."""
    issued = int(now_wall)
    header = encode({"alg": "Ed25519", "kid": pair.id, "typ": TYPE})
    claims = encode({"sub": sub, "key": api_key_id, "iat": issued, "exp": issued + MAX_LIFETIME})
    signed = f"{to_base64url(header)}.{to_base64url(claims)}"
    return f"{signed}.{to_base64url(pair.sign(signed.encode()))}"


def _check_time(claims: _Claims, now_wall: float) -> None:
    if not 0 < claims.exp - claims.iat <= MAX_LIFETIME:
        raise Refused(f"an end user's token lives {MAX_LIFETIME} s at most")
    if claims.iat > now_wall + SKEW:
        raise Refused("the end user's token is from the future; check the clocks")
    if claims.exp <= now_wall - SKEW:
        raise Refused("the end user's token has expired")


def _read(part: str, kind: type[T], what: str) -> T:
    what = f"the token's {what}"
    return as_form(read_json(from_base64url(part, "a part of the token"), what), kind, what)
