"""Cells: what the lists of all rules can tell apart, as bits of one integer per attribute.

1. Two values share a cell if exactly the same lists name them; all unnamed values are one more.
2. The partition is that of the whole lawbook. It may be finer than one model's rules need, which
   changes nothing: a list is true of a person where any of its cells is.
3. A derived atom is one cell by itself.
4. Law that differs in a few orders has most lists in common: an attribute that is asked by the very
   same lists, in the same order, has the very same cells, and they are found once.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, product
from typing import NamedTuple

from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
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
        case Listed() | Given() | MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
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


_Named = dict[tuple[str, ...], tuple[int, ...]]


class Partition:
    """The cells of one attribute.

    A signature is the places of the lists that name a value, ascending. They are looked up by
    pattern: an annex lists thousands, and thousands of orders have lists of their own.
    """

    def __init__(self, lists: Iterable[Listed]) -> None:
        self.patterns = patterns = tuple(dict.fromkeys(item.patterns for item in lists))
        self._named = _by_pattern(patterns)
        self._signatures: dict[tuple[int, ...], int] = {}
        self._parts_of: dict[tuple[str, ...], int] = {}
        self._finer: dict[tuple[bool, ...], dict[tuple[str, ...], int]] = {}
        self._candidates: list[tuple[str, ...]] = []
        self.representatives: list[tuple[str, ...]] = []
        width = {len(pattern) for item in patterns for pattern in item}
        for arity in sorted(width):
            for parts in sorted(_candidates(patterns, arity)):
                self._candidates.append(parts)
                self._place(parts)
        self._place((_OTHER,) * max(width, default=1))
        self.everything = (1 << len(self._signatures)) - 1
        self._masks = dict(zip(patterns, self._all_masks(len(patterns)), strict=True))

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
        gaps = tuple(part == "" for part in parts)
        if gaps not in self._finer:
            self._finer[gaps] = self._turned(gaps)
        return self._finer[gaps].get(parts, 0)

    def mask(self, listed: Listed) -> int:
        """Return the bits of the cells that a list names."""
        return self._masks[listed.patterns]

    def _turned(self, gaps: tuple[bool, ...]) -> dict[tuple[str, ...], int]:
        """Return, for values that leave these parts unsaid, the bits of all that they may be."""
        found: dict[tuple[str, ...], int] = {}
        for one in (item for item in self._candidates if len(item) == len(gaps)):
            bare = tuple("" if gap else part for gap, part in zip(gaps, one, strict=True))
            found[bare] = found.get(bare, 0) | self.bit(one)
        return found

    def _place(self, parts: tuple[str, ...]) -> None:
        signature = self._signature(parts)
        if signature not in self._signatures:
            self._signatures[signature] = len(self._signatures)
            self.representatives.append(parts)

    def _signature(self, parts: tuple[str, ...]) -> tuple[int, ...]:
        found = [
            places
            for shape, named in self._named.get(len(parts), ())
            if (places := named.get(_shaped(parts, shape) if shape else parts))
        ]
        return found[0] if len(found) == 1 else tuple(sorted({*chain.from_iterable(found)}))

    def _all_masks(self, lists: int) -> list[int]:
        cells: list[list[int]] = [[] for _ in range(lists)]
        for signature, cell in self._signatures.items():
            for place in signature:
                cells[place].append(cell)
        return list(map(_bits, cells))


def _by_pattern(
    lists: Sequence[frozenset[tuple[str, ...]]],
) -> dict[int, list[tuple[tuple[bool, ...], _Named]]]:
    """Per number of parts and shape, the places of the lists that have each pattern.

    A shape says which parts are wildcards; nothing where none is.
    """
    named: dict[tuple[int, tuple[bool, ...]], dict[tuple[str, ...], list[int]]] = {}
    for place, patterns in enumerate(lists):
        for pattern in patterns:
            shape = tuple(part == WILD for part in pattern) if WILD in pattern else ()
            named.setdefault((len(pattern), shape), {}).setdefault(pattern, []).append(place)
    found: dict[int, list[tuple[tuple[bool, ...], _Named]]] = {}
    for (arity, shape), places in named.items():
        listed = {pattern: tuple(item) for pattern, item in places.items()}
        found.setdefault(arity, []).append((shape, listed))
    return found


def _shaped(parts: tuple[str, ...], shape: tuple[bool, ...]) -> tuple[str, ...]:
    """Return the pattern of a shape that names these parts."""
    return tuple(WILD if wild else part for part, wild in zip(parts, shape, strict=True))


def _bits(places: Iterable[int]) -> int:
    """Set the bits at these places."""
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def _candidates(
    lists: Sequence[frozenset[tuple[str, ...]]], arity: int
) -> Iterable[tuple[str, ...]]:
    """One value for everything the patterns can tell apart, wildcards filled in."""
    patterns = {pattern for item in lists for pattern in item if len(pattern) == arity}
    found = {pattern for pattern in patterns if WILD not in pattern}
    if len(found) == len(patterns):
        return found
    seen = [
        {pattern[place] for pattern in patterns if pattern[place] != WILD} | {_OTHER}
        for place in range(arity)
    ]
    for pattern in patterns - found:
        choices = [seen[place] if part == WILD else {part} for place, part in enumerate(pattern)]
        found.update(product(*choices))
    return found


class Partitions:
    """The partition of every attribute that some list asks, and the groups that are given."""

    def __init__(
        self, expressions: Iterable[Expression | None], like: "Partitions | None" = None
    ) -> None:
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
        found = {} if like is None else dict(zip(like.attributes, like.of, strict=True))
        self.of: tuple[Partition, ...] = tuple(
            _partition(lists[name], found.get(name)) for name in self.attributes
        )
        self.unknown = tuple(Known(0, partition.everything) for partition in self.of)
        self.own_groups = tuple(own)
        self.acting_groups = tuple(acting)
        self.own = Members(self.own_groups)
        self.acting = Members(self.acting_groups)
        self.derived = tuple(derived)
        self.underived = Known(0, (1 << len(self.derived)) - 1)
        self.derived_place = {atom: place for place, atom in enumerate(self.derived)}


def _partition(lists: Sequence[Listed], found: Partition | None) -> Partition:
    """Rule 4."""
    if (
        found is not None
        and tuple(dict.fromkeys(item.patterns for item in lists)) == found.patterns
    ):
        return found
    return Partition(lists)


class Members:
    """Which of some groups an id belongs to, as bits."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.place = {group: place for place, group in enumerate(groups)}
        self._of: dict[str, int] = {}
        for place, group in enumerate(groups):
            for member in group.members:
                self._of[member] = self._of.get(member, 0) | 1 << place

    @property
    def together(self) -> set[int]:
        """Every combination of groups that some id belongs to."""
        return set(self._of.values())

    def of(self, subject: str) -> int:
        """Return the groups that a subject belongs to."""
        return self._of.get(subject, 0)
