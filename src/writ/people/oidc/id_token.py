"""An ID token, checked (OpenID Connect Core 1.0 sections 2 and 3.1.3.7).

1. A bare JWT by a key that the provider publishes; never by our own secret, never unsigned.
2. `iss` is the provider. `aud` is our client and nobody else; `azp`, where it stands, is too.
3. It has not expired, was made after we asked, and is the answer to our `nonce`.
4. `auth_time` says when the visitor last signed in: no longer before than we asked for.
5. `at_hash`, where it stands, is of the access token that came along.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from writ.errors import Refused
from writ.people.credentials.validity import SKEW, check_made, check_span
from writ.people.oidc.providers import Provider
from writ.people.oidc.published import Published
from writ.signing.jose import to_base64url
from writ.signing.jwks import ALGS
from writ.signing.jws import BARE, number, read_jws

MAX_SUB = 255
_WHAT = "the ID token"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must answer to: our nonce, asked at `since`, and the access token beside it."""

    nonce: str
    since: float
    access_token: str | None = None


async def check_id_token(
    token: str, published: Published, expected: Expected, now: float
) -> Mapping[str, object]:
    """Return the claims of an ID token that keeps every rule above at `now` (seconds, UTC)."""
    jws = read_jws(token, BARE, _WHAT, algs=ALGS)
    claims = await published.verify(jws, now)  # 1
    provider = published.provider
    _check_parties(claims, provider)
    _check_times(claims, provider, expected.since, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        raise Refused(f"{_WHAT} is not the answer to this sign-in (nonce); start again")
    if expected.access_token is not None and "at_hash" in claims:
        hash_ = _half_hash(expected.access_token, str(jws.header["alg"]))
        if claims["at_hash"] != hash_:
            raise Refused(f"{_WHAT} came with another's access token (at_hash); start again")
    return claims


def subject_of(claims: Mapping[str, object]) -> str:
    """Return who signed in, as the provider names them."""
    sub = claims.get("sub")
    if not isinstance(sub, str) or not 0 < len(sub) <= MAX_SUB or not sub.isascii():
        raise Refused(f"`sub` of {_WHAT} is not 1 to {MAX_SUB} ASCII characters")
    return sub


def _check_parties(claims: Mapping[str, object], provider: Provider) -> None:
    """Rule 2."""
    if claims.get("iss") != provider.issuer:
        raise Refused(f"{_WHAT} is by another issuer than `{provider.name}`; start again")
    if claims.get("aud") not in (provider.client, [provider.client]):
        raise Refused(f"{_WHAT} is not for us alone (aud); start again")
    if claims.get("azp", provider.client) != provider.client:
        raise Refused(f"{_WHAT} was given to another client (azp); start again")
    subject_of(claims)


def _check_times(
    claims: Mapping[str, object], provider: Provider, since: float, now: float
) -> None:
    """Rules 3 and 4."""
    ends = number(claims, "exp", _WHAT)
    if ends is None:
        raise Refused(f"{_WHAT} does not say when it ends (exp)")
    check_span(number(claims, "nbf", _WHAT), ends, now, _WHAT)
    check_made(number(claims, "iat", _WHAT), since, now, _WHAT)
    signed_in = number(claims, "auth_time", _WHAT)
    if signed_in is None:
        raise Refused(
            f"`{provider.name}` does not say when you signed in (auth_time); tell the operator"
        )
    if signed_in > now + SKEW:
        raise Refused("you would have signed in in the future (auth_time); check the clocks")
    if signed_in < since - provider.max_age - SKEW:
        raise Refused(
            f"you signed in at `{provider.name}` too long ago; sign out there, then again"
        )


def _half_hash(text: str, alg: str) -> str:
    """Core 3.1.3.6: the left half of the hash that `alg` uses; its last three characters are bits."""
    digest = hashlib.new(f"sha{alg[-3:]}", text.encode()).digest()
    return to_base64url(digest[: len(digest) // 2])


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())
