"""Answers under way, so that a change of rules, facts, keys or leases reaches every one of them.

1. Whatever may change a decision asks for a sweep; a sweep asks each answer to check itself.
2. `due` is the earliest legal instant at which some answer's links must be looked up anew.
3. An answer that an order lets drain is asked again when its time is up (elapsed seconds).
"""

from typing import Protocol

from writ.clock import FOREVER, Instant


class Flight(Protocol):
    """An answer under way."""

    @property
    def draining_until(self) -> float:
        """Until when an order lets it go on (elapsed seconds); 0 where none needs to."""

    def good_until(self) -> Instant:
        """Return the legal instant until which its last check holds."""

    def check(self) -> bool:
        """Cut the answer if its caller is no longer allowed; whether it was cut."""


class Flights:
    """All answers under way at one gateway."""

    def __init__(self) -> None:
        self.due: Instant = FOREVER
        self._open: set[Flight] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, flight: Flight) -> None:
        """Watch an answer."""
        self._open.add(flight)
        self.due = min(self.due, flight.good_until())

    def remove(self, flight: Flight) -> None:
        """Forget an answer; one that is not watched is nothing to forget."""
        self._open.discard(flight)

    def sweep(self) -> int:
        """Check every answer; return how many were cut."""
        cut = sum(flight.check() for flight in tuple(self._open))
        self.due = min((flight.good_until() for flight in self._open), default=FOREVER)
        return cut

    def tick(self, now: Instant, elapsed: float) -> int:
        """Sweep if an instant has come; ask those whose drain is over. Return how many were cut."""
        if now >= self.due:
            return self.sweep()
        over = [flight for flight in self._open if 0 < flight.draining_until <= elapsed]
        return sum(flight.check() for flight in over)
