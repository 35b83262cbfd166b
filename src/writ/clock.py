"""The two clocks: legal instants, which orders speak of, and time elapsed since boot.

1. A legal instant is an int: microseconds since 1970-01-01T00:00:00Z.
2. Legal time never runs backwards: `not_before` is a floor that only grows (its owner persists it).
3. A drill keeps legal time in a small shared file, so that every process steps at once.
4. Elapsed time counts suspension (CLOCK_BOOTTIME) and serves leases and time-outs only.
5. Wall time is for tokens minted by others (RFC 7519 `iat`, `exp`), never for orders.
"""

import mmap
import re
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

from writ.errors import InvalidInput

Instant: TypeAlias = int
"""Legal time in microseconds since the epoch, UTC."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOREVER: Instant = 2**62
"""Later than every instant."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(r"([1-9][0-9]{0,8})(ms|s|m|h|d)")
_UNITS = {"ms": 1000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


class Clock(Protocol):
    """Tells legal time."""

    def now(self) -> Instant:
        """Return the legal instant; never earlier than one returned before."""
        ...


class WallClock:
    """Legal time as the machine tells it, held above a high-water mark (rule 2)."""

    def __init__(self, not_before: Instant = 0) -> None:
        self.mark = not_before

    def now(self) -> Instant:
        """Return the machine's time, or the mark when the machine's clock was set back."""
        self.mark = max(self.mark, time.time_ns() // 1000)
        return self.mark

    def raise_mark(self, instant: Instant) -> None:
        """Never again tell a time before `instant`."""
        self.mark = max(self.mark, instant)


class DrillClock:
    """Legal time that stands still until it is stepped; shared through an eight-byte file."""

    def __init__(self, path: Path, start: Instant | None = None) -> None:
        if start is not None:
            path.write_bytes(struct.pack("<q", start))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)

    def now(self) -> Instant:
        """Return the instant of the last step."""
        instant: int = struct.unpack_from("<q", self._shared)[0]
        return instant

    def step(self, instant: Instant) -> None:
        """Move legal time forward to `instant`; a step back is ignored (rule 2)."""
        struct.pack_into("<q", self._shared, 0, max(instant, self.now()))


def elapsed() -> float:
    """Seconds since boot, suspension included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def wall() -> float:
    """Seconds since the epoch as the machine tells them (rule 5)."""
    return time.time()


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 instant; one without a zone is refused."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"`{text}` is not an instant; write 2026-06-12T17:21:00-04:00") from None
    if read.tzinfo is None:
        raise InvalidInput(f"`{text}` has no time zone; add Z or an offset such as -04:00")
    try:
        read = read.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"`{text}` is outside the years 1 to 9999") from None
    return (read - _EPOCH) // timedelta(microseconds=1)


def format_instant(instant: Instant) -> str:
    """Write an instant in UTC with as many digits as it needs."""
    moment = _EPOCH + timedelta(microseconds=instant)
    return moment.isoformat().replace("+00:00", "Z")


def parse_duration(text: str) -> int:
    """Read `30s`, `90m`, `365d` as microseconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidInput(f"`{text}` is not a duration; write a number and ms, s, m, h or d")
    return int(match[1]) * _UNITS[match[2]]


def format_duration(span: int) -> str:
    """Write microseconds in the largest unit that divides them."""
    for unit in ("d", "h", "m", "s", "ms"):
        if span % _UNITS[unit] == 0:
            return f"{span // _UNITS[unit]}{unit}"
    return f"{span // 1000}ms"
