"""What facts leave open: per attribute the cells known, and the cells that may still be.

1. Absent is what is below the floor, not yet verified, expired, or too old (all half-open).
2. The latest exhaustive fact closes the attribute. A fact no later than it with other values
   contradicts it; a later one that adds values reopens it. A value that leaves a part unsaid (a
   country without a class of nationality, or without a region) and one that says it are no two.
3. Of a contradicted attribute nothing is known.
4. On a closed list a value with a part unsaid closes nothing that it may be: the cells of the same
   value with that part said stay open.
"""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from writ.clock import Instant
from writ.law.compiled.cells import Known, Partition, Partitions
from writ.model.subject import Fact, Subject


class Question(NamedTuple):
    """A floor (0 to 4) and a greatest age in microseconds (None: any)."""

    floor: int
    age: int | None


def present(fact: Fact, question: Question, at: Instant) -> bool:
    """Whether a fact counts for a question at an instant (rule 1)."""
    return (
        fact.assurance >= question.floor
        and fact.verified_at <= at
        and (fact.expires_at is None or at < fact.expires_at)
        and (question.age is None or at < fact.verified_at + question.age)
    )


class Combined(NamedTuple):
    """Values shown; `closed` there are no others. Where facts contradict each other, none and open."""

    values: frozenset[tuple[str, ...]]
    closed: bool


def combined(facts: Iterable[Fact], at: Instant) -> Combined:
    """Combine the present facts of one attribute (rules 2 and 3)."""
    shown = [(f, frozenset(v.parts for v in f.values if v.holds(at))) for f in facts]
    closing = max((f.verified_at for f, _ in shown if f.completeness == "exhaustive"), default=None)
    values = frozenset[tuple[str, ...]]().union(*(parts for _, parts in shown))
    if closing is None:
        return Combined(values, closed=False)
    closed = [
        parts for f, parts in shown if f.completeness == "exhaustive" and f.verified_at == closing
    ]
    whole = closed[0]
    earlier = [parts for f, parts in shown if f.verified_at <= closing]
    if any(other != whole for other in closed) or any(_beyond(whole, parts) for parts in earlier):
        return Combined(frozenset(), closed=False)
    if _beyond(whole, values):
        return Combined(values, closed=False)
    return Combined(whole | {parts for parts in values if "" not in parts}, closed=True)


def known(partition: Partition, facts: Iterable[Fact], at: Instant) -> Known:
    """Return the cells of one attribute by its present facts (rules 2 to 4)."""
    values, closed = combined(facts, at)
    yes = unsaid = 0
    for parts in values:
        yes |= partition.bit(parts)
        unsaid |= partition.finer(parts)
    return Known(yes, (unsaid if closed else partition.everything) & ~yes)  # 4


def _beyond(whole: frozenset[tuple[str, ...]], values: frozenset[tuple[str, ...]]) -> bool:
    """Whether some value is not on a list, be it there with a part more or less said (rule 2)."""
    return any(not any(map(partial(_alike, parts), whole)) for parts in values - whole)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two values may be the same, where a part unsaid may be any."""
    return len(one) == len(other) and all(
        "" in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True)
    )


def knowledge(
    partitions: Partitions, subject: Subject, question: Question, at: Instant
) -> tuple[Known, ...]:
    """Return what is known of every attribute asked, in the partitions' order."""
    by_attribute: dict[int, list[Fact]] = {}
    for fact in subject.facts:
        place = partitions.index.get(fact.attribute)
        if place is not None and present(fact, question, at):
            by_attribute.setdefault(place, []).append(fact)
    if not by_attribute:
        return partitions.unknown
    found = list(partitions.unknown)
    for place, facts in by_attribute.items():
        found[place] = known(partitions.of[place], facts, at)
    return tuple(found)


def turning_points(facts: Iterable[Fact], ages: Iterable[int | None]) -> set[Instant]:
    """Return every instant at which some fact comes, goes or grows too old."""
    limits = [age for age in ages if age is not None]
    points: set[Instant] = set()
    for fact in facts:
        points.add(fact.verified_at)
        points.update(fact.verified_at + age for age in limits)
        if fact.expires_at is not None:
            points.add(fact.expires_at)
        for value in fact.values:
            points.update(edge for edge in (value.since, value.until) if edge is not None)
    return points
