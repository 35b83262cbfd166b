"""Numbers of people as the public record tells them: in bands, which subtraction does not get under.

1. A number is told as the band of 100 that it is in; so is nobody.
2. Numbers of one kind about one order are a series, over its versions and over time; how many its
   annexes list is one kind, whatever each is called. A figure is
   added to it only for a number that is a whole band away from every number that has a figure: two
   figures that differ tell of at least 100 people, whatever else is known.
3. A number nearer than that gets no figure. That there is none says that fewer than 100 people
   make the difference to one that was told, and not how many.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BAND = 100
"""How many people a figure hides among."""


@dataclass(frozen=True, slots=True)
class Band:
    """At least `least`, and fewer than `below`."""

    least: int
    below: int


def band_of(count: int, width: int = BAND) -> Band:
    """Return the band that a number is in (rule 1)."""
    least = count - count % width
    return Band(least, least + width)


def tellable(count: int, told: Iterable[int], width: int = BAND) -> bool:
    """Whether a number may have a figure beside those that were told (rule 2)."""
    return all(abs(count - other) >= width for other in told)
