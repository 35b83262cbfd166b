"""Passes: what somebody who signed in has in place of an API key, at the portal and nowhere else.

1. A pass is given for an ID token that is checked here: the portal, which reads what strangers send,
   is not believed. One token gives one pass, whatever its signature: one of ECDSA has a second form.
2. `login` of the provider says which claim names the account: somebody on the books, or whom an
   organisation means by it. An e-mail address counts only where the provider has verified it.
3. An account that acts for several organisations has to come with the API key of one of them. An end
   user speaks for nobody but themselves: not for the organisation.
4. Kept is the SHA-256 of a pass, as of a key, in memory: it ends with the ID token (`exp`, and a minute
   for clocks), after two hours, with us, and when its account is forgotten. Calls come from several
   threads.
5. It ends when a transmitter of the provider's own issuer says that the session, or the account, is
   over: by `sid` where both name it, else by who signed in. One for a later sign-in stands, by the
   provider's own clock.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from writ.clock import Clock, Instant, elapsed, wall
from writ.errors import Refused
from writ.people.credentials.validity import SKEW
from writ.people.keys import digest_of
from writ.people.oidc.id_token import Expected, check_id_token, subject_of
from writ.people.oidc.providers import Provider
from writ.people.oidc.published import Published
from writ.people.registry import Registry
from writ.people.signals.sets import Signal
from writ.signing.jws import number

LASTS = 2 * 3600.0
JUST_NOW = 600.0
"""Seconds that a token may be old: what a sign-in takes at most."""

MOST = 20_000
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Pass:
    """Whose account it is, as `writ.people.keys.ApiKey` says it of a key; signed in where, when."""

    requester: str
    organisation: str | None
    provider: str
    at: Instant
    speaks: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """A pass, given at `since` and good until `until`; who signed in where, by what token."""

    holder: Pass
    since: float
    until: float
    issuer: str
    sub: str
    sid: str | None
    made: float

    def ends_by(self, signal: Signal) -> bool:
        """Rule 5."""
        sender = signal.transmitter
        if sender.issuer != self.issuer or self.made > signal.issued_at:
            return False
        if signal.session is not None and self.sid is not None:
            return signal.session == self.sid
        return signal.who is not None and signal.who in (
            {self.sub} if sender.named == "account" else {self.sub, self.holder.requester}
        )


class NoKey(Refused):
    """Whoever asks holds no key, and no pass, that is valid."""


class Passes:
    """Rules 1 to 5; `now` are seconds since the epoch, `since` elapsed ones."""

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        there: Iterable[Published] = (),
        now: Callable[[], float] = wall,
        since: Callable[[], float] = elapsed,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._there = {item.provider.id: item for item in there if item.provider.login}
        self._now = now
        self._since = since
        self._lock = threading.Lock()
        self._passes: dict[bytes, _Kept] = {}
        self._used: dict[bytes, float] = {}

    async def sign_in(self, provider: str, token: str, nonce: str) -> str:
        """Give a pass for an ID token; one that does not prove an account is Refused."""
        published = self._there.get(provider)
        if published is None:
            raise Refused("nobody signs in to an account there; use your API key")
        now = self._now()
        expected = Expected(nonce, now - JUST_NOW)
        claims = await check_id_token(token, published, expected, now)
        self._use(digest_of(token.rpartition(".")[0]))
        found = await asyncio.to_thread(self._account, published.provider, claims)
        text = f"wp_{secrets.token_urlsafe(_BYTES)}"
        with self._lock:
            while len(self._passes) >= MOST:
                del self._passes[next(iter(self._passes))]
            self._passes[digest_of(text)] = self._kept(found, published.provider, claims)
        return text

    def by_digest(self, digest: bytes) -> Pass | None:
        """Return the pass whose text has this digest; None where there is none; NoKey once it ended."""
        with self._lock:
            self._forget()
            kept = self._passes.get(digest)
        if kept is None or not self._registry.those([kept.holder.requester]):
            return None
        if kept.until <= self._since():
            raise NoKey("this sign-in has ended; sign in again")
        return kept.holder

    def end(self, signal: Signal) -> int:
        """End what a signal says is over, and return how many passes that is (rule 5)."""
        if not signal.bearing.ends_sessions:
            return 0
        with self._lock:
            now = self._since()
            over = {
                name: replace(kept, until=now)
                for name, kept in self._passes.items()
                if kept.until > now and kept.ends_by(signal)
            }
            self._passes |= over
        return len(over)

    def _kept(self, found: Pass, provider: Provider, claims: Mapping[str, object]) -> _Kept:
        """Rule 4."""
        since, sid = self._since(), claims.get("sid")
        ends, made = (number(claims, name, "the ID token") or 0.0 for name in ("exp", "iat"))
        return _Kept(
            found,
            since,
            since + min(LASTS, ends + SKEW - self._now()),
            provider.issuer,
            subject_of(claims),
            sid if isinstance(sid, str) else None,
            made,
        )

    def _use(self, token: bytes) -> None:
        """Take a token, by its digest, once."""
        with self._lock:
            self._forget()
            if token in self._used:
                raise Refused("this sign-in was used before; sign in again")
            self._used[token] = self._since()

    def _account(self, provider: Provider, claims: Mapping[str, object]) -> Pass:
        """Rule 2."""
        login = provider.login
        assert login is not None  # noqa: S101  none else are kept
        named = claims.get(login.claim)
        if not isinstance(named, str) or not named:
            raise Refused(f"`{provider.name}` does not say whose account it is; tell the operator")
        if login.claim == "email" and claims.get("email_verified") is not True:
            raise Refused(f"`{provider.name}` has not verified your address; do so there first")
        at = self._clock.now()
        if login.organisation is not None:
            person = self._registry.end_users.find(login.organisation, named)
            if person is None:
                raise _nobody(provider)
            return Pass(person, login.organisation, provider.name, at, speaks=False)
        return Pass(named, self._organisation(named, provider), provider.name, at, speaks=True)

    def _organisation(self, requester: str, provider: Provider) -> str | None:
        """Rule 3."""
        known = self._registry.those([requester]).get(requester)
        if known is None:
            raise _nobody(provider)
        keys = self._registry.keys.of(requester)
        live = {key.organisation for key in keys if key.revoked_at is None}
        choices = live or set(known.subject.acts_for) or {None}
        if len(choices) > 1:
            raise Refused(
                "this account acts for several organisations; show the API key of the one that is meant"
            )
        return choices.pop()

    def _forget(self) -> None:
        """Forget what ended, some time after: until then whoever has it is told so."""
        now = self._since()
        for passed in [
            name for name, kept in self._passes.items() if kept.since + 2 * LASTS <= now
        ]:
            del self._passes[passed]
        for used in [name for name, at in self._used.items() if at + LASTS <= now]:
            del self._used[used]


def _nobody(provider: Provider) -> Refused:
    return Refused(f"there is no account here for whoever signed in at `{provider.name}`")
