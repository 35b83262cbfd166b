"""Numbers of people as the public record tells them: in wide bands, and so that no one person is seen in them.

1. Where a band ends depends on nobody: at 500, 1,000, 2,000, 5,000, 10,000 and so on.
2. A number less than `NEAR` before an end, or as near behind it, is told by the band on whichever side
   of that end the record has told of already, in the figure that it has most to do with; where it has
   told of neither, by its own. So a figure is off by that many people at most.
3. What a number is told as depends on itself and on what is public, and on no other number. So what
   is public leaves each number a whole stretch of `APART` answers at least, whatever the others are.
4. The number of all is often known. It is told by another band only within `APART` of an end, half as
   far as the rest: so a part that is nearly all is told as all, and has that many answers too.
5. Who is not affected is not counted: it is what the figures of all and of the affected leave.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

APART = 100
"""How many people a figure hides among, at the least."""
NEAR = 2 * APART
_STEPS = (5, 10, 20)


@dataclass(frozen=True, slots=True)
class Band:
    """At least `least`, and fewer than `below`."""

    least: int
    below: int


def band_of(count: int, apart: int = APART) -> Band:
    """Return the band that a number is in (rule 1)."""
    ends = _ends(apart)
    least, below = 0, next(ends)
    while below <= count:
        least, below = below, next(ends)
    return Band(least, below)


def figure(count: int, told: Iterable[Band], near: int = NEAR, apart: int = APART) -> Band:
    """Return the band that a number is told as; `told` begins with what it has most to do with (rule 2)."""
    own = band_of(count, apart)
    for end in (own.least, own.below):
        if end and end - near <= count < end + near:
            sides = (band_of(end - 1, apart), band_of(end, apart))
            return next((band for band in told if band in sides), own)
    return own


def rest(every: Band, some: Band, apart: int = APART) -> Band:
    """Return how many of all are left without some, both as they are told (rule 5)."""
    return Band(max(0, every.least - some.below - apart), every.below - some.least + apart)


def _ends(apart: int) -> Iterator[int]:
    while True:
        yield from (apart * step for step in _STEPS)
        apart *= 10
