"""The most recent citizenship or permanent residence, and a citizenship held then, as far as dates are told.

1. What a person holds now has a date at which it began: a told `since`; where facts tell several,
   any of them. Where none is told, it had begun when a fact that shows it was verified.
2. Where a list is open, something else may have begun as late as this very instant.
3. What began last is the most recent; several that began together all are.
4. A citizenship was held at an earlier instant if it had begun and not ended. One that is former
   began at no date that anybody tells; what neither list has, once both are closed, was never held.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from writ.clock import FOREVER, Instant
from writ.law.compiled.evidence import combined
from writ.model.expression import HeldAt
from writ.model.subject import Fact, Value

HELD = ("citizenships", "permanent_residences")
EVER = ("citizenships", "former_citizenships")
BEFORE = -FOREVER


class _Began(NamedTuple):
    """The earliest and the latest instant at which something may have begun."""

    country: str
    first: Instant
    last: Instant


def most_recent(facts: Sequence[Fact], countries: frozenset[str], at: Instant) -> bool | None:
    """Whether one of the countries is that of the most recent one, by present facts; None is open."""
    found: list[_Began] = []
    complete = True
    for attribute in HELD:
        of_attribute = [fact for fact in facts if fact.attribute == attribute]
        values, closed = combined(of_attribute, at)
        found += (_began(parts, of_attribute, at) for parts in values)
        complete = complete and closed
    asked = [item for item in found if item.country in countries]
    others = [item for item in found if item.country not in countries]
    latest_other = max((item.last for item in others), default=BEFORE) if complete else at  # 2
    if asked and max(item.first for item in asked) >= latest_other:
        return True
    if not complete:
        return None
    earliest_other = max((item.first for item in others), default=BEFORE)
    return None if asked and max(item.last for item in asked) >= earliest_other else False


def held_at(facts: Sequence[Fact], wanted: HeldAt, at: Instant) -> bool | None:
    """Whether the citizenship was held then, by present facts; None is open (rule 4)."""
    complete, possible = True, False
    for attribute in EVER:
        of_attribute = [fact for fact in facts if fact.attribute == attribute]
        values, closed = combined(of_attribute, at)
        complete = complete and closed
        if values or closed or not any(map(_exhaustive, of_attribute)):
            found = _held_by(of_attribute, wanted, former=attribute == EVER[1])
            if found:
                return True
            possible = possible or found is None
    return False if complete and not possible else None


def _exhaustive(fact: Fact) -> bool:
    """Whether a fact tells everything there is: a list of it that is not known contradicts itself."""
    return fact.completeness == "exhaustive"


def _held_by(facts: Iterable[Fact], wanted: HeldAt, *, former: bool) -> bool | None:
    """Whether something shown was held then, certainly or perhaps."""
    possible = False
    for seen, value in ((fact.verified_at, value) for fact in facts for value in fact.values):
        if wanted.may_name(value.parts):
            answer = _was_held(value, seen, wanted.at, former=former)
            if answer and wanted.held.names(value.parts):
                return True
            possible = possible or answer is not False
    return None if possible else False


def _was_held(value: Value, seen: Instant, then: Instant, *, former: bool) -> bool | None:
    if former:
        return False if value.since is not None and value.since <= then else None
    if value.until is not None and value.until <= then:
        return False
    if value.since is not None:
        return value.since <= then
    return True if seen <= then else None


def _began(parts: tuple[str, ...], facts: Iterable[Fact], at: Instant) -> _Began:
    """Rule 1."""
    shown = [
        (value.since, fact.verified_at)
        for fact in facts
        for value in fact.values
        if value.parts == parts and value.holds(at)
    ]
    told = [since for since, _ in shown if since is not None]
    if told:
        return _Began(parts[0], min(told), max(told))
    return _Began(parts[0], BEFORE, min(verified_at for _, verified_at in shown))
