"""Held to every short series of numbers there is, for narrow bands; the width changes nothing else."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.ledger.record.bands import BAND, Band, band_of, tellable

SIGNS = (-1, 0, 1)
numbers = st.lists(st.integers(0, 12 * BAND), max_size=12)


def published(counts: Sequence[int], width: int = BAND) -> list[Band | None]:
    """What is told of a series, number by number; None: no figure."""
    told: list[int] = []
    found: list[Band | None] = []
    for count in counts:
        if tellable(count, told, width):
            told.append(count)
            found.append(band_of(count, width))
        else:
            found.append(None)
    return found


@given(st.integers(0, 2**40))
def test_a_number_is_told_as_the_band_that_it_is_in(count: int) -> None:
    """A band is as wide as they all are, has the number in it, and begins where its kind begins."""
    band = band_of(count)
    assert band.least <= count < band.below
    assert (BAND, 0) == (band.below - band.least, band.least % BAND)


@given(numbers)
def test_figures_that_can_be_subtracted_tell_of_a_whole_band_of_people(counts: list[int]) -> None:
    """Between any two numbers that have figures, of whatever versions, lie at least that many people."""
    told = [count for count, band in zip(counts, published(counts), strict=True) if band]
    assert all(abs(one - other) >= BAND for one, other in itertools.combinations(told, 2))


@given(numbers)
def test_a_number_without_a_figure_is_near_one_that_has_one(counts: list[int]) -> None:
    """Nothing is kept back but what could be subtracted from what was told before."""
    told: list[int] = []
    for count, band in zip(counts, published(counts), strict=True):
        assert (band is None) == any(abs(count - other) < BAND for other in told)
        told += [count] if band else []


def worlds(width: int, length: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield the series that are told alike, as far as none of them reaches the end of what is tried."""
    most = 5 * width
    alike = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=length):
        alike[tuple(published(counts, width))].append(counts)
    yield from (group for group in alike.values() if max(map(max, group)) < most)


@pytest.mark.parametrize(("width", "length"), [(2, 3), (3, 2), (3, 3), (5, 2)])
def test_no_sum_or_difference_of_versions_singles_fewer_out(width: int, length: int) -> None:
    """Whoever knows all that was told, and how it is told, is left with a band's width of answers.

    Asked is every number by itself, and every sum and difference of some of them.
    """
    for group in worlds(width, length):
        for signs in itertools.product(SIGNS, repeat=length):
            answers = {sum(s * c for s, c in zip(signs, counts, strict=True)) for counts in group}
            assert len(answers) >= width or not any(signs), (group[0], signs)
