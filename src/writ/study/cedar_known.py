"""What is known of a subject, in cells that rules tell apart: sets that a policy can look into.

1. Two values of an attribute are in one cell if exactly the same lists of the rules name them. A cell
   is written by a number; lists of ids are cells of their own.
2. At a floor, an age and an instant, facts that are present show values (docs/meaning.md §2). A cell
   is in `yes` if a shown value is in it, in `maybe` if it is that or nothing rules it out: the list
   is open, or contradicted, or a shown value leaves unsaid a part that would put it there.
3. Whether somebody whom nobody named is on a list of ids is open; of anybody else it is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from writ.clock import Instant
from writ.model.expression import WILD, Given, Listed
from writ.model.subject import Fact, Subject
from writ.model.vocabulary import Kind

Level: TypeAlias = tuple[int, int | None]
"""A floor, and a greatest age in microseconds (None: any)."""
Parts: TypeAlias = tuple[str, ...]
Sets: TypeAlias = dict[str, dict[str, list[str]]]

LISTS = "lists"
_KINDS: dict[str, Kind] = {"organisation_in": "organisation", "person_in": "person"}
_OTHER = "\0other"


@dataclass(frozen=True)
class Cells:
    """The cells of one export: of each attribute's, values that stand for it; and lists of ids."""

    values: dict[str, dict[frozenset[Listed], tuple[Parts, ...]]]
    lists: tuple[Given, ...]
    levels: tuple[Level, ...]

    def of(self, atom: Listed | Given) -> frozenset[str]:
        """Return the cells in which an atom is true."""
        if isinstance(atom, Given):
            return frozenset({str(self.lists.index(atom))})
        cells = self.values[atom.attribute]
        return frozenset(str(number) for number, named in enumerate(cells) if atom in named)

    def known(self, subject: Subject | None, kind: Kind, at: Instant) -> Sets:
        """Return what is known of a subject (None: somebody of this kind whom nobody named)."""
        facts = () if subject is None else subject.facts
        found = {LISTS: self._on_lists(subject, kind)}
        for attribute in self.values:
            counted = [fact for fact in facts if fact.attribute == attribute]
            for level in self.levels:
                found[key(attribute, level)] = self._sets(attribute, counted, level, at)
        return found

    def _on_lists(self, subject: Subject | None, kind: Kind) -> dict[str, list[str]]:
        """Rule 3; a list that `acting_for` names is looked up for the organisation acted for."""
        yes, maybe = [], []
        for number, atom in enumerate(self.lists):
            asked = _KINDS.get(atom.operator, "organisation") == kind
            if subject is not None and asked and subject.id in atom.group.members:
                yes.append(str(number))
            if subject is None and asked and atom.operator in _KINDS:
                maybe.append(str(number))
        return {"yes": yes, "maybe": yes + maybe}

    def _sets(
        self, attribute: str, facts: list[Fact], level: Level, at: Instant
    ) -> dict[str, list[str]]:
        """Rule 2."""
        shown, closed = _shown([fact for fact in facts if _present(fact, level, at)], at)
        yes, maybe = [], []
        for number, (named, stand) in enumerate(self.values[attribute].items()):
            here = any(_named(named, self.values[attribute], parts) for parts in shown)
            if here:
                yes.append(str(number))
            if here or not closed or any(_may_be(said, one) for said in shown for one in stand):
                maybe.append(str(number))
        return {"yes": yes, "maybe": maybe}


def key(attribute: str, level: Level) -> str:
    """Return under which name what is known of an attribute at a level stands."""
    floor, age = level
    return f"{attribute}_A{floor}" + ("" if age is None else f"_{age}us")


def cells_of(atoms: Iterable[Listed | Given], levels: Iterable[Level]) -> Cells:
    """Find the cells that atoms tell apart (rule 1)."""
    asked = tuple(dict.fromkeys(atoms))
    listed = [atom for atom in asked if isinstance(atom, Listed)]
    values: dict[str, dict[frozenset[Listed], tuple[Parts, ...]]] = {}
    for attribute in sorted({atom.attribute for atom in listed}):
        of_it = [atom for atom in listed if atom.attribute == attribute]
        found: dict[frozenset[Listed], tuple[Parts, ...]] = {}
        for parts in sorted(_standing({item for atom in of_it for item in atom.patterns})):
            named = frozenset(atom for atom in of_it if atom.names(parts))
            found[named] = (*found.get(named, ()), parts)
        values[attribute] = found
    lists = tuple(atom for atom in asked if isinstance(atom, Given))
    return Cells(values, lists, tuple(sorted(set(levels), key=str)))


def _standing(patterns: set[Parts]) -> set[Parts]:
    """Return values that stand for all: each wildcard put as every part said, and as another."""
    found: set[Parts] = set()
    for pattern in patterns:
        alike = [other for other in patterns if len(other) == len(pattern)]
        choices = [
            {part} if part != WILD else {other[place] for other in alike} - {WILD} | {_OTHER}
            for place, part in enumerate(pattern)
        ]
        found |= set(product(*choices))
    return found


def _named(named: frozenset[Listed], cells: Iterable[frozenset[Listed]], parts: Parts) -> bool:
    """Whether exactly these atoms name a value."""
    everything = frozenset[Listed]().union(*cells)
    return named == frozenset(atom for atom in everything if atom.names(parts))


def _present(fact: Fact, level: Level, at: Instant) -> bool:
    floor, age = level
    ends = [
        end
        for end in (fact.expires_at, None if age is None else fact.verified_at + age)
        if end is not None
    ]
    return fact.assurance >= floor and fact.verified_at <= at and all(at < end for end in ends)


def _shown(facts: list[Fact], at: Instant) -> tuple[set[Parts], bool]:
    """Return the values that present facts show together, and whether there are no others."""
    said = [(fact, {value.parts for value in fact.values if value.holds(at)}) for fact in facts]
    everything = {parts for _, values in said for parts in values}
    complete = [
        (fact.verified_at, values) for fact, values in said if fact.completeness != "at_least"
    ]
    if not complete:
        return everything, False
    last = max(moment for moment, _ in complete)
    latest = [values for moment, values in complete if moment == last]
    told = latest[0]
    before = [values for fact, values in said if fact.verified_at <= last]
    if any(values != told for values in latest) or any(_beyond(told, item) for item in before):
        return set(), False  # contradicted: nothing is known
    if _beyond(told, everything):
        return everything, False
    return told | {parts for parts in everything if all(parts)}, True


def _beyond(told: set[Parts], values: set[Parts]) -> bool:
    """Whether some value is not on the list, with as much said of it, more or less."""
    return any(
        not any(_may_be(one, value) or _may_be(value, one) for one in told) for value in values
    )


def _may_be(said: Parts, value: Parts) -> bool:
    """Whether a value with parts unsaid (empty) may turn out to be the other."""
    return len(said) == len(value) and all(
        part in {"", its} for part, its in zip(said, value, strict=True)
    )
