"""Whether a world exists: expressions compiled to bits, and a search over what is open.

1. An expression is evaluated in three values over partial worlds (yes bits, free bits).
2. Where every formula is true, or one is false, no cell is left to guess; otherwise no, then yes is
   tried for all open cells together, then the lowest open cell of an undecided list both ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from writ.law.compiled.cells import Known, Partitions
from writ.model.expression import (
    AllOf,
    AnyOf,
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


@dataclass(frozen=True, slots=True)
class Bits:
    """True where one of the attribute's cells in `mask` is."""

    attribute: int
    mask: int


@dataclass(frozen=True, slots=True)
class Flag:
    """True where the chain's organisation belongs to one of the groups in `mask`."""

    mask: int


@dataclass(frozen=True, slots=True)
class Join:
    """All (`every`) or any of the items."""

    every: bool
    items: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """True where the item is false."""

    item: "Formula"


Formula: TypeAlias = Bits | Flag | Join | Flip | bool


@dataclass(frozen=True)
class Situation:
    """A partial world: what is known of each attribute, then of derived atoms, then of own groups.

    `acting` are the groups that the chain's organisation belongs to.
    """

    known: tuple[Known, ...]
    acting: int

    @cached_property
    def extremes(self) -> tuple["Situation", "Situation"]:
        """Say no to all that is open, or yes: most rules only bar, or only ask."""
        no = tuple([Known(known.yes, 0) for known in self.known])
        yes = tuple([Known(known.yes | known.free, 0) for known in self.known])
        return Situation(no, self.acting), Situation(yes, self.acting)


def formula(expression: Expression | None, cells: Partitions) -> Formula:
    """Compile an expression; None and `Never` are false."""
    match expression:
        case Listed():
            place = cells.index[expression.attribute]
            return Bits(place, cells.of[place].mask(expression))
        case Given("acting_for", group):
            return Flag(1 << cells.acting.place[group])
        case Given(_, group):
            return Bits(len(cells.attributes) + 1, 1 << cells.own.place[group])
        case MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
            return Bits(len(cells.attributes), 1 << cells.derived_place[expression])
        case AnyOf(items):
            return Join(every=False, items=tuple(formula(item, cells) for item in items))
        case AllOf(items):
            return Join(every=True, items=tuple(formula(item, cells) for item in items))
        case Not(item):
            return Flip(formula(item, cells))
        case _:
            return False


def truth(wanted: Formula, world: Situation) -> bool | None:
    """Evaluate in three values; None: it depends on a free cell."""
    if isinstance(
        wanted, Bits
    ):  # all time is spent here, and matching patterns takes thrice as long
        known = world.known[wanted.attribute]
        return True if known.yes & wanted.mask else None if known.free & wanted.mask else False
    if isinstance(wanted, Join):
        return _joined(wanted, world)
    if isinstance(wanted, Flip):
        inner = truth(wanted.item, world)
        return None if inner is None else not inner
    return bool(world.acting & wanted.mask) if isinstance(wanted, Flag) else wanted


def _joined(wanted: Join, world: Situation) -> bool | None:
    settled = not wanted.every
    open_items = False
    for item in wanted.items:
        value = truth(item, world)
        if value is settled:
            return settled
        open_items = open_items or value is None
    return None if open_items else wanted.every


def satisfiable(formulas: Sequence[Formula], world: Situation) -> bool:
    """Whether one world consistent with `world` makes every formula true (rule 2)."""
    left = _undecided(formulas, world)
    if not left:
        return left is not None
    if any(all(truth(item, extreme) for item in left) for extreme in world.extremes):
        return True
    return _searched(left, world)


def valid(wanted: Formula, world: Situation) -> bool:
    """Whether every world consistent with `world` makes the formula true."""
    return not satisfiable((Flip(wanted),), world)


def _undecided(formulas: Sequence[Formula], world: Situation) -> list[Formula] | None:
    """Return the formulas that are still open; None where one is false."""
    found = []
    for wanted in formulas:
        value = truth(wanted, world)
        if value is False:
            return None
        if value is None:
            found.append(wanted)
    return found


def _searched(left: Sequence[Formula], world: Situation) -> bool:
    attribute, cell = _open_cell(left[0], world)
    for yes in (True, False):
        tried = _settled(world, attribute, cell, yes=yes)
        still = _undecided(left, tried)
        if still is not None and (not still or _searched(still, tried)):
            return True
    return False


def _open_cell(wanted: Formula, world: Situation) -> tuple[int, int]:
    """Walk to an open list; an open formula always has one."""
    while not isinstance(wanted, Bits):
        inner = (wanted.item,) if isinstance(wanted, Flip) else ()
        items = wanted.items if isinstance(wanted, Join) else inner
        wanted = next(item for item in items if truth(item, world) is None)
    free = world.known[wanted.attribute].free & wanted.mask
    return wanted.attribute, free & -free


def _settled(world: Situation, attribute: int, cell: int, *, yes: bool) -> Situation:
    known = list(world.known)
    before = known[attribute]
    known[attribute] = Known(before.yes | (cell if yes else 0), before.free & ~cell)
    return Situation(tuple(known), world.acting)
