from dataclasses import replace

from tests.worlds.june import BOOK, CATALOGUE, V1, V2, V3, letter
from writ.clock import FOREVER
from writ.model.order import Hold, Lawbook


def versions(book: Lawbook, at: int) -> list[int]:
    """Numbers of the versions in force."""
    return [version.version for version in book.in_force(at)]


def test_versions_switch_at_their_instants() -> None:
    """Each version governs from its very instant; nothing governs before the first."""
    told = [versions(BOOK, at) for at in (V1 - 1, V1, V2 - 1, V2, V3 - 1, V3)]
    assert [[], [1], [1], [2], [2], [3]] == told


def test_an_end_revives_nothing() -> None:
    """Half open: in force until, not at, its end; the version before does not come back."""
    ends = replace(letter(2, V2), until=V3)
    book = Lawbook(CATALOGUE, (letter(1, V1), ends))
    assert [[2], []] == [versions(book, at) for at in (V3 - 1, V3)]


def test_of_one_order_the_highest_version_that_has_come_governs() -> None:
    """A higher number wins even where a lower one becomes effective later."""
    book = Lawbook(CATALOGUE, (letter(2, V1), letter(1, V2)))
    assert [[2], [2]] == [versions(book, at) for at in (V1, V2)]


def test_rules_carry_their_own_exceptions_only() -> None:
    """An exception goes with the rule it names."""
    at_first, at_second = BOOK.rules_at(V1), BOOK.rules_at(V2)
    assert [()] == [active.exemptions for active in at_first]
    assert [["annex-a"]] == [[item.id for item in active.exemptions] for active in at_second]
    assert () == BOOK.rules_at(V3)


def test_holds_are_half_open() -> None:
    """A hold holds from its instant until, not at, its end."""
    short, long = Hold("mythos-5", "officer", V1, V2), Hold("fable-5", "officer", V1)
    book = Lawbook(CATALOGUE, (), (short, long))
    assert [(), (long, short), (long, short), (long,)] == [
        book.holds_at(at) for at in (V1 - 1, V1, V2 - 1, V2)
    ]


def test_boundaries_are_every_instant_that_may_change_the_rules() -> None:
    """Effective, until, and holds, each once, ascending; forever is none."""
    book = Lawbook(
        CATALOGUE,
        (replace(letter(1, V2), until=V3), letter(2, V3)),
        (Hold("fable-5", "officer", V1, FOREVER), Hold("fable-5", "officer", V1, V3 + 5)),
    )
    assert (V1, V2, V3, V3 + 5) == book.boundaries()
