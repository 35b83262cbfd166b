"""A security event token (SET, RFC 8417) as Shared Signals 1.0 profiles it, read and proved.

1. It is a JWS of type `secevent+jwt`, 64 KiB at most, with no `exp` and no `sub`, so that no other
   token can be taken for one; signed by a key that its transmitter publishes.
2. `iss` is the transmitter's, `aud` names this deployment, `jti` is a text; `iat` is not to come (a
   minute for clocks) and not older than seven days, as long as its `jti` is remembered.
3. It is of one event, about one subject: `sub_id`, or `subject` in the event as older ones have it.
   Of a complex subject its `user` is meant, and its `session` where one is over.
4. Whoever a transmitter names by another issuer's account is not his to speak of.
5. What is wrong is told in the words of RFC 8935 section 2.4: `SetRefused.err`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.errors import Refused, WritError
from writ.people.signals.events import Bearing, bearing
from writ.people.signals.keysets import KeySets
from writ.people.signals.transmitters import Transmitter
from writ.signing.jwks import ALGS, UnknownKey
from writ.signing.jws import Jws, number, read_jws

TYPE = "secevent+jwt"
WINDOW = 7 * 86_400
SKEW = 60
MAX_JTI = 500
_WHAT = "the SET"

Err: TypeAlias = Literal[
    "invalid_request",
    "invalid_key",
    "invalid_issuer",
    "invalid_audience",
    "authentication_failed",
    "access_denied",
]


class SetRefused(Refused):
    """A SET that is not taken; `err` is the code that its transmitter is told."""

    def __init__(self, err: Err, why: str) -> None:
        self.err = err
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a proved SET says; `issued_at` are seconds since the epoch.

    `session` is the provider's word for a sign-in, where it names one. `who` is how it names a person, in the transmitter's way of naming; None where it names nobody,
    or in another way.
    """

    transmitter: Transmitter
    jti: str
    issued_at: float
    bearing: Bearing
    who: str | None
    session: str | None = None


async def read_set(token: str, transmitter: Transmitter, keys: KeySets, now: float) -> Signal:
    """Return what a SET of this transmitter says at `now`, proved; otherwise SetRefused."""
    try:
        jws = read_jws(token, TYPE, _WHAT, algs=ALGS)  # 1
    except Refused as refused:
        raise SetRefused("invalid_request", str(refused)) from None
    _check_sender(jws, transmitter)
    try:
        claims = await keys.verify(transmitter, jws, now)
    except UnknownKey as refused:
        raise SetRefused("invalid_key", str(refused)) from None
    except Refused as refused:
        raise SetRefused("authentication_failed", str(refused)) from None
    try:
        return _signal(claims, transmitter, now)
    except SetRefused:
        raise
    except WritError as refused:
        raise SetRefused("invalid_request", str(refused)) from None


def _check_sender(jws: Jws, transmitter: Transmitter) -> None:
    """Rule 2, before a key is asked for: whose it says it is, and for whom."""
    if jws.claims.get("iss") != transmitter.issuer:
        raise SetRefused("invalid_issuer", f"{_WHAT} is not issued by `{transmitter.issuer}`")
    audience = jws.claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if transmitter.audience not in named:
        raise SetRefused("invalid_audience", f"{_WHAT} is not for `{transmitter.audience}`")


def _signal(claims: Mapping[str, object], transmitter: Transmitter, now: float) -> Signal:
    for name in ("exp", "sub"):  # 1
        if name in claims:
            raise Refused(f"{_WHAT} has `{name}`, which no SET has")
    jti, issued_at = claims.get("jti"), number(claims, "iat", _WHAT)
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        raise Refused(f"{_WHAT} has no `jti` of {MAX_JTI} characters at most")
    if issued_at is None or not now - WINDOW <= issued_at <= now + SKEW:
        raise Refused(f"{_WHAT} was not issued within the last seven days, by our clock")
    uri, fields = _event(claims)
    about = claims.get("sub_id", fields.get("subject"))
    if not isinstance(about, Mapping):
        raise Refused(f"{_WHAT} has no `sub_id`")
    found = bearing(uri, fields)
    who = None if found.unknown else _who(about, transmitter)
    session = _session(about, transmitter) if found.ends_sessions else None
    return Signal(transmitter, jti, issued_at, found, who, session)


def _event(claims: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    events = claims.get("events")
    if not isinstance(events, Mapping) or len(events) != 1:
        raise Refused(f"`events` of {_WHAT} is one event")
    [(uri, fields)] = events.items()
    if not isinstance(fields, Mapping):
        raise Refused(f"the event of {_WHAT} is not an object")
    return uri, fields


def _who(about: Mapping[str, object], transmitter: Transmitter) -> str | None:
    """Rules 3 and 4 (RFC 9493 section 3 for the formats)."""
    if about.get("format") == "complex":
        user = about.get("user")
        return _who(user, transmitter) if isinstance(user, Mapping) else None
    match about:
        case {"format": "iss_sub", "iss": str(issuer), "sub": str(sub)}:
            if issuer != transmitter.issuer:
                why = f"`{transmitter.name}` speaks of its own accounts, not of those of others"
                raise SetRefused("access_denied", why)
            return sub
        case {"format": "opaque", "id": str(name)} | {"format": "email", "email": str(name)}:
            return name if transmitter.named == "id" else None
        case {"format": str()}:
            return None
        case _:
            raise Refused(f"`sub_id` of {_WHAT} has no `format`")


def _session(about: Mapping[str, object], transmitter: Transmitter) -> str | None:
    """Return the sign-in that a subject names: its `session`; or itself, opaque, if that is no id of ours."""
    match about:
        case {"format": "complex", "session": {"format": "opaque", "id": str(name)}}:
            return name
        case {"format": "opaque", "id": str(name)} if transmitter.named == "account":
            return name
        case _:
            return None
