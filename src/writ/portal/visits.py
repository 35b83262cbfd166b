"""Visits: a browser that has shown an API key or signed in, what it came for, and the attempt under way.

1. A visit is a random cookie. It ends after half an hour without a request, or when it is left, and
   with it all it knew; nothing of it is written down.
2. It has one attempt at a time. Whatever arrives for that from elsewhere finds it by its handle.
3. A place in line has one visit: a later one ends the one before (`writ.portal.line`, rule 5).
4. There are so many visits at once; the one that has waited longest goes first. Whoever was seen in
   the last five minutes is inside; they are counted anew each second.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

from writ.clock import elapsed
from writ.errors import Refused
from writ.people.methods import Method, Session, Show
from writ.portal.counter import Account, Standing

IDLE = 1800.0
ACTIVE = 300.0
COUNTED = 1.0
MOST = 20_000


@dataclass(slots=True)
class Attempt:
    """A method at work on a question; `shown` is the page that a mistake is corrected on."""

    method: Method
    session: Session
    shown: Show | None = None


@dataclass(slots=True)
class Visit:
    """Rule 1; `key` is the SHA-256 of the API key that was shown, or of the pass.

    `form` closes its forms; `place` is the number in line that it was opened with.
    """

    key: str
    account: Account
    seen: float
    name: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    place: int | None = None
    model: str = ""
    attempt: Attempt | None = None
    standing: Standing | None = None


class Visits:
    """Rules 2 to 4."""

    def __init__(self, clock: Callable[[], float] = elapsed, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._visits: dict[str, Visit] = {}
        self._placed: dict[int, Visit] = {}
        self._inside, self._counted = 0, -COUNTED

    def open(self, key: str, account: Account, place: int | None = None) -> Visit:
        """Begin a visit, with a place in line if there was one (rule 3)."""
        self._expire()
        while len(self._visits) >= self._most:
            self.leave(next(iter(self._visits.values())))
        visit = Visit(key, account, self._clock(), place=place)
        if place is not None:
            if place in self._placed:
                self.leave(self._placed[place])
            self._placed[place] = visit
        self._visits[visit.name] = visit
        self._inside += 1
        return visit

    def inside(self) -> int:
        """How many are inside (rule 4)."""
        now = self._clock()
        if now - self._counted >= COUNTED:
            latest = reversed(self._visits.values())
            self._inside = sum(1 for _ in takewhile(lambda item: now - item.seen <= ACTIVE, latest))
            self._counted = now
        return self._inside

    def find(self, name: str) -> Visit | None:
        """Return a visit that has not ended, now the last to have been seen."""
        self._expire()
        visit = self._visits.pop(name, None)
        if visit is not None:
            visit.seen = self._clock()
            self._visits[name] = visit
        return visit

    def leave(self, visit: Visit) -> None:
        """End a visit."""
        self._visits.pop(visit.name, None)
        if visit.place is not None:
            self._placed.pop(visit.place, None)

    def attempt(self, handle: str) -> Attempt:
        """Return the attempt that a handle is of; one that is over or unknown is Refused."""
        self._expire()
        for visit in self._visits.values():
            found = visit.attempt
            if found is not None and secrets.compare_digest(
                found.session.handle.encode(), handle.encode()
            ):
                return self.alive(found)
        raise Refused("this attempt is over; begin again in your browser")

    def alive(self, attempt: Attempt) -> Attempt:
        """Return an attempt that is not over; else Refused."""
        session = attempt.session
        if session.over or self._clock() - session.began > attempt.method.lasts:
            raise Refused("this attempt is over; begin again in your browser")
        return attempt

    def now(self) -> float:
        """Elapsed seconds."""
        return self._clock()

    def _expire(self) -> None:
        """Rule 1; visits stand in the order in which they were last seen."""
        now = self._clock()
        for visit in list(self._visits.values()):
            if now - visit.seen <= IDLE:
                break
            self.leave(visit)
