"""In which worlds an expression holds, as SMT-LIB terms, from what is shown of one link.

1. Where an attribute is asked in one sense alone (to be among values, or not to be), what helps most
   in every case is that all may be there which can, or nothing but what is shown; this is exact,
   because values are independent of each other.
2. Where it is asked in both senses, an expression becomes its ways to be true: each a set of atoms
   that are, and of atoms that are not. A way is possible where nothing shown is against it and every
   atom that it needs may still have a value.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from writ.errors import Failed
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
from writ.study.proof.smt import FALSE, TRUE, Script, conj, disj, neg
from writ.study.proof.symbols import OTHER, Level, Parts, Symbols

MOST_WAYS = 4096

Atom: TypeAlias = Listed | Given | Derived
Asked: TypeAlias = str | Given | Derived
"""An attribute, or what is given or derived."""
Sense: TypeAlias = tuple[Asked, bool]
Senses: TypeAlias = frozenset[Sense]
Way: TypeAlias = tuple[frozenset[Atom], frozenset[Atom], frozenset[str]]
"""Atoms that are true, atoms that are not, and terms that are true whatever the world."""

ALWAYS: Way = (frozenset(), frozenset(), frozenset())


def values_named(lists: Iterable[Listed]) -> Iterator[Parts]:
    """Yield values that these lists of one attribute can tell apart, and one with a part unsaid."""
    patterns = {pattern for item in lists for pattern in item.patterns}
    said: dict[tuple[int, int], list[str]] = {}
    for size in sorted({len(pattern) for pattern in patterns}):
        alike = [pattern for pattern in patterns if len(pattern) == size]
        for place in range(size):
            named = {pattern[place] for pattern in alike} - {WILD}
            said[size, place] = sorted(named | {OTHER})
        yield (OTHER,) * size
    for pattern in sorted(patterns):
        size = len(pattern)
        choices = [
            said[size, place] if part == WILD else [part] for place, part in enumerate(pattern)
        ]
        yield from product(*choices)
        if size > 1:
            yield (*(OTHER if part == WILD else part for part in pattern[:-1]), "")


class Worlds:
    """The terms of one link for what is asked of it; `label` begins their names."""

    def __init__(self, script: Script, symbols: Symbols, label: str) -> None:
        self._script, self._symbols, self._label = script, symbols, label
        self._kind = symbols.kind
        self._lists: dict[tuple[Listed, Level], tuple[str, str]] = {}
        self._places: dict[Atom, int] = {}
        self._open_at: dict[tuple[Level, str, Parts], str] = {}

    def possible(self, wanted: Expression, level: Level) -> str:
        """Whether an expression is true in some world; it is in every one where its opposite is in none."""
        mixed = both_ways(senses_of(wanted))
        if not mixed:
            return self._helped(wanted, True, level)  # noqa: FBT003  that it is so
        ways = self.ways(wanted, True, mixed, level)  # noqa: FBT003  that it is so
        return disj(self.possible_way(way, level) for way in ways)

    def ways(
        self,
        wanted: Expression,
        sense: bool,  # noqa: FBT001  true or false
        mixed: frozenset[Asked],
        level: Level,
    ) -> list[Way]:
        """Return the ways in which an expression is true, or false (rule 2)."""
        if isinstance(wanted, Not):
            return self.ways(wanted.item, not sense, mixed, level)
        if mixed.isdisjoint(asked for asked, _ in _senses(wanted, sense)):
            term = self._helped(wanted, sense, level)
            return [] if term == FALSE else [(*ALWAYS[:2], frozenset({term} - {TRUE}))]
        if isinstance(wanted, AnyOf | AllOf):
            if isinstance(wanted, AnyOf) == sense:
                found = (self.ways(item, sense, mixed, level) for item in wanted.items)
                return _fewest(way for ways in found for way in ways)
            joined = [ALWAYS]
            for item in wanted.items:
                joined = both(joined, self.ways(item, sense, mixed, level))
            return joined
        assert isinstance(wanted, Listed | Given | Derived)  # noqa: S101  what is left
        self._places.setdefault(wanted, len(self._places))
        only = frozenset[Atom]({wanted})
        return [(only, frozenset(), frozenset()) if sense else (frozenset(), only, frozenset())]

    def _helped(self, wanted: Expression, sense: bool, level: Level) -> str:  # noqa: FBT001  as above
        """Rule 1."""
        match wanted:
            case Not(item):
                return self._helped(item, not sense, level)
            case AnyOf(items) | AllOf(items):
                terms = [self._helped(item, sense, level) for item in items]
                return disj(terms) if isinstance(wanted, AnyOf) == sense else conj(terms)
            case (
                Listed() | Given() | MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy()
            ):
                return self._atom(wanted, sense, level)
            case _:
                return FALSE if sense else TRUE

    def _atom(self, atom: Atom, sense: bool, level: Level) -> str:  # noqa: FBT001  as above
        if isinstance(atom, Given):
            return self._given(atom)[1] if sense else neg(self._given(atom)[0])
        if not isinstance(atom, Listed):
            sure, may = self._derived(atom, level)
            return may if sense else neg(sure)
        shown, may = self._listed(atom, level)
        return may if sense else neg(shown)

    def _listed(self, atom: Listed, level: Level) -> tuple[str, str]:
        """Whether some value of a list is shown, and whether one may be there (§4.3)."""
        if (atom, level) not in self._lists:
            self._lists[atom, level] = self._look_up(atom, level)
        return self._lists[atom, level]

    def _look_up(self, atom: Listed, level: Level) -> tuple[str, str]:
        symbols, attribute = self._symbols, atom.attribute
        values = symbols.domain.named(atom)
        if not values:
            return FALSE, FALSE
        if symbols.role == "unnamed":
            return FALSE, TRUE
        told = " ".join(map("/".join, values))
        name = f"{self._script.number('list', f'{attribute} {told}')} at {level}"
        shown = symbols.some(level, attribute, values)
        shown = self._script.define(f"{self._label} shows {name}", shown)
        unsaid = symbols.some(level, attribute, symbols.domain.turning(atom))
        may = disj((shown, neg(symbols.shut(level, attribute)), unsaid))
        return shown, self._script.define(f"{self._label} may have {name}", may)

    def possible_way(self, way: Way, level: Level) -> str:
        """Rule 2."""
        true, false = (sorted(atoms, key=self._places.__getitem__) for atoms in way[:2])
        out = dict.fromkeys(value for atom in false for value in self._named(atom))
        return conj(
            (
                *sorted(way[2]),
                *(neg(self._shown(value, level)) for value in out),
                *(
                    disj(
                        self._open(value, level) for value in self._named(atom) if value not in out
                    )
                    for atom in true
                ),
            )
        )

    def _named(self, atom: Atom) -> list[tuple[Given | Derived | str, Parts]]:
        """Return the values of an atom; what is given or derived is a value of its own."""
        if not isinstance(atom, Listed):
            return [(atom, ())]
        return [(atom.attribute, value) for value in self._symbols.domain.named(atom)]

    def _shown(self, value: tuple[Given | Derived | str, Parts], level: Level) -> str:
        of, parts = value
        if isinstance(of, str):
            return self._symbols.has(level, of, parts)
        if isinstance(of, Given):
            return self._given(of)[0]
        return self._derived(of, level)[0]

    def _open(self, value: tuple[Given | Derived | str, Parts], level: Level) -> str:
        """Whether a value may be there: shown, or not ruled out by a closed list (§4.3)."""
        of, parts = value
        if isinstance(of, Given):
            return self._given(of)[1]
        if not isinstance(of, str):
            return self._derived(of, level)[1]
        key = (level, of, parts)
        if key not in self._open_at:
            symbols = self._symbols
            others = symbols.domain.unsaid(of, parts)
            unsaid = [symbols.has(level, of, other) for other in others]
            told = disj((symbols.has(level, of, parts), neg(symbols.shut(level, of)), *unsaid))
            name = f"{self._label} may have {of} {'/'.join(parts)} at {level}"
            self._open_at[key] = self._script.define(name, told)
        return self._open_at[key]

    def _given(self, atom: Given) -> tuple[str, str]:
        """Whether what is given is so, and whether it may be (§3.2, §4.2)."""
        symbols = self._symbols
        if atom.operator == "acting_for":
            acts = symbols.acts_for(atom.group.members) if self._kind == "person" else FALSE
            return acts, acts
        if self._kind != ("organisation" if atom.operator == "organisation_in" else "person"):
            return FALSE, FALSE
        listed = symbols.listed(atom.group.members)
        return listed, disj((listed, symbols.nameless))

    def _derived(self, atom: Derived, level: Level) -> tuple[str, str]:
        if (self._kind == "person") != isinstance(atom, MostRecent | HeldAt | EmployedBy):
            return FALSE, FALSE
        return self._symbols.derived(level, atom)


def atoms_in(expression: Expression) -> Iterator[Atom]:
    """Yield every atom of an expression, as often as it stands there."""
    match expression:
        case Listed() | Given() | MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
            yield expression
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from atoms_in(item)
        case Not(item):
            yield from atoms_in(item)
        case _:
            return


def _senses(expression: Expression, sense: bool) -> Iterator[tuple[Asked, bool]]:  # noqa: FBT001  as above
    """Yield what an expression asks about, and whether it is to be so."""
    match expression:
        case Listed(attribute=attribute):
            yield attribute, sense
        case Given() | MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
            yield expression, sense
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _senses(item, sense)
        case Not(item):
            yield from _senses(item, not sense)
        case _:
            return


def senses_of(wanted: Expression) -> Senses:
    """Return what an expression asks about where it is to be so, and in which sense."""
    return frozenset(_senses(wanted, True))  # noqa: FBT003  that it is so


def both_ways(senses: Iterable[tuple[Asked, bool]]) -> frozenset[Asked]:
    """Return what is asked about in both senses (rule 2)."""
    found = {*senses}
    return frozenset(asked for asked, sense in found if sense and (asked, False) in found)


def both(some: Sequence[Way], others: Sequence[Way]) -> list[Way]:
    """Return the ways in which both are so; more than MOST_WAYS are Failed."""
    joined = _fewest(
        (one[0] | other[0], one[1] | other[1], one[2] | other[2])
        for one in some
        for other in others
        if not (one[0] & other[1] or one[1] & other[0])
    )
    if len(joined) > MOST_WAYS:
        raise Failed(
            f"these rules can be met together in more than {MOST_WAYS} ways; nothing is proved of them"
        )
    return joined


def _fewest(ways: Iterable[Way]) -> list[Way]:
    """Leave out ways that ask for more than another does."""
    kept: list[Way] = []
    for way in sorted(dict.fromkeys(ways), key=lambda way: sum(map(len, way))):
        if not any(all(a <= b for a, b in zip(less, way, strict=True)) for less in kept):
            kept.append(way)
    return kept
