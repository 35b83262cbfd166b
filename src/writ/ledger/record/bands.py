"""Numbers of people as the public record tells them: in wide bands, told once, none of them beside an edge.

1. Where a band ends depends on nobody: at 200, 500, 1,000, 2,000, 5,000 and so on.
2. A number less than `APART` before an edge, or as near behind it, is told by the band on whichever
   side of that edge the record has told of already, in the figure that it has most to do with; where
   it has told of neither, by its own. So a figure is off by `APART` people at most.
3. What a number is told as depends on itself and on what is public, and on no other number. So what
   is public leaves each number a whole stretch of `APART` answers at least, whatever the others are.
4. Who is not affected is not counted: it is what the figures of all and of the affected leave.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

APART = 100
"""How near an edge is near, and so how many people a figure hides among."""
_STEPS = (2, 5, 10)


@dataclass(frozen=True, slots=True)
class Band:
    """At least `least`, and fewer than `below`."""

    least: int
    below: int


def band_of(count: int, apart: int = APART) -> Band:
    """Return the band that a number is in (rule 1)."""
    least = 0
    for below in _edges(apart):
        if count < below:
            break
        least = below
    return Band(least, below)


def figure(count: int, told: Iterable[Band], apart: int = APART) -> Band:
    """Return the band that a number is told as; `told` begins with what it has most to do with (rule 2)."""
    own = band_of(count, apart)
    for edge in (own.least, own.below):
        if edge and edge - apart <= count < edge + apart:
            sides = (band_of(edge - 1, apart), band_of(edge, apart))
            return next((band for band in told if band in sides), own)
    return own


def rest(every: Band, some: Band, apart: int = APART) -> Band:
    """Return how many of all are left without some, both as they are told (rule 4)."""
    return Band(max(0, every.least - some.below - apart), every.below - some.least + apart)


def _edges(apart: int) -> Iterator[int]:
    for power in itertools.count():
        yield from (apart * step * 10**power for step in _STEPS)
