from dataclasses import replace

from writ.clock import DAY
from writ.law.literal.facts import Known, Level, combine
from writ.model.subject import Completeness, Fact, Value

NOW = 1_000 * DAY
ANY = Level(0, None)


def fact(
    *codes: str,
    complete: bool = False,
    days_ago: int = 10,
    assurance: int = 2,
    expires_at: int | None = None,
) -> Fact:
    """A citizenship fact."""
    completeness: Completeness = "exhaustive" if complete else "at_least"
    values = tuple(Value((code,)) for code in codes)
    verified_at = NOW - days_ago * DAY
    return Fact(
        "citizenships", values, completeness, assurance, "passport", "x", verified_at, expires_at
    )


def known(*facts: Fact, level: Level = ANY, at: int = NOW) -> tuple[set[str], str]:
    """What is known, as codes and a state."""
    combined = combine(facts, "citizenships", level, at)
    return {code for (code,) in combined.shown}, combined.state


def test_nothing() -> None:
    """Without facts there may be anything."""
    assert (set(), "open") == known()


def test_other_attributes() -> None:
    """Facts of another attribute say nothing about this one."""
    assert Known(frozenset(), "open") == combine((fact("US"),), "residence", ANY, NOW)


def test_united() -> None:
    """Facts that are not exhaustive add up."""
    assert ({"FR", "US"}, "open") == known(fact("FR"), fact("US", days_ago=20))


def test_floor() -> None:
    """A fact at the floor counts, one below it does not."""
    assert ({"US"}, "open") == known(
        fact("US", assurance=2), fact("FR", assurance=1), level=Level(2, None)
    )


def test_verified_later() -> None:
    """A fact counts from the instant of its verification."""
    verified = NOW - 10 * DAY
    assert [(set(), "open"), ({"US"}, "open")] == [
        known(fact("US"), at=at) for at in (verified - 1, verified)
    ]


def test_expiry() -> None:
    """A fact counts until the instant at which it expires, and not then."""
    expiring = fact("US", expires_at=NOW)
    assert [({"US"}, "open"), (set(), "open")] == [known(expiring, at=at) for at in (NOW - 1, NOW)]


def test_age() -> None:
    """A fact counts while it is younger than the greatest age, and not from that age on."""
    month = Level(0, 30 * DAY)
    old = NOW - 10 * DAY + 30 * DAY
    assert [({"US"}, "open"), (set(), "open")] == [
        known(fact("US"), level=month, at=at) for at in (old - 1, old)
    ]


def test_values_begin_and_end() -> None:
    """Of a fact's values those count that hold at the instant."""
    values = (Value(("US",), since=NOW), Value(("FR",), until=NOW))
    naturalised = Fact("citizenships", values, "at_least", 2, "register", "x", NOW - DAY)
    assert [({"FR"}, "open"), ({"US"}, "open")] == [
        known(naturalised, at=at) for at in (NOW - 1, NOW)
    ]


def test_closed() -> None:
    """An exhaustive fact closes the list, and one that repeats part of it changes nothing."""
    assert ({"FR", "US"}, "closed") == known(
        fact("FR", "US", complete=True), fact("FR", days_ago=20), fact("US", days_ago=5)
    )


def test_closed_and_empty() -> None:
    """An exhaustive fact may show that there is nothing."""
    assert (set(), "closed") == known(fact(complete=True))


def test_earlier_contradicts() -> None:
    """A value shown earlier that the exhaustive list lacks contradicts it."""
    assert (set(), "contradicted") == known(fact("FR", complete=True), fact("US", days_ago=20))


def test_same_instant_contradicts() -> None:
    """A value shown at the same instant that the exhaustive list lacks contradicts it."""
    assert (set(), "contradicted") == known(fact("FR", complete=True), fact("US"))


def test_two_lists_of_one_instant() -> None:
    """Two exhaustive lists of one instant contradict each other, even if one has the other in it."""
    assert (set(), "contradicted") == known(
        fact("FR", complete=True), fact("FR", "US", complete=True)
    )


def test_later_adds() -> None:
    """A value shown later is added, and the list is open again."""
    assert ({"FR", "US"}, "open") == known(fact("FR", complete=True), fact("US", days_ago=5))


def test_later_list_takes_over() -> None:
    """A later exhaustive list that has the earlier one in it takes its place."""
    assert ({"FR", "US"}, "closed") == known(
        fact("FR", complete=True), fact("FR", "US", complete=True, days_ago=5)
    )


def test_later_list_that_drops_a_value() -> None:
    """A later exhaustive list without a value of the earlier one contradicts it."""
    assert (set(), "contradicted") == known(
        fact("FR", "US", complete=True), fact("FR", complete=True, days_ago=5)
    )


def test_a_part_unsaid_is_no_other_value() -> None:
    """A country without a region is on a list that tells it, and adds nothing; nor the contrary."""

    def at(days_ago: int, *places: tuple[str, str], complete: bool = False) -> Fact:
        values = tuple(map(Value, places))
        return replace(fact(days_ago=days_ago, complete=complete), attribute="x", values=values)

    whole, part, other = ("UA", ""), ("UA", "UA-43"), ("UA", "UA-14")
    for facts, shown, state in (
        ((at(9, whole), at(5, part, complete=True)), {part}, "closed"),
        ((at(9, part, complete=True), at(5, whole)), {part}, "closed"),
        ((at(9, whole, complete=True), at(5, part)), {whole, part}, "closed"),
        ((at(9, part), at(5, whole, complete=True)), {whole, part}, "closed"),
        ((at(9, part), at(5, other, complete=True)), set(), "contradicted"),
        ((at(9, part, complete=True), at(5, other)), {part, other}, "open"),
    ):
        told = combine(facts, "x", ANY, NOW)
        assert (shown, state) == (set(told.shown), told.state)
