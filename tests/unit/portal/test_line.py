from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writ.errors import Failed
from writ.portal.line import GRACE, VISITS, Line, Place


@dataclass
class Rush:
    """A line with a clock of its own; `inside` is how many are inside."""

    path: Path
    rate: int = 10
    places: int = 1000
    now: float = 100.0
    inside: int = 0
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        """Open it."""
        self.restart()

    def restart(self) -> None:
        """Open it as a new process does."""
        self.line = Line(self.path, self.rate, self.places, lambda: self.now)

    def join(self, count: int = 1) -> list[int]:
        """Have so many come; return the numbers of those who wait."""
        given = [self.line.join(self.inside) for _ in range(count)]
        return [number for number in given if number is not None]

    def come(self, number: int) -> bool:
        """Whether the one with a number walks in."""
        return self.line.come(number, self.inside)


@pytest.fixture
def rush(tmp_path: Path) -> Rush:
    """A line that lets ten a second in."""
    return Rush(tmp_path / "line")


def test_who_comes_alone_walks_in(rush: Rush) -> None:
    """Ten in a second need not wait; the eleventh takes a number, and so does who comes after."""
    assert [1, 2] == rush.join(12)
    assert (2, Place(0, 0.1), Place(1, 0.2)) == (
        rush.line.waiting, rush.line.place(1), rush.line.place(2),
    )  # fmt: skip


def test_numbers_are_called_in_order(rush: Rush) -> None:
    """At the pace that is meant; nobody who comes anew walks past those who wait."""
    numbers = rush.join(30)
    rush.now += 0.5
    assert [21] == rush.join()
    assert [1, 2, 3, 4, 5] == [number for number in numbers if rush.come(number)]
    rush.now += 60.0
    assert numbers == [number for number in numbers if rush.come(number)]
    assert ([], 0) == (rush.join(), rush.line.waiting)


def test_a_full_house_lets_nobody_in_until_somebody_goes(rush: Rush) -> None:
    """Where nobody was let in, nobody is told how long it takes."""
    rush.inside = rush.places
    [number] = rush.join()
    said = [rush.line.place(number)]
    rush.now += 30.0
    assert not rush.come(number)
    said.append(rush.line.place(number))
    rush.inside -= 1
    assert rush.come(number)
    assert [Place(0, None), Place(0, None)] == said


def test_room_is_kept_for_who_was_called_and_not_for_ever(rush: Rush) -> None:
    """For two minutes the one who was called has their place; later others are called too."""
    rush.inside = rush.places
    first, second = rush.join(2)
    rush.inside -= 1
    rush.now += 1.0
    soon = rush.come(second)
    rush.now += GRACE + 1
    assert (False, True, True) == (soon, rush.come(second), rush.come(first))


def test_how_long_is_told_from_how_fast_it_goes(rush: Rush) -> None:
    """With room for one every two seconds the said time is that pace's, not the meant one's."""
    rush.inside = rush.places
    numbers = rush.join(100)
    for _ in range(30):
        rush.now += 2.0
        rush.inside = rush.places - 1
        rush.come(numbers[0])
        rush.inside = rush.places
        rush.come(rush.line._called)  # who is called comes at once
    told = rush.line.place(numbers[-1])
    assert (69, 140.0) == (told.ahead, told.seconds)


def test_a_restart_goes_on_where_it_was(rush: Rush) -> None:
    """Who was called stays called, the others wait on, and the next number follows."""
    numbers = rush.join(30)
    rush.now += 0.5
    assert not rush.come(numbers[-1])
    rush.line.close()
    rush.restart()
    rush.inside = rush.places
    assert [True, False] == [rush.come(numbers[4]), rush.come(numbers[5])]
    assert [21] == rush.join()


def test_a_number_opens_three_visits_at_most(rush: Rush) -> None:
    """Also across restarts; whoever leaves gives theirs up, and no number counts for another."""
    first, second, third = rush.join(13)
    assert [True] * VISITS == [rush.line.enter(first) for _ in range(VISITS)]
    rush.line.enter(second)
    rush.restart()
    assert (False, VISITS, 1, 0) == (
        rush.line.enter(first), *[rush.line.visits(number) for number in (first, second, third)],
    )  # fmt: skip
    rush.line.give_up(third)
    assert (False, True) == (rush.line.enter(third), rush.line.enter(second))


def test_a_lost_file_passes_nobody(rush: Rush) -> None:
    """Who has a number from before waits their turn, and who comes now stands behind."""
    numbers = rush.join(30)
    rush.path.unlink()
    rush.restart()
    rush.join(10)
    assert not rush.come(numbers[-1])
    assert [numbers[-1] + 1] == rush.join()


def test_a_place_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """The path stands in the error."""
    with pytest.raises(Failed, match="cannot open"):
        Line(tmp_path / "none" / "line", 1, 1)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 20),
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=25),
)
def test_a_rush_loses_nobody(
    tmp_path_factory: pytest.TempPathFactory,
    rate: int,
    places: int,
    steps: list[tuple[int, bool]],
) -> None:
    """However many come, and restarts between: all get in, in order, never more than there is room."""
    rush = Rush(tmp_path_factory.mktemp("rush") / "line", rate, places)
    waiting: list[int] = []
    got: list[int] = []
    for count, restarts in steps + [(0, False)] * (20 * len(steps)):
        rush.now += 1.0
        if restarts:
            rush.restart()
        rush.inside = 0  # who was let in is done a second later
        waiting += rush.join(count)
        let = [number for number in waiting if rush.come(number)]
        waiting = [number for number in waiting if number not in let]
        got += let
    assert ([], sorted(got), 0) == (waiting, got, rush.line.waiting)
