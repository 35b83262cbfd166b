"""What compiled formulas want of cells, as one tree of what helps and what hinders.

1. Cells that the formulas asked together never tell apart are tried as one. So are the cells of a
   mask, where none of the formulas wants any cell of its attribute the other way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.study.proof.artefact import masks
from writ.study.proof.smt import FALSE

Key: TypeAlias = tuple[int, int] | int | str
"""Cells of an attribute that are tried together, groups acted for, or a term that no world changes."""
Node: TypeAlias = "bool | tuple[Key, bool] | Joint"


@dataclass(frozen=True, slots=True)
class Joint:
    """All (`every`) or any of the items."""

    every: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Wanted:
    """A formula that is to be true, or a term that no world changes."""

    formula: Formula
    term: str = FALSE

    @cached_property
    def signs(self) -> frozenset[tuple[int, bool]]:
        """The attributes whose cells it wants, and whether it wants them to be there."""
        return frozenset(_wanted(self.formula, wanted=True))

    @cached_property
    def places(self) -> frozenset[int]:
        """The attributes whose cells it wants."""
        return frozenset(place for place, _ in self.signs)

    @cached_property
    def node(self) -> Node:
        """What it wants, where no attribute is wanted in both senses."""
        return self.split({})

    def split(self, cells: dict[int, list[int]]) -> Node:
        """Return what it wants of these cells (rule 1); of other attributes, of whole masks."""
        found = _node(self.formula, cells, wanted=True)
        return found if self.term == FALSE else joint(False, (found, (self.term, True)))  # noqa: FBT003  any


def both_ways(wanted: Iterable[Wanted]) -> frozenset[int]:
    """Return the attributes of which cells are wanted, and wanted not to be there."""
    signs = frozenset[tuple[int, bool]]().union(*(item.signs for item in wanted))
    return frozenset(place for place, sign in signs if sign and (place, False) in signs)


def split(wanted: Sequence[Wanted], both: frozenset[int]) -> Node:
    """Return what all want together, cell by cell of the attributes that are wanted in both senses."""
    found = masks(item.formula for item in wanted)
    cells = {place: _cells(found[place]) for place in both}
    return joint(True, [item.split(cells) for item in wanted])  # noqa: FBT003  every


def joint(every: bool, items: Iterable[Node]) -> Node:  # noqa: FBT001  as Joint has it
    """Put items together, without those that change nothing."""
    kept = tuple(item for item in dict.fromkeys(items) if item is not every)
    if (not every) in kept:
        return not every
    if not kept:
        return every
    return kept[0] if len(kept) == 1 else Joint(every, kept)


def signs(node: Node) -> Iterator[tuple[Key, bool]]:
    """Yield what a tree wants, and whether it is to be there."""
    if isinstance(node, Joint):
        for item in node.items:
            yield from signs(item)
    elif not isinstance(node, bool):
        yield node


def settled(node: Node, chosen: Key, *, yes: bool) -> Node:
    """Return what is left to want once it is known whether something is there."""
    if isinstance(node, Joint):
        return joint(node.every, [settled(item, chosen, yes=yes) for item in node.items])
    if isinstance(node, bool) or node[0] != chosen:
        return node
    return node[1] == yes


def _wanted(formula: Formula, *, wanted: bool) -> Iterator[tuple[int, bool]]:
    match formula:
        case Bits(attribute):
            yield attribute, wanted
        case Join(items=items):
            for item in items:
                yield from _wanted(item, wanted=wanted)
        case Flip(item):
            yield from _wanted(item, wanted=not wanted)
        case _:
            return


def _cells(found: set[int]) -> list[int]:
    """Rule 1: bits that belong to the same of these masks, together."""
    together: dict[tuple[bool, ...], int] = {}
    ordered = sorted(found)
    for bit in range(max(ordered).bit_length()):
        signature = tuple(bool(mask >> bit & 1) for mask in ordered)
        if any(signature):
            together[signature] = together.get(signature, 0) | 1 << bit
    return list(together.values())


def _node(formula: Formula, cells: dict[int, list[int]], *, wanted: bool) -> Node:
    match formula:
        case Bits(attribute, mask) if attribute in cells:
            parts = [part for part in cells[attribute] if part & mask]
            return joint(not wanted, [((attribute, part), wanted) for part in parts])
        case Bits(attribute, mask):
            return (attribute, mask), wanted
        case Flag(mask):
            return mask, wanted
        case Join(every, items):
            found = [_node(item, cells, wanted=wanted) for item in items]
            return joint(every == wanted, found)
        case Flip(item):
            return _node(item, cells, wanted=not wanted)
        case _:
            return formula == wanted
