"""What somebody has shown, as far as it may turn what evidence would settle them.

1. That turns on the rules on the model, on how these judge a link, and on the link's facts of the
   attributes that the rules ask for: each fact's values, whether its list is complete, at which
   questions it counts, and which fact came first.
2. Values are told apart as rules tell them apart: a name that no rule names may be any other.
3. Where a rule asks what began when, dates count by their order, among each other and with the
   instants that rules name. Where it follows owners, parents or employers, names count as they are;
   of those that are on no list and not on the books, only how they sort.
4. Whoever every rule lets pass, or is barred for certain, is asked for nothing: of them it is empty.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Compiled, Profile
from writ.law.compiled.cells import atoms
from writ.law.compiled.recent import EVER, HELD
from writ.law.compiled.rule import CompiledRule, LinkKind, branch, questions
from writ.model.expression import (
    Derived,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    Settling,
    groups_in,
)
from writ.model.outcome import Outcome
from writ.model.subject import NAMING, Fact, Subject, Value, followed

Shown: TypeAlias = tuple[object, ...]
"""The same for all whom the same evidence would settle; it says nothing by itself."""
FOLLOWED = (*NAMING, "employer")
_KINDS: tuple[LinkKind, ...] = ("person", "organisation")


class Showing:
    """What people and organisations have shown, under one lawbook at an instant, for some models."""

    def __init__(self, compiled: Compiled, at: Instant, models: Iterable[str]) -> None:
        known = [name for name in models if name in compiled.book.catalogue.models]
        self._scopes = {kind: _Scope(compiled, at, known, kind) for kind in _KINDS}

    def of(self, subject: Subject, profile: Profile) -> Shown:
        """Say what a subject of a profile has shown; a service account is no link."""
        scope = self._scopes[profile.kind]
        if subject.kind == "service" or not scope.asks(profile):
            return ()
        return scope.told(subject)


def offered(compiled: Compiled) -> frozenset[str]:
    """Return whom evidence is tried to name: their facts, if they are on the books, count as well."""
    named = [
        group
        for version in compiled.book.versions
        for predicate in (
            *(rule.predicate for rule in version.rules),
            *(found for item in version.exemptions for found in (item.who, item.unless) if found),
        )
        for expression in (predicate.person, predicate.organisation)
        for group in groups_in(expression)
    ]
    return frozenset(_first(named))


class _Scope:
    """The rules on some models for one kind of link, and what they turn on (rule 1)."""

    def __init__(
        self, compiled: Compiled, at: Instant, models: Sequence[str], kind: LinkKind
    ) -> None:
        self._compiled, self._at = compiled, at
        cells = {model: compiled.phases.cell(model, at) for model in models}
        by_model = {model: compiled.rules(model, cell, kind) for model, cell in cells.items()}
        rules = [rule for found in by_model.values() for rule in found]
        self._asked = [
            (model, cells[model], capacity)
            for model, found in by_model.items()
            for capacity in _capacities(compiled, found, kind)
        ]
        named = list(_atoms(rules, kind))
        settling = [item for rule in rules for item in rule.rule.predicate.settling]
        derived = [item for item in named if not isinstance(item, Listed | Given)]
        self._follows = any(not isinstance(item, MostRecent | HeldAt) for item in derived)
        self._dated = frozenset(_dated(derived))
        self._plain = frozenset(_plain(named, settling)).difference(
            self._dated, FOLLOWED if self._follows else ()
        )
        self._names = _Names(named, settling)
        asking = _expressions(rules, kind) if self._follows else ()
        groups = [group for item in asking for group in groups_in(item)]
        self._listed = frozenset(member for group in groups for member in group.members)
        self._offered = frozenset(_first(groups))
        self._reached: tuple[Mapping[str, Subject], frozenset[str]] | None = None
        everything = compiled.all_partitions.derived  # of owners too
        self._then = {item.at for item in everything if isinstance(item, HeldAt)}
        asked = set(questions(rules))
        self._floors = sorted({question.floor for question in asked})
        self._ages = sorted({question.age for question in asked if question.age is not None})
        self._known: dict[Profile, bool] = {}

    def asks(self, profile: Profile) -> bool:
        """Whether anything may be asked of a link of a profile (rule 4)."""
        if profile not in self._known:
            judged = (
                self._compiled.judgement(model, cell, profile, capacity)
                for model, cell, capacity in self._asked
            )
            self._known[profile] = any(
                found.against and found.triple.least is not Outcome.DENY for found in judged
            )
        return self._known[profile]

    def told(self, subject: Subject) -> Shown:
        """Write what a subject has shown."""
        seen = [fact for fact in subject.facts if fact.verified_at <= self._at]
        plain: dict[str, list[Fact]] = {}
        for fact in seen:
            if fact.attribute in self._plain:
                plain.setdefault(fact.attribute, []).append(fact)
        dated = [fact for fact in seen if fact.attribute in self._dated]
        return (
            *((name, self._plainly(facts)) for name, facts in sorted(plain.items())),
            self._by_dates(dated) if dated else (),
            self._by_names(subject) if self._follows else (),
        )

    def _plainly(self, facts: Sequence[Fact]) -> Shown:
        order = _order((fact.verified_at for fact in facts), [self._at])
        names = self._names.turned()
        return (
            order[self._at],
            *(
                (
                    self._counts(fact),
                    order[fact.verified_at],
                    tuple(
                        names.of(fact.attribute, value.parts)
                        for value in fact.values
                        if value.holds(self._at)
                    ),
                )
                for fact in facts
            ),
        )

    def _by_dates(self, facts: Sequence[Fact]) -> Shown:
        """Rule 3, of what began when."""
        names = self._names.turned()
        return self._whole(facts, names.of)

    def _whole(self, facts: Sequence[Fact], name: Callable[[str, tuple[str, ...]], Shown]) -> Shown:
        """Write facts with every date, by their order."""
        instants = [at for fact in facts for at in (fact.verified_at, *_dates(fact.values))]
        marks = [self._at, *sorted(self._then)]
        order = _order(instants, marks)
        return (
            *(order[mark] for mark in marks),
            *(
                (
                    fact.attribute,
                    self._counts(fact),
                    order[fact.verified_at],
                    tuple(
                        (
                            name(fact.attribute, value.parts),
                            *(
                                None if at is None else order[at]
                                for at in (value.since, value.until)
                            ),
                        )
                        for value in fact.values
                    ),
                )
                for fact in facts
            ),
        )

    def _by_names(self, subject: Subject) -> Shown:
        """Rule 3, of whom facts name; their own id counts where facts, or evidence, come back to it."""
        facts = [fact for fact in subject.facts if fact.attribute in FOLLOWED]
        order = _order((fact.verified_at for fact in facts), [self._at])
        back = subject.id in self._from_offered(subject.related) or any(
            subject.id in one.rests_on() for one in followed(subject).values()
        )
        named = sorted({value.parts[0] for fact in facts for value in fact.values})
        others = [subject.related[name] for name in named if name in subject.related]
        leaves = not any(other.rests_on() for other in others)
        told = {
            name: (place, self._told_apart(subject, name, leaves=leaves))
            for place, name in enumerate(named)
        }
        return (
            subject.id if back else None,
            order[self._at],
            *(
                (
                    fact.attribute,
                    self._counts(fact),
                    order[fact.verified_at],
                    tuple(
                        (told[value.parts[0]], value.parts[1:], value.holds(self._at))
                        for value in fact.values
                    ),
                )
                for fact in facts
            ),
        )

    def _from_offered(self, related: Mapping[str, Subject]) -> frozenset[str]:
        """Return whom evidence may name, and whom their facts name in turn."""
        if self._reached is None or self._reached[0] is not related:
            there = (related[name] for name in self._offered if name in related)
            found = [
                other.rests_on()
                for one in there
                for other in followed(replace(one, related=related)).values()
            ]
            self._reached = related, self._offered.union(*found)
        return self._reached[1]

    def _told_apart(self, subject: Subject, name: str, *, leaves: bool) -> object:
        """Return what tells a name from others by more than where it sorts; None: nothing does.

        Of somebody of whom nobody else is known to be named, by nobody else, it is what they show.
        """
        if name == subject.id or name in self._listed:
            return name
        other = subject.related.get(name)
        if other is None:
            return None
        if leaves and name not in self._from_offered(subject.related):
            return other.kind, self._whole(other.facts, lambda _, parts: parts)
        return name

    def _counts(self, fact: Fact) -> Shown:
        """Say at which questions a fact counts, and whether it is a whole list."""
        return (
            fact.completeness,
            sum(floor <= fact.assurance for floor in self._floors),
            fact.expires_at is not None and fact.expires_at <= self._at,
            sum(self._at < fact.verified_at + age for age in self._ages),
        )


class _Names:
    """The names that rules name, by attribute and place in a value (rule 2)."""

    def __init__(
        self, named: Iterable[Listed | Given | Derived], offered: Iterable[Settling]
    ) -> None:
        self._named: dict[tuple[str, int], set[str]] = {}
        for item in named:
            match item:
                case Listed():
                    self._add((item.attribute,), item.patterns)
                case MostRecent(countries):
                    self._add(HELD, ((country,) for country in countries))
                case HeldAt(held):
                    self._add(EVER, held.patterns)
                case _:
                    pass
        for offer in offered:
            self._add((offer.attribute,), offer.values)

    def turned(self) -> "_Turned":
        """Return what turns names that no rule names into numbers, as they come."""
        return _Turned(self._named)

    def _add(self, attributes: Iterable[str], values: Iterable[tuple[str, ...]]) -> None:
        for parts in values:
            for attribute in attributes:
                for place, part in enumerate(parts):
                    self._named.setdefault((attribute, place), set()).add(part)


class _Turned:
    """Names as rules tell them apart, for the facts of one subject (rule 2)."""

    def __init__(self, named: Mapping[tuple[str, int], set[str]]) -> None:
        self._named = named
        self._numbers: dict[tuple[str, int, str], int] = {}

    def of(self, attribute: str, parts: tuple[str, ...]) -> Shown:
        """Turn the parts of a value; a part unsaid stays so."""
        return tuple(
            part
            if not part or part in self._named.get((attribute, place), ())
            else self._numbers.setdefault((attribute, place, part), len(self._numbers))
            for place, part in enumerate(parts)
        )


def _expressions(rules: Iterable[CompiledRule], kind: LinkKind) -> Iterator[Expression | None]:
    for rule in rules:
        yield branch(rule.rule.predicate, kind)
        for item in rule.active.exemptions:
            yield from (branch(item.who, kind), branch(item.unless, kind))


def _first(groups: Iterable[Group]) -> Iterator[str]:
    """Give the member that evidence is tried with for each list."""
    yield from (min(group.members) for group in groups if group.members)


def _atoms(rules: Iterable[CompiledRule], kind: LinkKind) -> Iterator[Listed | Given | Derived]:
    for expression in _expressions(rules, kind):
        yield from atoms(expression)


def _capacities(
    compiled: Compiled, rules: Iterable[CompiledRule], kind: LinkKind
) -> tuple[Capacity, ...]:
    """Return what the rules can tell apart of the lists that a link's organisation may be on."""
    groups = compiled.partitions.acting
    asked = {
        atom.group
        for atom in _atoms(rules, kind)
        if isinstance(atom, Given) and atom.operator == "acting_for"
    }
    mask = sum(1 << groups.place[group] for group in asked)
    found = {bits & mask for bits in groups.together} | {0}
    return tuple(Capacity(bits) for bits in sorted(found))


def _plain(named: Iterable[Listed | Given | Derived], offered: Iterable[Settling]) -> Iterator[str]:
    yield from (item.attribute for item in named if isinstance(item, Listed))
    yield from (item.attribute for item in offered)


def _dated(derived: Iterable[Derived]) -> Iterator[str]:
    for item in derived:
        if isinstance(item, MostRecent):
            yield from HELD
        elif isinstance(item, HeldAt):
            yield from EVER


def _order(instants: Iterable[Instant], marks: Iterable[Instant]) -> dict[Instant, int]:
    """Number instants, and marks among them, ascending."""
    return {at: place for place, at in enumerate(sorted({*instants, *marks}))}


def _dates(values: Iterable[Value]) -> Iterator[Instant]:
    for value in values:
        yield from (at for at in (value.since, value.until) if at is not None)
