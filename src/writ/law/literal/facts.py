"""What the facts of one attribute say together, at one instant and one level of evidence.

1. A fact is present if it reaches the floor, was verified by then, has not expired and is younger
   than the greatest age; it speaks only of values that hold at the instant.
2. Without an exhaustive fact, what is shown is what there is at least.
3. The latest exhaustive fact closes the list. A fact verified no later that shows another value
   contradicts it, and then nothing is known.
4. Facts verified later add their values; if they add one, the list is open again.
5. A value with a part unsaid (a country without a class, or without a region) and one that says it
   are no two values: neither contradicts a list that has the other, nor adds to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.subject import Fact

Parts: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Evidence asked for: a floor (0 to 4) and a greatest age in microseconds (None: any age)."""

    floor: int
    max_age: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """Values shown: `open` there may be others, `closed` there are none, `contradicted` who knows."""

    shown: frozenset[Parts]
    state: Literal["open", "closed", "contradicted"]


def present(fact: Fact, level: Level, at: Instant) -> bool:
    """Whether the fact counts at this level and instant (rule 1)."""
    young = level.max_age is None or at < fact.verified_at + level.max_age
    unexpired = fact.expires_at is None or at < fact.expires_at
    return fact.assurance >= level.floor and fact.verified_at <= at and unexpired and young


def shown_by(fact: Fact, at: Instant) -> frozenset[Parts]:
    """Return the values of one fact that hold at the instant."""
    return frozenset(value.parts for value in fact.values if value.holds(at))


def combine(facts: Iterable[Fact], attribute: str, level: Level, at: Instant) -> Known:
    """Return what the facts of one attribute say together (rules 2 to 4)."""
    counted = [fact for fact in facts if fact.attribute == attribute and present(fact, level, at)]
    everything = frozenset[Parts]().union(*(shown_by(fact, at) for fact in counted))
    closing = [fact for fact in counted if fact.completeness == "exhaustive"]
    if not closing:
        return Known(everything, "open")
    moment = max(fact.verified_at for fact in closing)
    lists = {shown_by(fact, at) for fact in closing if fact.verified_at == moment}
    if len(lists) > 1:
        return Known(frozenset(), "contradicted")
    (listed,) = lists
    for fact in counted:
        if fact.verified_at <= moment and not all(_on(listed, v) for v in shown_by(fact, at)):
            return Known(frozenset(), "contradicted")
    if not all(_on(listed, value) for value in everything):
        return Known(everything, "open")
    in_full = frozenset(value for value in everything if "" not in value)
    return Known(listed | in_full, "closed")


def may_be(shown: Parts, value: Parts) -> bool:
    """Whether a shown value with parts unsaid (empty) may turn out to be this one."""
    return len(value) == len(shown) and all(
        part in {"", its} for part, its in zip(shown, value, strict=True)
    )


def _on(listed: frozenset[Parts], value: Parts) -> bool:
    """Whether a list has a value, with as much said of it, more or less (rule 5)."""
    return any(may_be(value, one) or may_be(one, value) for one in listed)
