"""Example people and companies: every way in which the rules on a model can tell subjects apart.

1. Per attribute that the rules ask about, a subject has shown nothing, one value of each cell, or
   a complete list with or without it. A sketch starts from nothing, or from complete lists of
   everything with nothing that counts on them, and departs from that in a few attributes.
2. What is shown is shown well enough to serve; or only well enough to bar; or too long ago; all of
   it, or only what departs.
3. Ids are those of nobody, or of one member of each set of groups that the rules tell apart.
4. Simple ones come first, so that the first who fits is the one to show.
5. Where owners, a parent or dates are asked about, `writ.law.explain.related` says what may be shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, starmap

from writ.clock import Instant, format_duration, format_instant
from writ.law.compiled.cells import Partitions, atoms
from writ.law.compiled.rule import LinkKind, branch
from writ.law.explain import related
from writ.law.explain.english import joined, noun, value_words
from writ.model.expression import (
    Derived,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    groups_in,
)
from writ.model.order import ActiveRule, Evidence
from writ.model.subject import Completeness, Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY, Shape

SOURCE = "example"
PERSON, COMPANY = "example-person", "example-company"
ELSEWHERE = ("FR", "DE", "JP", "BR", "KE", "NZ", "CL", "GH", "FI", "PT", "UY", "NP")
_UNNAMED = "\0"
_FILLERS: Mapping[Shape, tuple[str, ...]] = {
    Shape.COUNTRY: ("FR", ""),
    Shape.PLACE: ("FR", ""),
    Shape.PROTECTION: ("other", "FR"),
    Shape.EMPLOYER: ("another-company", "contractor"),
    Shape.OWNER: ("another-company", "1"),
    Shape.NUMBER: ("0",),
}

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """Values of one attribute, and whether they are all there are."""

    attribute: str
    values: tuple[Parts, ...]
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class _Manner:
    """How well and how long ago: what all is shown by, and what departs (rule 2)."""

    base: tuple[int, int]
    departing: tuple[int, int]


class Sketches:
    """The sketches of one kind of subject for the rules on some models at one instant."""

    def __init__(
        self, rules: Sequence[ActiveRule], models: AbstractSet[str], kind: LinkKind, at: Instant
    ) -> None:
        self._rules, self._models, self.kind, self._at = rules, models, kind, at
        self._partitions = Partitions(self._expressions())

    def subjects(self, departures: int) -> Iterator[Subject]:
        """Yield subjects that depart in at most so many attributes, simple ones first (rule 4)."""
        seen: set[tuple[Fact, ...]] = set()
        for size in range(departures + 1):
            for chosen in combinations(self.showings, size):
                if len({item.attribute for item in chosen}) == size:
                    for facts in self._facts(chosen):
                        if facts not in seen:
                            seen.add(facts)
                            yield self._subject(facts)

    def ladders(self) -> Iterator[tuple[Subject, ...]]:
        """Yield, per value to show, who shows it alone, then beside complete lists, well and less so.

        The first ladder shows no value.
        """
        shown = [()] + [(item,) for item in self.showings if item.completeness == "at_least"]
        for chosen in shown:
            facts = self._facts(chosen)
            yield tuple(map(self._subject, dict.fromkeys(facts)))

    def _subject(self, facts: tuple[Fact, ...]) -> Subject:
        return Subject(self.nobody, self.kind, (), facts, self._related)

    @cached_property
    def _related(self) -> dict[str, Subject]:
        """Owners and parents, everything shown of them as well as it gets (rule 5)."""
        best = self._manners[0].base
        return {
            other.id: Subject(
                other.id,
                other.kind,
                (),
                tuple(
                    self._fact(Showing(name, (parts,), "at_least"), best)
                    for name, parts in other.shown
                ),
            )
            for other in related.others(self._partitions.derived)
        }

    @property
    def nobody(self) -> str:
        """The id of an example that no group has."""
        return PERSON if self.kind == "person" else COMPANY

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids to try beside nobody's; a company lends to its people what it belongs to (rule 3)."""
        groups = list(self._partitions.own_groups)
        if self.kind == "organisation":
            asked = (atom for item in self._expressions("person") for atom in atoms(item))
            groups += [item.group for item in asked if isinstance(item, Given)]
        found: dict[tuple[bool, ...], str] = {}
        for member in sorted({member for group in groups for member in group.members}):
            found.setdefault(tuple(member in group.members for group in groups), member)
        return tuple(found.values())

    @cached_property
    def groups(self) -> frozenset[Group]:
        """Every group that the rules name."""
        return frozenset(group for item in self._expressions() for group in groups_in(item))

    @cached_property
    def closed(self) -> tuple[Showing, ...]:
        """Complete lists of everything asked, with nothing that counts."""
        return tuple(
            Showing(name, self._others(name)[:1], "exhaustive")
            for name in self._attributes
            if name != "users_certified"
        )

    @cached_property
    def _attributes(self) -> tuple[str, ...]:
        """Everything that is asked of the subject itself, by values or for derived atoms."""
        asked = dict.fromkeys(self._partitions.attributes)
        return tuple(asked | related.attributes(self._partitions.derived))

    @cached_property
    def showings(self) -> tuple[Showing, ...]:
        """Everything that one attribute may show (rule 1)."""
        return tuple(
            item for name in self._attributes for item in self._of_attribute(name)
        ) + tuple(starmap(Showing, related.shown(self._partitions.derived)))

    def _of_attribute(self, name: str) -> Iterator[Showing]:
        for parts in self._named_cells(name):
            values = (_concrete(name, parts),)
            yield Showing(name, values, "at_least")
            if name != "users_certified":
                yield Showing(name, values, "exhaustive")
        for parts in self._others(name)[:1]:
            yield Showing(name, (parts,), "at_least")

    def _others(self, name: str) -> tuple[Parts, ...]:
        """Values of citizenships and places that no rule names."""
        shape = VOCABULARY[name].shape
        if shape not in (Shape.COUNTRY, Shape.PLACE) or name == "permanent_residences":
            return ()
        found = ((code, "") for code in ELSEWHERE)
        return tuple(parts for parts in found if not self._counts(name, parts))

    def _named_cells(self, name: str) -> Iterator[Parts]:
        """Yield a value of each cell that some list names."""
        place = self._partitions.index.get(name)
        partition = None if place is None else self._partitions.of[place]
        for parts in partition.representatives if partition is not None else ():
            if self._counts(name, parts):
                yield parts

    def _counts(self, name: str, parts: Parts) -> bool:
        """Whether the rules name the value, in a list, as the most recent, or as held at an instant."""
        place = self._partitions.index.get(name)
        partition = None if place is None else self._partitions.of[place]
        unnamed = (_UNNAMED,) * len(parts)
        listed = partition is not None and partition.bit(parts) != partition.bit(unnamed)
        return listed or any(_dated(item, parts) for item in self._partitions.derived)

    def _facts(self, chosen: Sequence[Showing]) -> Iterator[tuple[Fact, ...]]:
        named = {item.attribute for item in chosen}
        rest = tuple(item for item in self.closed if item.attribute not in named)
        for base in ((), rest):
            for manner in self._manners:
                yield (
                    *(self._fact(item, manner.departing) for item in chosen),
                    *(self._fact(item, manner.base) for item in base),
                )

    def _fact(self, item: Showing, manner: tuple[int, int]) -> Fact:
        assurance, age = manner
        since = self._held_since if item.attribute == "citizenships" else None
        values = tuple(Value(parts, since) for parts in item.values)
        at = self._at - age
        return Fact(item.attribute, values, item.completeness, assurance, SOURCE, SOURCE, at)

    @cached_property
    def _held_since(self) -> Instant | None:
        """The earliest instant of which rules ask what was held then."""
        asked = (item.at for item in self._partitions.derived if isinstance(item, HeldAt))
        return min(asked, default=None)

    @cached_property
    def _manners(self) -> tuple[_Manner, ...]:
        evidence = list(self._evidence())
        floors = sorted({floor for item in evidence for floor in (item.to_serve, item.to_bar)})
        ages = sorted({item.max_age for item in evidence if item.max_age is not None})
        best = (floors[-1] if floors else 0, 0)
        worse = [(floor, 0) for floor in floors[:-1]] + [(best[0], age) for age in ages]
        return (
            _Manner(best, best),
            *(_Manner(item, item) for item in worse),
            *(_Manner(best, item) for item in worse),
        )

    def _evidence(self) -> Iterator[Evidence]:
        for active in self._rules:
            yield active.rule.evidence
            for item in active.exemptions:
                if item.evidence is not None and self._models & item.models:
                    yield item.evidence

    def _expressions(self, of: LinkKind | None = None) -> Iterator[Expression | None]:
        """Yield what the rules ask of this kind of subject, or of another."""
        kind = of or self.kind
        for active in self._rules:
            rule = active.rule
            yield branch(rule.predicate, kind)
            for item in active.exemptions:
                if self._models & item.models:
                    yield branch(item.who, kind)
                    yield branch(item.unless, kind)
            if rule.standing == "certified_organisation" and kind == "organisation":
                name = rule.predicate.name or ""
                yield Listed("certified", "users_certified", frozenset({(name,)}))


