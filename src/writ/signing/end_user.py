"""An organisation's word for who its end user is: a JWS (RFC 7515) of one narrow profile.

1. At most 4096 characters; three parts of unpadded base64url, spelt as an encoder spells them.
2. Header: `alg`, `kid`, `typ` and nothing else, so no `crit`, `jwk`, `jku` or `b64`. `typ` is
   `writ-end-user+jwt` (RFC 8725 3.11), `alg` is `Ed25519` (RFC 9864) or its older name `EdDSA`.
3. The signature is by the key registered under `kid`.
4. Claims: `key`, `jti`, `iat`, `exp`, then `sub` with perhaps `facts`, or `eligible`; nothing else.
   `key` is the id of the API key the request came with. `exp` - `iat` is 300 s at most; clocks may
   differ by 5 s. `jti` is 16 to 64 characters of base64url, and never used again.
5. `sub` is 1 to 255 characters without control characters: a person, whom `facts` are about.
6. `eligible` are names of definitions, and then nobody is named: whoever asks satisfies them.
7. A fact has `attribute`, `value`, `completeness` and perhaps `expires_at`, as facts have them
   everywhere, and nothing else: neither how far it is to be believed nor when it was found out.
   8 facts at most, none twice, of 16 values each; 4 names.
8. A name that stands twice in header or claims refuses the token.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.form import Form, as_form
from writ.signing.jose import from_base64url, read_json, to_base64url
from writ.signing.keys import KeyPair, verify_signature

T = TypeVar("T")

TYPE = "writ-end-user+jwt"
MAX_TOKEN = 4096
MAX_LIFETIME = 300
SKEW = 5
MAX_SUB = 255
MAX_FACTS = 8
MAX_VALUES = 16
MAX_NAMES = 4
_PARTS = 3
_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}")
_JTI_BYTES = 16


class SaidFact(Form, frozen=True, omit_defaults=True):
    """A fact as it is said (rule 7); its values are read by whoever knows the vocabulary."""

    attribute: str
    value: list[object]
    completeness: str
    expires_at: str | None = None


class _Header(Form, frozen=True):
    alg: str
    kid: str
    typ: str


class _Claims(Form, frozen=True):
    key: str
    jti: str
    iat: int
    exp: int
    sub: str | None = None
    facts: tuple[SaidFact, ...] = ()
    eligible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assertion:
    """A proved word: whom it names (None: nobody), and what it says besides.

    `kid` is the key that it was signed with, `issued` and `expires` are seconds, UTC; `says` is all
    that it says besides naming, in one spelling, and empty where that is nothing.
    """

    sub: str | None
    jti: str
    kid: str
    issued: int
    expires: int
    facts: tuple[SaidFact, ...] = ()
    eligible: tuple[str, ...] = ()
    says: bytes = b""


def verify_end_user(
    token: str, api_key_id: str, find_key: Callable[[str], bytes | None], now_wall: float
) -> Assertion:
    """Return what a token says that keeps every rule above, at `now_wall` (seconds, UTC).

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
    # 4
    claims = _read(parts[1], _Claims, "claims")
    if claims.key != api_key_id:
        raise Refused("the end user's token is bound to another API key")
    _check_time(claims, now_wall)
    if not _JTI.fullmatch(claims.jti):
        raise Refused("`jti` is 16 to 64 characters of base64url")
    # 5, 6, 7
    _check_named(claims)
    _check_facts(claims.facts)
    return Assertion(
        claims.sub,
        claims.jti,
        header.kid,
        claims.iat,
        claims.exp,
        claims.facts,
        claims.eligible,
        _says(claims),
    )


def sign_end_user(  # noqa: PLR0913  what a token says, and who says it
    sub: str | None,
    api_key_id: str,
    pair: KeyPair,
    now_wall: float,
    *,
    kid: str | None = None,
    facts: Sequence[Plain] = (),
    eligible: Sequence[str] = (),
) -> str:
    """Make a token good for one request, within 300 s from `now_wall`; `kid` is the key's own id."""
    issued = int(now_wall)
    header = encode({"alg": "Ed25519", "kid": pair.id if kid is None else kid, "typ": TYPE})
    said: dict[str, Plain] = {
        "key": api_key_id,
        "jti": secrets.token_urlsafe(_JTI_BYTES),
        "iat": issued,
        "exp": issued + MAX_LIFETIME,
    }
    if sub is not None:
        said["sub"] = sub
    if facts:
        said["facts"] = list(facts)
    if eligible:
        said["eligible"] = list(eligible)
    signed = f"{to_base64url(header)}.{to_base64url(encode(said))}"
    return f"{signed}.{to_base64url(pair.sign(signed.encode()))}"


def _check_time(claims: _Claims, now_wall: float) -> None:
    if not 0 < claims.exp - claims.iat <= MAX_LIFETIME:
        raise Refused(f"an end user's token lives {MAX_LIFETIME} s at most")
    if claims.iat > now_wall + SKEW:
        raise Refused("the end user's token is from the future; check the clocks")
    if claims.exp <= now_wall - SKEW:
        raise Refused("the end user's token has expired")


def _check_named(claims: _Claims) -> None:
    if claims.sub is None:
        if claims.facts or not 0 < len(claims.eligible) <= MAX_NAMES:
            raise Refused(f"a token that names nobody says `eligible`, {MAX_NAMES} names at most")
        return
    if claims.eligible:
        raise Refused("a token that names somebody says `facts`, not `eligible`")
    if not 0 < len(claims.sub) <= MAX_SUB or not claims.sub.isprintable():
        raise Refused(f"`sub` is 1 to {MAX_SUB} printable characters")


def _check_facts(facts: Sequence[SaidFact]) -> None:
    if len(facts) > MAX_FACTS or len({fact.attribute for fact in facts}) < len(facts):
        raise Refused(f"`facts` are {MAX_FACTS} at most, each about an attribute of its own")
    if any(len(fact.value) > MAX_VALUES for fact in facts):
        raise Refused(f"a fact has {MAX_VALUES} values at most")


def _says(claims: _Claims) -> bytes:
    if not claims.facts and not claims.eligible:
        return b""
    facts = sorted(claims.facts, key=lambda fact: fact.attribute)
    said: list[Plain] = [msgspec.to_builtins(fact) for fact in facts]
    try:
        return encode({"facts": said, "eligible": sorted(claims.eligible)})
    except (TypeError, UnicodeEncodeError):
        raise Refused("`facts` have values that no attribute has") from None


def _read(part: str, kind: type[T], what: str) -> T:
    what = f"the token's {what}"
    return as_form(read_json(from_base64url(part, "a part of the token"), what), kind, what)
