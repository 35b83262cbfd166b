"""What a subject may show itself to settle a derived atom.

1. What owners and parents would have to show is theirs, and is not offered.
2. A complete list is offered as what is shown already, alone or with one value more.
3. Of a group its name is offered, and one member tried.
"""

from collections.abc import Iterator
from typing import NamedTuple

from writ.law.compiled.cells import atoms
from writ.law.compiled.recent import HELD
from writ.model.expression import Derived, Expression, Given, MostRecent, ParentIs

MOST_COUNTRIES = 3
"""So many countries are offered; a long list of them would settle nothing better."""

Parts = tuple[tuple[str, ...], ...]


class Offer(NamedTuple):
    """Values of an attribute to show, a choice of them to try, and whether the list is complete."""

    attribute: str
    shown: Parts
    tried: Parts
    complete: bool


def offers(atom: Derived, *, wanted: bool) -> Iterator[Offer]:
    """Yield what may make an atom true (`wanted`), or false."""
    match atom:
        case MostRecent(countries):
            named = sorted(countries)[:MOST_COUNTRIES] if wanted else []
            for attribute in HELD:
                yield Offer(attribute, (), (), complete=True)
                for code in named:
                    yield Offer(attribute, ((code, ""),), ((code, ""),), complete=True)
        case ParentIs(who):
            yield from _of_others("ultimate_parent", (who,), (), wanted=wanted)
        case _:
            branches = (atom.who.organisation, atom.who.person)
            yield from _of_others("owners", branches, (atom.share,), wanted=wanted)


def _of_others(
    attribute: str, asked: tuple[Expression | None, ...], rest: tuple[str, ...], *, wanted: bool
) -> Iterator[Offer]:
    if not wanted:
        yield Offer(attribute, (), (), complete=True)
        return
    for atom in (atom for expression in asked for atom in atoms(expression)):
        if isinstance(atom, Given) and atom.group.members:
            shown, tried = (atom.group.name, *rest), (min(atom.group.members), *rest)
            yield Offer(attribute, (shown,), (tried,), complete=False)