def _concrete(attribute: str, parts: Parts) -> Parts:
    """Put a value that nobody names where any value does."""
    fillers = _FILLERS.get(VOCABULARY[attribute].shape, ("another",))
    return tuple(fillers[place] if part == _UNNAMED else part for place, part in enumerate(parts))


@dataclass(frozen=True, slots=True)
class Telling:
    """Says who an example is: `groups` says what a member's id stands for.

    `closed` are the complete lists with nothing on them that counts; they are told together.
    """

    groups: Mapping[str, str]
    closed: frozenset[Showing]
    at: Instant

    def of(self, subject: Subject) -> str:
        """Describe an example in one phrase."""
        who = "a person" if subject.kind == "person" else "a company"
        if subject.id in self.groups:
            who += f" that is {self.groups[subject.id]}"
        told: dict[str, list[str]] = {}
        empty: dict[str, list[str]] = {}
        for fact in subject.facts:
            bare = self._is_closed(fact)
            said = noun(fact.attribute) if bare else self._shown(fact)
            (empty if bare else told).setdefault(self._manner(fact), []).append(said)
        parts = [f"{', '.join(facts)} ({manner})" for manner, facts in told.items()]
        parts += [
            f"complete lists of {joined(names, 'and')}, nothing that counts on them ({manner})"
            for manner, names in empty.items()
        ]
        told_of = f"with {'; and '.join(parts)}" if parts else "of whom nothing is shown"
        named = sorted(subject.rests_on() & subject.related.keys())
        others = (f"; where `{name}` is {self.of(subject.related[name])}" for name in named)
        return f"{who} {told_of}{''.join(others)}"

    def _is_closed(self, fact: Fact) -> bool:
        values = tuple(value.parts for value in fact.values)
        return Showing(fact.attribute, values, fact.completeness) in self.closed

    def _manner(self, fact: Fact) -> str:
        age = self.at - fact.verified_at
        return f"A{fact.assurance}" + (f", verified {format_duration(age)} ago" if age else "")

    def _shown(self, fact: Fact) -> str:
        named = [
            value_words(fact.attribute, self._masked(value.parts)) + _since(value)
            for value in fact.values
        ]
        if fact.completeness == "at_least":
            return f"{noun(fact.attribute)}: {', '.join(named)}, perhaps more"
        return f"{noun(fact.attribute)}: {', '.join(named) or 'none'} and no other"

    def _masked(self, parts: Parts) -> Parts:
        return tuple(self.groups.get(part, part) for part in parts)


def _dated(atom: Derived, parts: Parts) -> bool:
    """Whether an atom about dates names a value."""
    recent = isinstance(atom, MostRecent) and parts[0] in atom.countries
    return recent or (isinstance(atom, HeldAt) and atom.held.names(parts))


def _since(value: Value) -> str:
    return "" if value.since is None else f" since {format_instant(value.since)}"


def masks(groups: Iterable[Group]) -> dict[str, str]:
    """Say of members what they stand for: the provider, or a list that nobody is named from."""
    found: dict[str, str] = {}
    for group in sorted(groups, key=lambda group: group.name):
        for member in group.members if group.digest is not None else ():
            found[member] = f"one of `{group.name}`"
    for group in groups:
        if group.name == "self":
            found |= dict.fromkeys(group.members, "the provider itself")
    return found
