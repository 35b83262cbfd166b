"""The worlds that one subject's facts leave possible, as far as a list of predicates can tell.

1. Values that exactly the same predicates name share a cell; each cell is written as one value
   that stands for it. Values that no predicate names change no answer and need no cell.
2. A world is the set of cells it answers yes to.
3. A shown value makes its cell a yes; a closed attribute makes all its other cells a no, but those
   that a shown value with a part unsaid (a country without a class) may turn out to be in; a
   contradicted attribute, and whatever nobody asked about, leaves them free.
4. A derived atom is a cell of its own, written as itself.
5. Worlds are counted out one by one, so there is a budget on the cells.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from writ.clock import Instant
from writ.errors import Failed
from writ.law.literal.facts import Level, Parts, combine, may_be
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    Given,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
)
from writ.model.subject import Fact

Cell: TypeAlias = tuple[str, Parts]
World: TypeAlias = frozenset[Cell | Derived]

MOST_CELLS = 14
_FRESH = "\0some other"


def list_cell(atom: Given) -> Cell:
    """Return the cell that says whether somebody without an id is on a list."""
    return atom.operator, (atom.group.name, atom.group.digest or "", *sorted(atom.group.members))


def lists_in(expression: Expression) -> frozenset[Cell]:
    """Return the cells of the lists that an expression compares a link's own id with."""
    match expression:
        case Given("organisation_in" | "person_in"):
            return frozenset({list_cell(expression)})
        case AnyOf(items) | AllOf(items):
            return frozenset[Cell]().union(*map(lists_in, items))
        case Not(item):
            return lists_in(item)
        case _:
            return frozenset()


def listed_in(expression: Expression) -> frozenset[Listed]:
    """Return the atoms of an expression that ask about values."""
    match expression:
        case Listed():
            return frozenset({expression})
        case AnyOf(items) | AllOf(items):
            return frozenset[Listed]().union(*map(listed_in, items))
        case Not(item):
            return listed_in(item)
        case _:
            return frozenset()


def derived_in(expression: Expression) -> frozenset[Derived]:
    """Return the derived atoms of an expression, but not what those ask."""
    match expression:
        case MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
            return frozenset({expression})
        case AnyOf(items) | AllOf(items):
            return frozenset[Derived]().union(*map(derived_in, items))
        case Not(item):
            return derived_in(item)
        case _:
            return frozenset()


@lru_cache(maxsize=256)
def cells_of(atoms: frozenset[Listed]) -> frozenset[Cell]:
    """Return one value for every set of atoms that some value satisfies together (rule 1)."""
    cells: dict[frozenset[Listed], Cell] = {}
    for attribute in sorted({atom.attribute for atom in atoms}):
        asked = frozenset(atom for atom in atoms if atom.attribute == attribute)
        for parts in sorted(_representatives(asked)):
            cells.setdefault(_signature(asked, attribute, parts), (attribute, parts))
    if len(cells) > MOST_CELLS:
        raise Failed(
            f"these rules tell {len(cells)} cells of values apart and the literal meaning counts "
            f"worlds for at most {MOST_CELLS}; ask the compiled one"
        )
    return frozenset(cells.values())


def worlds(
    facts: tuple[Fact, ...], atoms: frozenset[Listed], level: Level, at: Instant
) -> frozenset[frozenset[Cell]]:
    """Return W(floor, max_age): every world that respects the facts of that level (rule 3)."""
    cells = sorted(cells_of(atoms))
    answers = [_answers(cell, facts, atoms, level, at) for cell in cells]
    return frozenset(
        frozenset(cell for cell, yes in zip(cells, chosen, strict=True) if yes)
        for chosen in product(*answers)
    )


def subsets(cells: Iterable[Cell]) -> frozenset[frozenset[Cell]]:
    """Return every set of these cells."""
    ordered = sorted(cells)
    return frozenset(
        frozenset(cell for cell, yes in zip(ordered, chosen, strict=True) if yes)
        for chosen in product((False, True), repeat=len(ordered))
    )


@lru_cache(maxsize=256)
def _representatives(atoms: frozenset[Listed]) -> frozenset[Parts]:
    """Every pattern with each wildcard put as every part seen at its place, and as a fresh one."""
    patterns = {pattern for atom in atoms for pattern in atom.patterns}
    found: set[Parts] = set()
    for size in {len(pattern) for pattern in patterns}:
        alike = [pattern for pattern in patterns if len(pattern) == size]
        for pattern in alike:
            choices = (_choices(place, part, alike) for place, part in enumerate(pattern))
            found.update(product(*choices))
    return frozenset(found)


def _choices(place: int, part: str, patterns: Iterable[Parts]) -> frozenset[str]:
    if part != WILD:
        return frozenset({part})
    return frozenset({pattern[place] for pattern in patterns} - {WILD} | {_FRESH})


def _signature(atoms: frozenset[Listed], attribute: str, parts: Parts) -> frozenset[Listed]:
    return frozenset(atom for atom in atoms if atom.attribute == attribute and atom.names(parts))


def _answers(
    cell: Cell, facts: tuple[Fact, ...], atoms: frozenset[Listed], level: Level, at: Instant
) -> tuple[bool, ...]:
    attribute, representative = cell
    known = combine(facts, attribute, level, at)
    if known.state == "contradicted":
        return (False, True)
    here = _signature(atoms, attribute, representative)
    if any(_signature(atoms, attribute, parts) == here for parts in known.shown):
        return (True,)
    if known.state != "closed":
        return (False, True)
    said = any(
        may_be(parts, one) for one in _alike(here, atoms, attribute) for parts in known.shown
    )
    return (False, True) if said else (False,)


def _alike(here: frozenset[Listed], atoms: frozenset[Listed], attribute: str) -> frozenset[Parts]:
    """Return values that stand for the cell with this signature."""
    asked = frozenset(atom for atom in atoms if atom.attribute == attribute)
    return _by_signature(asked, attribute)[here]


@lru_cache(maxsize=256)
def _by_signature(
    asked: frozenset[Listed], attribute: str
) -> dict[frozenset[Listed], frozenset[Parts]]:
    """Return the values that stand for each cell of one attribute."""
    found: dict[frozenset[Listed], set[Parts]] = {}
    for one in _representatives(asked):
        found.setdefault(_signature(asked, attribute, one), set()).add(one)
    return {signature: frozenset(values) for signature, values in found.items()}
