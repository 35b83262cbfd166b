"""Held to every short series of numbers there is, for narrow bands; the width changes nothing else."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.ledger.record.bands import APART, NEAR, Band, band_of, figure, rest
from writ.ledger.record.editions import AFFECTED, PEOPLE, Count, figures, taken

ENDS = [step * 10**power * APART for power in range(4) for step in (5, 10, 20)]
SIGNS = (-1, 0, 1)
numbers = st.integers(0, 60 * APART) | st.sampled_from(ENDS).flatmap(
    lambda end: st.integers(end - NEAR - 2, end + NEAR + 2)
)
nears = st.sampled_from((APART, NEAR))


def critical(near: int) -> set[int]:
    """Return where a number may be told as something else than the number before it."""
    return {end + away for end in ENDS for away in (-near, 0, near)}


def published(counts: Sequence[int], pattern: Sequence[int], apart: int) -> tuple[Band, ...]:
    """What is told of a series, each held against those before it, the last first.

    `pattern` says how near is near, in the least number that a figure hides among.
    """
    told: list[Band] = []
    for count, near in zip(counts, pattern, strict=True):
        told.append(figure(count, reversed(told), near * apart, apart))
    return tuple(told)


@given(st.integers(0, 2**40))
def test_a_band_is_where_it_is_whoever_is_counted(count: int) -> None:
    """It has the number in it, ends where the next begins, and is wide enough for what is near both."""
    band = band_of(count)
    assert band.least <= count < band.below
    assert band.least == 0 or band_of(band.least - 1).below == band.least
    assert band.below - band.least >= 2 * NEAR + APART


@given(numbers, st.lists(numbers.map(band_of)), nears)
def test_a_figure_is_off_by_two_hundred_people_at_most(
    count: int, told: list[Band], near: int
) -> None:
    """Whatever was told before; how many there are in all, by a hundred."""
    band = figure(count, told, near)
    assert band.least - near <= count < band.below + near


@given(numbers, numbers, nears)
def test_the_next_number_differs_only_for_many(one: int, next_one: int, near: int) -> None:
    """Of two versions, or two orders, that concern nearly the same people, the second is told as the first."""
    before = figure(one, [], near)
    assert before == figure(next_one, [before], near) or abs(one - next_one) > near


@given(numbers, st.lists(numbers.map(band_of)), nears)
def test_one_person_makes_no_difference_but_at_an_end(
    count: int, told: list[Band], near: int
) -> None:
    """At an end of a band, or as far from one as is near: nowhere else, whatever was told before."""
    if count + 1 not in critical(near):
        assert figure(count, told, near) == figure(count + 1, told, near)


def worlds(apart: int, pattern: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield the series that are told alike, as far as none of them reaches the last band tried."""
    most = 13 * apart
    alike = defaultdict(list)
    for counts in itertools.product(range(most), repeat=len(pattern)):
        alike[published(counts, pattern, apart)].append(counts)
    yield from (group for told, group in alike.items() if max(item.below for item in told) < most)


@pytest.mark.parametrize(
    ("apart", "pattern"),
    [(1, (2, 2, 2)), (2, (1, 2, 2)), (5, (2, 1))],
)
def test_what_is_told_leaves_every_number_a_stretch_of_its_own(
    apart: int, pattern: tuple[int, ...]
) -> None:
    """Whoever knows all that was told, how it is told, and all numbers but one, has that many answers left.

    So has every sum and difference, of versions and of orders.
    """
    for group in worlds(apart, pattern):
        answers = [sorted(set(column)) for column in zip(*group, strict=True)]
        assert len(group) == len(set(itertools.product(*answers)))
        for found in answers:
            assert len(found) >= apart
            assert found == list(range(found[0], found[-1] + 1))
        for signs in itertools.product(SIGNS, repeat=len(pattern)):
            sums = {sum(s * c for s, c in zip(signs, counts, strict=True)) for counts in group}
            assert len(sums) >= apart or not any(signs), (group[0], signs)


@pytest.mark.parametrize("apart", [1, 3])
def test_whoever_knows_how_many_there_are_learns_no_more(apart: int) -> None:
    """The number of all is often known from elsewhere; those affected, and not, stay as many answers.

    Whatever was told before: all figures are tried that an end could be held against, two at a time.
    """
    bands = [band_of(count * apart, apart) for count in (0, 5, 10, 20)]
    for before in (told for length in range(3) for told in itertools.product(bands, repeat=length)):
        for every in range(24 * apart):
            whole = figure(every, before, apart, apart)
            alike = Counter(
                figure(affected, [whole, *before], 2 * apart, apart)
                for affected in range(every + 1)
            )
            assert min(alike.values()) >= min(apart, every + 1), (before, every)


@given(numbers, numbers, st.lists(numbers.map(band_of)))
def test_those_not_affected_are_told_by_what_is_told_already(
    every: int, affected: int, told: list[Band]
) -> None:
    """Nothing new is told of them, and what is told is off by two hundred people at most."""
    affected = min(every, affected)
    whole = figure(every, told, APART)
    left = rest(whole, figure(affected, [whole, *told]))
    assert left.least - NEAR <= every - affected < left.below + NEAR


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
        stands = stands or any(
            counts[of] in critical(APART if of == PEOPLE else NEAR) for of in counts if here[of]
        )
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
    few, some, many = APART, 7 * APART, 15 * APART
    known = taken(("a", 1), [], {PEOPLE: few, AFFECTED: few}, 0)
    known = taken(("b", 1), known, {PEOPLE: many, AFFECTED: some}, 0)
    at_the_end = {
        name: taken(("a", 2), known, {**beside, of: 5 * APART}, 0)[-1].band
        for name, of, beside in (
            ("whole", AFFECTED, {PEOPLE: some}),
            ("own", AFFECTED, {PEOPLE: many}),
            ("kind", PEOPLE, {}),
            ("latest", "annex staff", {}),
        )
    }
    lower, upper = band_of(few), band_of(some)
    assert {"whole": upper, "own": lower, "kind": lower, "latest": upper} == at_the_end
