"""The line at the door: in a rush, who comes first is let in first, and nobody is sent away.

1. So many are let in a second, and so many are inside at once. While nobody waits and there is room,
   a visitor walks in; otherwise they take a number, and numbers are called in order.
2. A number that was called stays good: whoever comes back late walks in. For two minutes their
   room is kept; after that others are called into it.
3. How long somebody waits is told from how fast numbers were called in the last minute, not from how
   fast they should be. Where none was called, it cannot be told, and that is what is said.
4. What has been given out and called is written down at each step, in place, so that a restart goes
   on where it was. A number from later than what is written is believed: it was given out here.
5. A number opens one visit. Whoever lost theirs (a restart, a closed browser, an answer that never
   arrived) walks in again at the front, `VISITS` times in all, and the visit before it ends; so a
   number that is passed on lets in nobody beside its holder. Whoever leaves gives it up. How often each
   was used is a byte of the same file.
"""

import os
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from writ.clock import elapsed
from writ.errors import Failed

GRACE = 120.0
WINDOW = 60.0
VISITS = 3
_FIRST = 5.0
"""Seconds before there is a pace to measure; until then it is the one that is meant."""

_NUMBERS = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True)
class Place:
    """How many are ahead of somebody, and for how many seconds still (None: cannot be told)."""

    ahead: int
    seconds: float | None


class Line:
    """Rules 1 to 5; `clock` are elapsed seconds."""

    def __init__(
        self, path: Path, per_second: int, places: int, clock: Callable[[], float] = elapsed
    ) -> None:
        self._file = _opened(path)
        self._given, self._called = _read(self._file)
        self._rate = per_second
        self._places = places
        self._clock = clock
        self._at = self._began = clock()
        self._left = float(per_second)
        self._full = False
        self._expected: dict[int, float] = {}
        self._calls: deque[tuple[float, int]] = deque()

    @property
    def waiting(self) -> int:
        """How many numbers are given out and not called."""
        return self._given - self._called

    def join(self, inside: int) -> int | None:
        """Let a visitor walk in (None), or give them a number; `inside` are inside already."""
        now = self._advance(inside)
        if not self.waiting and self._left >= 1 and self._room(inside) > 0:
            self._left -= 1
            return None
        if not self.waiting:
            self._began = now
            self._calls.clear()
        self._given += 1
        self._write()
        return self._given

    def come(self, number: int, inside: int) -> bool:
        """Whether the one with a number may walk in now."""
        if number > self._given:  # 4
            self._given = number
            self._write()
        self._advance(inside)
        if number > self._called:
            return False
        self._expected.pop(number, None)
        return True

    def place(self, number: int) -> Place:
        """Say where a number stands."""
        ahead = max(0, number - self._called - 1)
        pace = self._pace()
        return Place(ahead, (ahead + 1) / pace if pace else None)

    def visits(self, number: int) -> int:
        """How many visits a number has opened (rule 5)."""
        return int.from_bytes(os.pread(self._file, 1, _NUMBERS.size + number))

    def enter(self, number: int) -> bool:
        """Open a visit with a number; False where it has opened all that it may."""
        opened = self.visits(number)
        if opened >= VISITS:
            return False
        self._use(number, opened + 1)
        return True

    def give_up(self, number: int) -> None:
        """Have a number open no visit any more."""
        self._use(number, VISITS)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _advance(self, inside: int) -> float:
        """Call whoever there is room for (rule 1)."""
        now = self._clock()
        most = max(1.0, 2.0 * self._rate)
        self._left = min(most, self._left + (now - self._at) * self._rate)
        self._at = now
        while self._expected and now - next(iter(self._expected.values())) > GRACE:  # 2
            del self._expected[next(iter(self._expected))]
        room = self._room(inside)
        self._full = room <= 0
        count = max(0, min(int(self._left), self.waiting, room))
        if count:
            self._left -= count
            first = self._called + 1
            self._expected |= dict.fromkeys(range(first, first + count), now)
            self._called += count
            self._count(now, count)
            self._write()
        while self._calls and now - self._calls[0][0] > WINDOW:
            self._calls.popleft()
        return now

    def _count(self, now: float, count: int) -> None:
        """Remember how many were called, second by second."""
        if self._calls and now - self._calls[-1][0] < 1:
            since, before = self._calls.pop()
            now, count = since, before + count
        self._calls.append((now, count))

    def _room(self, inside: int) -> int:
        return self._places - inside - len(self._expected)

    def _pace(self) -> float:
        """Numbers called a second (rule 3)."""
        span = min(WINDOW, self._clock() - self._began)
        if span < _FIRST:
            return 0.0 if self._full else float(self._rate)
        return sum(count for _, count in self._calls) / span

    def _use(self, number: int, opened: int) -> None:
        os.pwrite(self._file, bytes([opened]), _NUMBERS.size + number)

    def _write(self) -> None:
        os.pwrite(self._file, _NUMBERS.pack(self._given, self._called), 0)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Failed(f"cannot open `{path}`: {error.strerror}") from None


def _read(file: int) -> tuple[int, int]:
    data = os.pread(file, _NUMBERS.size, 0)
    if len(data) < _NUMBERS.size:
        return 0, 0
    given, called = _NUMBERS.unpack(data)
    return max(given, called), called
