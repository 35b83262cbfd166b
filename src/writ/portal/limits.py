"""How often somebody may try: buckets that fill again, per address and per account.

1. A bucket holds so many tries and wins one back every so many seconds.
2. Buckets that are full again are forgotten; when there are too many, the fullest go first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from writ.clock import elapsed
from writ.errors import Refused

MOST = 50_000


class TooMany(Refused):
    """Somebody tried too often; `after` are the seconds until another try."""

    def __init__(self, after: int) -> None:
        self.after = after
        super().__init__(f"too many tries; wait {after} seconds")


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """Rules 1 and 2; `clock` are elapsed seconds."""

    def __init__(
        self, size: int, seconds: float, clock: Callable[[], float] = elapsed, most: int = MOST
    ) -> None:
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._buckets: dict[str, _Bucket] = {}

    def take(self, who: str) -> None:
        """Take a try; TooMany where there is none left."""
        now = self._clock()
        bucket = self._buckets.pop(who, None) or _Bucket(self._size, now)
        bucket.left = self._filled(bucket, now)
        bucket.at = now
        self._buckets[who] = bucket
        if len(self._buckets) > self._most:
            self._forget(now)
        if bucket.left < 1:
            raise TooMany(max(1, round((1 - bucket.left) * self._seconds)))
        bucket.left -= 1

    def _filled(self, bucket: _Bucket, now: float) -> float:
        return min(float(self._size), bucket.left + (now - bucket.at) / self._seconds)

    def _forget(self, now: float) -> None:
        """Rule 2."""
        order = sorted(self._buckets.items(), key=lambda item: self._filled(item[1], now))
        self._buckets = dict(order[: self._most // 2])
