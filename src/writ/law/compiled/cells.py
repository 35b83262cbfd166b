"""Cells: what the lists of all rules can tell apart, as bits of one integer per attribute.

1. Two values share a cell if exactly the same lists name them; all unnamed values are one more.
2. The partition is that of the whole lawbook. It may be finer than one model's rules need, which
   changes nothing: a list is true of a person where any of its cells is.
3. A derived atom is one cell by itself.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    Expression,
    Given,
    Group,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
)

_OTHER = "\0"  # a part that no pattern names


def atoms(expression: Expression | None) -> Iterable[Listed | Given | Derived]:
    """Return the atoms of an expression, in reading order; what a derived one asks is its own."""
    match expression:
        case Listed() | Given() | MostRecent() | OwnedBy() | ParentIs():
            yield expression
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from atoms(item)
        case Not(item):
            yield from atoms(item)
        case _:
            return


class Known(NamedTuple):
    """Bits of the cells that are yes, and of those that may be either; the rest are no."""

    yes: int
    free: int


class Partition:
    """The cells of one attribute."""

    def __init__(self, lists: Iterable[Listed]) -> None:
        self._lists = tuple(dict.fromkeys(item.patterns for item in lists))
        # An annex lists thousands: only patterns with a wildcard are tried one by one.
        self._wild = [[one for one in patterns if WILD in one] for patterns in self._lists]
        self._signatures: dict[int, int] = {}
        self._parts_of: dict[tuple[str, ...], int] = {}
        self._finer: dict[tuple[str, ...], int] = {}
        self._candidates: list[tuple[str, ...]] = []
        self.representatives: list[tuple[str, ...]] = []
        width = {len(pattern) for patterns in self._lists for pattern in patterns}
        for arity in sorted(width):
            for parts in sorted(_candidates(self._lists, arity)):
                self._candidates.append(parts)
                self._place(parts)
        self._place((_OTHER,) * max(width, default=1))
        self.everything = (1 << len(self._signatures)) - 1
        self._masks = {patterns: self._mask(index) for index, patterns in enumerate(self._lists)}

    def bit(self, parts: tuple[str, ...]) -> int:
        """Return the bit of the cell that a value falls into."""
        known = self._parts_of.get(parts)
        if known is None:
            known = self._parts_of[parts] = 1 << self._signatures[self._signature(parts)]
        return known

    def finer(self, parts: tuple[str, ...]) -> int:
        """Return the bits of the cells that a value may be in, once its unsaid parts are said."""
        if "" not in parts:
            return 0
        known = self._finer.get(parts)
        if known is None:
            known = self._finer[parts] = sum(
                1 << self._signatures[signature]
                for signature in {
                    self._signature(one)
                    for one in self._candidates
                    if len(one) == len(parts)
                    and all(part in ("", its) for part, its in zip(parts, one, strict=True))
                }
            )
        return known

    def mask(self, listed: Listed) -> int:
        """Return the bits of the cells that a list names."""
        return self._masks[listed.patterns]

    def _place(self, parts: tuple[str, ...]) -> None:
        signature = self._signature(parts)
        if signature not in self._signatures:
            self._signatures[signature] = len(self._signatures)
            self.representatives.append(parts)

    def _signature(self, parts: tuple[str, ...]) -> int:
        return sum(
            1 << index
            for index, patterns in enumerate(self._lists)
            if parts in patterns or any(_matches(pattern, parts) for pattern in self._wild[index])
        )

    def _mask(self, index: int) -> int:
        return sum(
            1 << cell for signature, cell in self._signatures.items() if signature >> index & 1
        )


def _candidates(
    lists: Sequence[frozenset[tuple[str, ...]]], arity: int
) -> Iterable[tuple[str, ...]]:
    """One value for everything the patterns can tell apart, wildcards filled in."""
    patterns = {pattern for item in lists for pattern in item if len(pattern) == arity}
    seen = [
        {pattern[place] for pattern in patterns if pattern[place] != WILD} | {_OTHER}
        for place in range(arity)
    ]
    found: set[tuple[str, ...]] = set()
    for pattern in patterns:
        choices = [seen[place] if part == WILD else {part} for place, part in enumerate(pattern)]
        found.update(product(*choices))
    return found


def _matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return len(pattern) == len(parts) and all(
        want in (WILD, part) for want, part in zip(pattern, parts, strict=True)
    )


class Partitions:
    """The partition of every attribute that some list asks, and the groups that are given."""

    def __init__(self, expressions: Iterable[Expression | None]) -> None:
        lists: dict[str, list[Listed]] = {}
        own: dict[Group, None] = {}
        acting: dict[Group, None] = {}
        derived: dict[Derived, None] = {}
        for expression in expressions:
            for atom in atoms(expression):
                if isinstance(atom, Listed):
                    lists.setdefault(atom.attribute, []).append(atom)
                elif not isinstance(atom, Given):
                    derived[atom] = None
                elif atom.operator == "acting_for":
                    acting[atom.group] = None
                else:
                    own[atom.group] = None
        self.attributes = tuple(sorted(lists))
        self.index = {name: place for place, name in enumerate(self.attributes)}
        self.of = tuple(Partition(lists[name]) for name in self.attributes)
        self.unknown = tuple(Known(0, partition.everything) for partition in self.of)
        self.own_groups = tuple(own)
        self.acting_groups = tuple(acting)
        self.derived = tuple(derived)
        self.underived = Known(0, (1 << len(self.derived)) - 1)
