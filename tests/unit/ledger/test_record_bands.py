"""Held to every short series of numbers there is, for narrow bands; the width changes nothing else."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.ledger.record.bands import APART, Band, band_of, figure, rest
from writ.ledger.record.editions import AFFECTED, PEOPLE, Count, figures, taken

ENDS = [step * 10**power * APART for power in range(4) for step in (2, 5, 10)]
CRITICAL = {end + away for end in ENDS for away in (-APART, 0, APART)}
"""Where a number may be told as something else than the number before it."""
SIGNS = (-1, 0, 1)
numbers = st.integers(0, 60 * APART) | st.sampled_from(ENDS).flatmap(
    lambda end: st.integers(end - APART - 2, end + APART + 2)
)


def published(counts: Sequence[int], apart: int) -> tuple[Band, ...]:
    """What is told of a series, each held against those before it, the last first."""
    told: list[Band] = []
    for count in counts:
        told.append(figure(count, reversed(told), apart))
    return tuple(told)


@given(st.integers(0, 2**40))
def test_a_band_is_where_it_is_whoever_is_counted(count: int) -> None:
    """It has the number in it, and ends where the next begins; the first holds nobody and many alike."""
    band = band_of(count)
    assert band.least <= count < band.below
    assert band.least == 0 or band_of(band.least - 1).below == band.least
    assert band.below - band.least >= (3 if band.least else 2) * APART


@given(numbers, st.lists(numbers.map(band_of)))
def test_a_figure_is_off_by_a_hundred_people_at_most(count: int, told: list[Band]) -> None:
    """Whatever was told before."""
    band = figure(count, told)
    assert band.least - APART <= count < band.below + APART


@given(numbers, numbers)
def test_the_next_number_differs_only_for_more_than_a_hundred(one: int, next_one: int) -> None:
    """Of two versions, or two orders, that concern nearly the same people, the second is told as the first."""
    before, after = published([one, next_one], APART)
    assert before == after or abs(one - next_one) > APART


@given(numbers, st.lists(numbers.map(band_of)))
def test_one_person_makes_no_difference_but_at_an_end(count: int, told: list[Band]) -> None:
    """At an end of a band, or as far from one as is near: nowhere else, whatever was told before."""
    if count + 1 not in CRITICAL:
        assert figure(count, told) == figure(count + 1, told)


def worlds(apart: int, length: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield the series that are told alike, as far as none of them reaches the last band tried."""
    most = 7 * apart
    alike = defaultdict(list)
    for counts in itertools.product(range(most), repeat=length):
        alike[published(counts, apart)].append(counts)
    yield from (group for told, group in alike.items() if max(item.below for item in told) < most)


@pytest.mark.parametrize(("apart", "length"), [(1, 4), (2, 3), (3, 2), (5, 2)])
def test_what_is_told_leaves_every_number_a_stretch_of_its_own(apart: int, length: int) -> None:
    """Whoever knows all that was told, how it is told, and all numbers but one, has that many answers left.

    So has every sum and difference, of versions and of orders.
    """
    for group in worlds(apart, length):
        answers = [sorted(set(column)) for column in zip(*group, strict=True)]
        assert len(group) == len(set(itertools.product(*answers)))
        for found in answers:
            assert len(found) >= apart
            assert found == list(range(found[0], found[-1] + 1))
        for signs in itertools.product(SIGNS, repeat=length):
            sums = {sum(s * c for s, c in zip(signs, counts, strict=True)) for counts in group}
            assert len(sums) >= apart or not any(signs), (group[0], signs)


@pytest.mark.parametrize("apart", [1, 2, 7])
def test_whoever_knows_how_many_there_are_learns_no_more(apart: int) -> None:
    """The number of all is often known from elsewhere; those affected, and not, stay as many answers."""
    for every in range(30 * apart):
        alike = defaultdict(list)
        whole = band_of(every, apart)
        for affected in range(every + 1):
            alike[figure(affected, [whole], apart)].append(affected)
        assert all(len(found) >= min(apart, every + 1) for found in alike.values())


@given(numbers, numbers, st.lists(numbers.map(band_of)))
def test_those_not_affected_are_told_by_what_is_told_already(
    every: int, affected: int, told: list[Band]
) -> None:
    """Nothing new is told of them, and what is told is off by a hundred people at most."""
    affected = min(every, affected)
    whole = figure(every, told)
    some = figure(affected, [whole, *told])
    left = rest(whole, some)
    assert left.least - APART <= every - affected < left.below + APART
    assert 0 == left.least or (left.least - whole.least + some.below) % APART == 0


Step = tuple[str, dict[str, int]]
steps = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.fixed_dictionaries({PEOPLE: numbers, AFFECTED: numbers, "annex staff": numbers}),
    ),
    min_size=1,
    max_size=8,
)


def told_of(history: Sequence[Step]) -> list[list[object]]:
    """What is told of two orders after each step: a version more of one of them, of people as they are."""
    known: list[Count] = []
    versions = {"a": 0, "b": 0}
    found: list[list[object]] = []
    for order, counts in history:
        versions[order] += 1
        known = taken((order, versions[order]), known, counts, 0)
        found.append([figures(item for item in known if item.order == one) for one in versions])
    return found


@given(steps, st.data())
def test_two_worlds_that_differ_in_one_person_look_alike(
    history: list[Step], data: st.DataObject
) -> None:
    """However versions, orders and people came and went: unless that person stands at an end of a band.

    Held against every file of every build, for all of them are made of these figures.
    """
    other: list[Step] = []
    stands = False
    for order, counts in history:
        here = {of: data.draw(st.booleans()) and count > 0 for of, count in counts.items()}
        stands = stands or any(counts[of] in CRITICAL for of in counts if here[of])
        other.append((order, {of: count - here[of] for of, count in counts.items()}))
    assert stands or told_of(history) == told_of(other)


@given(steps)
def test_a_number_is_taken_once(history: list[Step]) -> None:
    """Whoever comes and goes after a version was told moves nothing of it."""
    known: list[Count] = []
    for place, (order, counts) in enumerate(history):
        known = taken((order, place), known, counts, 0)
    for place, (order, counts) in enumerate(history):
        again = {of: count + 5 * APART for of, count in counts.items()}
        assert known == taken((order, place), known, again, 1)


def test_a_number_is_held_first_against_what_it_has_most_to_do_with() -> None:
    """All on the books in its version, then its own kind in its order, then the latest figure there is."""
    few, some, many = APART, 3 * APART, 6 * APART
    known = taken(("a", 1), [], {PEOPLE: few, AFFECTED: few}, 0)
    known = taken(("b", 1), known, {PEOPLE: many, AFFECTED: some}, 0)
    at_the_end = {
        name: taken(("a", 2), known, {**beside, of: 2 * APART}, 0)[-1].band
        for name, of, beside in (
            ("whole", AFFECTED, {PEOPLE: some}),
            ("own", AFFECTED, {PEOPLE: many}),
            ("kind", PEOPLE, {}),
            ("latest", "annex staff", {}),
        )
    }
    lower, upper = band_of(few), band_of(some)
    assert {"whole": upper, "own": lower, "kind": lower, "latest": upper} == at_the_end
