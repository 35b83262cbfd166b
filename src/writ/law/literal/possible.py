"""Every world possible for one link, as far as some expressions can tell.

1. The facts leave some worlds of values (`worlds`), and of derived atoms some answers (`derived`).
2. Somebody without an id may be on any list; of anybody else that is no question.
3. A derived atom that asks about somebody related asks in all worlds possible for them.
"""

from collections.abc import Iterable
from itertools import product

from writ.clock import Instant
from writ.law.literal.derived import Asked, Asking
from writ.law.literal.facts import Level
from writ.law.literal.satisfy import Link, branch, true_in
from writ.law.literal.worlds import (
    Cell,
    World,
    derived_in,
    listed_in,
    lists_in,
    subsets,
    worlds,
)
from writ.model.expression import Derived, Expression, Listed, Predicate


def possible(
    link: Link, expressions: Iterable[Expression], level: Level, at: Instant
) -> frozenset[World]:
    """Return the worlds possible at a level of evidence."""
    asked = list(expressions)
    told = worlds(link.facts, frozenset[Listed]().union(*map(listed_in, asked)), level, at)
    lists = subsets(frozenset[Cell]().union(*map(lists_in, asked)) if link.id is None else ())
    derived = _derived(link, frozenset[Derived]().union(*map(derived_in, asked)), level, at)
    return frozenset(
        world | chosen | true for world in told for chosen in lists for true in derived
    )


def asked_of(at: Instant) -> Asked:
    """Return how somebody else is asked at an instant (rule 3)."""

    def ask(who: Predicate, other: Link, level: Level) -> frozenset[bool]:
        expression = branch(who, other)
        found = possible(other, (expression,), level, at)
        return frozenset(true_in(expression, other, world) for world in found)

    return ask


def _derived(
    link: Link, atoms: frozenset[Derived], level: Level, at: Instant
) -> frozenset[frozenset[Derived]]:
    """Return every set of derived atoms that may be true together."""
    asking = Asking(link, level, at, asked_of(at))
    of_each = [(atom, asking.answers(atom)) for atom in atoms]
    ways = [[(atom, answer) for answer in found] for atom, found in of_each]
    return frozenset(frozenset(atom for atom, answer in way if answer) for way in product(*ways))
