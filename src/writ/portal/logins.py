"""Signing in to an account where it is at home, in place of showing its API key.

1. A random cookie finds the sign-in under way: its answer counts in the browser that began, once, and
   for ten minutes. Nothing of it is written down.
2. The portal believes nothing that comes back: the control process checks the ID token itself, and
   gives a pass for the account that it names, which is from then on the visit's key.
3. There are so many at once; the one that has waited longest goes first.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from writ.clock import elapsed
from writ.errors import Refused
from writ.people.oidc.sign_in import Begun, SignIn
from writ.portal.counter import Counter

LASTS = 600.0
MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Login:
    provider: str
    invitation: str
    begun: Begun
    at: float


class Logins:
    """Rules 1 to 3; `there` are the providers by id."""

    def __init__(
        self, there: Mapping[str, SignIn], counter: Counter, clock: Callable[[], float] = elapsed
    ) -> None:
        self._there = there
        self._counter = counter
        self._clock = clock
        self._logins: dict[str, _Login] = {}

    def names(self) -> dict[str, str]:
        """Return the providers' names by id, as visitors know them."""
        return {name: item.provider.name for name, item in self._there.items()}

    async def begin(self, provider: str, invitation: str, language: str) -> tuple[str, str]:
        """Return where the browser goes, and the text of its cookie."""
        there = self._of(provider)
        login = there.provider.login
        address, begun = await there.begin({} if login is None else login.asked, language)
        now = self._clock()
        self._forget(now)
        name = secrets.token_urlsafe(32)
        self._logins[name] = _Login(provider, invitation, begun, now)
        return address, name

    async def finish(
        self, provider: str, cookie: str, fields: Mapping[str, str]
    ) -> tuple[str, str]:
        """Return a pass for whoever signed in, and the invitation that they came with."""
        there = self._of(provider)
        login = self._logins.pop(cookie, None)
        if login is None or login.provider != provider or login.at + LASTS <= self._clock():
            raise Refused("this sign-in is over, or began in another browser; begin again")
        signed_in = await there.finish(login.begun, fields)
        passed = await self._counter.sign_in(provider, signed_in.token, login.begun.nonce)
        return passed, login.invitation

    def _forget(self, now: float) -> None:
        """Forget what is over, and what there is no room for (rule 3); they stand as they began."""
        while self._logins:
            oldest = next(iter(self._logins))
            if len(self._logins) < MOST and self._logins[oldest].at + LASTS > now:
                return
            del self._logins[oldest]

    def _of(self, provider: str) -> SignIn:
        there = self._there.get(provider)
        if there is None:
            raise Refused("nobody signs in there; go back and choose again")
        return there
