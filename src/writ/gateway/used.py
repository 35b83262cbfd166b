"""Which words about end users were used: each is good for one request.

1. A word is known by its organisation and its `jti`, for as long as it could be shown again.
2. Nothing is forgotten early. Where there is no room for more, of one organisation's or of all,
   the next word is refused: somebody who uses up their own room uses up nobody else's.
3. What was issued before this began may have been used up by the process before: it is refused, and
   so is what an issuer whose clock goes ahead may have issued by then. Only who begins for the first
   time knows that there was none.
4. A clock that is set back brings nothing back: the latest time seen counts.
"""

import hashlib
from collections import Counter
from math import ceil

from writ.signing.end_user import SKEW

MOST = 1 << 19
"""Words remembered at once: 60 MB at the very most."""

MOST_EACH = 1 << 17
"""Of one organisation: 436 a second where each lives for 300 s, ten times that where 30 s."""


class Used:
    """The words used at one gateway; `since` is when it began (seconds, UTC), 0 for the first time."""

    def __init__(self, since: float = 0, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._since = ceil(since + SKEW) if since else 0  # 3
        self._most = most
        self._most_each = most_each
        self._used: set[bytes] = set()
        self._count: Counter[bytes] = Counter()
        self._ends: dict[int, list[tuple[bytes, bytes]]] = {}
        self._latest = 0

    def __len__(self) -> int:
        return len(self._used)

    def take(self, organisation: bytes, jti: str, span: tuple[int, int], now: float) -> bool:
        """Use a word up, which could be shown in `span`; False where it may not be used."""
        issued, until = span
        self._forget(int(now))
        word = hashlib.blake2b(jti.encode(), key=organisation, digest_size=16).digest()
        if word in self._used or issued < self._since or until <= self._latest:  # 1, 3, 4
            return False
        if len(self._used) >= self._most or self._count[organisation] >= self._most_each:  # 2
            return False
        self._used.add(word)
        self._count[organisation] += 1
        self._ends.setdefault(until, []).append((organisation, word))
        return True

    def _forget(self, now: int) -> None:
        """Forget what can no longer be shown; looked at once a second."""
        if now <= self._latest:
            return
        self._latest = now
        for until in [until for until in self._ends if until <= now]:
            for organisation, word in self._ends.pop(until):
                self._used.discard(word)
                self._count[organisation] -= 1
                if not self._count[organisation]:
                    del self._count[organisation]
