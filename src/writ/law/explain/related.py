"""Examples for derived atoms: what to show, and owners or parents to show it of.

1. What a subject may show itself is what settles the atom: members of lists, complete lists.
2. For each atom there is one owner, or parent, of whom everything is shown that it asks: one value
   of each list that does not stand under a `not`. Whether that makes it count is found by asking.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from writ.law.compiled.recent import EVER, HELD
from writ.law.compiled.settle_derived import MOST_COUNTRIES, enough, offers
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    HeldAt,
    Listed,
    MostRecent,
    OwnedBy,
    ParentIs,
)
from writ.model.subject import Completeness
from writ.model.vocabulary import EMPLOYED, Kind

OWNER = "example-owner"

Shown = tuple[str, tuple[tuple[str, ...], ...], Completeness]


class Other(NamedTuple):
    """An owner or parent by id and kind, and the values shown of it."""

    id: str
    kind: Kind
    shown: tuple[tuple[str, tuple[str, ...]], ...]


def attributes(asked: Iterable[Derived]) -> dict[str, None]:
    """Return the attributes that derived atoms are worked out from, of the subject itself."""
    found: dict[str, None] = {}
    for atom in asked:
        match atom:
            case MostRecent():
                found |= dict.fromkeys(HELD)
            case HeldAt():
                found |= dict.fromkeys(EVER)
            case ParentIs():
                found["ultimate_parent"] = None
            case EmployedBy():
                found["employer"] = None
            case _:
                found["owners"] = None
    return found


def shown(asked: Iterable[Derived]) -> Iterator[Shown]:
    """Yield what may be shown of the subject itself (rule 1), and as owned by the examples."""
    for number, atom in enumerate(asked):
        for offer in offers(atom, wanted=True):
            yield offer.attribute, offer.tried, "exhaustive" if offer.complete else "at_least"
        match atom:
            case HeldAt(held):
                for parts in sorted(held.patterns)[:MOST_COUNTRIES]:
                    named = tuple("" if part == WILD else part for part in parts)
                    yield "citizenships", (named,), "at_least"
                    yield "citizenships", (named,), "exhaustive"
            case OwnedBy():
                yield "owners", ((_id(number), enough(atom)),), "at_least"
            case ParentIs():
                yield "ultimate_parent", ((_id(number),),), "at_least"
            case EmployedBy():
                yield "employer", ((_id(number), EMPLOYED[0]),), "at_least"
            case _:
                pass


def others(asked: Iterable[Derived]) -> Iterator[Other]:
    """Yield an owner or parent for each atom that asks about one (rule 2)."""
    for number, atom in enumerate(asked):
        match atom:
            case ParentIs(who) | EmployedBy(who):
                yield Other(_id(number), "organisation", tuple(_values(who)))
            case OwnedBy(_, who) if who.organisation is not None:
                yield Other(_id(number), "organisation", tuple(_values(who.organisation)))
            case OwnedBy(_, who):
                yield Other(_id(number), "person", tuple(_values(who.person)))
            case _:
                pass


def _id(number: int) -> str:
    return OWNER if number == 0 else f"{OWNER}-{number + 1}"


def _values(expression: Expression | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    match expression:
        case Listed(attribute=attribute, patterns=patterns):
            first = min(patterns)
            yield attribute, tuple("" if part == WILD else part for part in first)
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _values(item)
        case _:
            return
