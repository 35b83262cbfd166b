"""Notices that were taken already, so that each is taken once.

1. A notice is known by the id of its event, or by the digest of its bytes where it names none.
2. It is remembered for an hour, which is longer than any attempt, and than any window of a
   signature; when there are too many, the oldest go first.
"""

REMEMBERED = 3600.0
MOST = 50_000


class Seen:
    """Rules 1 and 2."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: dict[str, float] = {}

    def first(self, event: str, now: float) -> bool:
        """Whether this is the first time; from then on it is not."""
        while self._seen and self._is_old(next(iter(self._seen)), now):
            del self._seen[next(iter(self._seen))]
        if event in self._seen:
            return False
        self._seen[event] = now
        return True

    def _is_old(self, event: str, now: float) -> bool:
        return len(self._seen) > self._most or now - self._seen[event] > REMEMBERED
