"""A lawbook compiled: profiles and capacities in, decision-table rows out.

1. A profile is what is known of a subject at every question the rules ask, as the number of a
   state for each attribute; equal profiles are judged alike under every rule in force or scheduled.
2. A capacity is what the chain's organisation lends its people: the groups it belongs to, and
   the definitions it is certified for at the floor and age of the rules that accept that.
3. A row has a code for each model and phase of the rules on it (see `writ.model.phases`).
4. For a deployment, only the rules that cover it judge; phases and digests are the whole law's.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.compiled.cells import Known, Partition, Partitions, atoms
from writ.law.compiled.derived import Derivations
from writ.law.compiled.evidence import Question, knowledge, known, present, turning_points
from writ.law.compiled.judge import Judgement
from writ.law.compiled.narrow import Narrowed, States
from writ.law.compiled.plain import Plain
from writ.law.compiled.rule import CompiledRule, LinkKind, compile_rule, questions
from writ.law.compiled.speech import Speech, Speeches
from writ.law.digest import Digests
from writ.model.catalogue import Deployment
from writ.model.cell import HELD, Triple
from writ.model.expression import (
    Derived,
    EmployedBy,
    Expression,
    Given,
    Listed,
    OwnedBy,
    ParentIs,
)
from writ.model.order import ActiveRule, Lawbook
from writ.model.subject import Fact, Subject, followed
from writ.model.vocabulary import Kind

Against: TypeAlias = tuple[tuple[int, bool, bool], ...]
"""Rules by their place in `Lawbook.standing`, and whether each bars for certain, and firmly."""
MOST_ROWS = 1000
"""Rows kept; each may be as large as all that ever changes, and whoever needs more keeps them."""
Role: TypeAlias = Literal["person", "organisation", "unnamed"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Rule 1; the last state is of the groups it belongs to: whoever has no id may belong to any.

    `role` is `unnamed` for the person a chain does not name.
    """

    role: Role
    states: tuple[int, ...]

    @property
    def kind(self) -> LinkKind:
        """The kind of link."""
        return "organisation" if self.role == "organisation" else "person"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Rule 2; the default is that of people who act for nobody."""

    acting: int = 0
    certified: frozenset[tuple[str, Question]] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """Rule 3; `against` has, for each cell that anything bars, what does not let it pass."""

    cells: bytes
    against: Mapping[int, Against]


class Compiled:
    """One lawbook, compiled once; pure, and cheap to ask.

    `like` is law with orders in common: what is the same of both is found once.
    """

    def __init__(
        self, book: Lawbook, deployment: Deployment | None = None, like: "Compiled | None" = None
    ) -> None:
        self.book, self.deployment = book, deployment
        self.boundaries = book.boundaries()
        self._place = {id(active): place for place, active in enumerate(book.standing)}
        self.speeches = Speeches(book)
        self.phases = self.speeches.phases
        known: Partitions | None = None if like is None else like.partitions
        self.partitions: Partitions = Partitions(_expressions(book), known)
        self._derivations = Derivations(self.partitions.derived)
        self._compiled: dict[tuple[int, str, LinkKind], CompiledRule] = {}
        self._rules: dict[tuple[int, LinkKind], tuple[CompiledRule, ...]] = {}
        self._states = States()
        self._narrowed: dict[tuple[str, LinkKind], Narrowed] = {}
        self._plains: dict[LinkKind, Plain] = {}
        self._columns: dict[tuple[object, ...], Row] = {}
        self._digest_of: dict[int, str] = {}
        self._rows: dict[tuple[Profile, Capacity], Row] = {}

    def segment_at(self, at: Instant) -> int:
        """Return the number of the segment that holds an instant: between two changes of rules."""
        return bisect_right(self.boundaries, at)

    def start(self, segment: int) -> Instant:
        """Return when a segment begins."""
        return self.boundaries[segment - 1] if segment else -FOREVER

    def speaking(self, model: str, at: Instant) -> Speech:
        """Return the rules that speak of a model at an instant, and whether it is held."""
        return self.speeches.at[self.phases.cell(model, at)]

    def rules(self, model: str, cell: int, kind: LinkKind) -> tuple[CompiledRule, ...]:
        """Return the compiled rules of a model's cell."""
        key = (cell, kind)
        if key not in self._rules:
            self._rules[key] = tuple(
                self._rule(active, model, kind)
                for active in self.speeches.at[cell].rules
                if active.rule.covers(self.deployment)
            )
        return self._rules[key]

    @cached_property
    def _digests(self) -> Digests:
        return Digests(self.book)

    def digest(self, segment: int) -> str:
        """Return the rules digest of a segment."""
        if segment not in self._digest_of:
            self._digest_of[segment] = self._digests.at(self.start(segment))
        return self._digest_of[segment]

    def profile(self, subject: Subject, at: Instant) -> Profile:
        """Return a subject's profile at an instant; a service account has none of its own."""
        return self.profile_as(subject, subject.id, self.known(subject, at))

    def known(self, subject: Subject, at: Instant) -> tuple[tuple[Known, ...], ...]:
        """Return what is known of a subject at each question.

        Questions for which the same facts count, of others too, are answered once. An id changes
        nothing in it unless relations are followed.
        """
        others = followed(subject).values() if self.follows_from(subject) else (subject,)
        facts = [fact for one in others for fact in one.facts]
        answered: dict[tuple[bool, ...], tuple[Known, ...]] = {}
        found: list[tuple[Known, ...]] = []
        for item in self._questions:
            counting = tuple(present(fact, item, at) for fact in facts)
            if counting not in answered:
                answered[counting] = self._known(subject, item, at)
            found.append(answered[counting])
        return tuple(found)

    def follows_from(self, subject: Subject) -> bool:
        """Whether a subject's profile may rest on the facts of those related to it."""
        return subject.kind in self.follows

    def profile_as(
        self, subject: Subject, name: str, known: tuple[tuple[Known, ...], ...]
    ) -> Profile:
        """Return the profile of a subject under an id, by what is known of it."""
        role: LinkKind = "organisation" if subject.kind == "organisation" else "person"
        parts = self.partitions
        everybody = (1 << len(parts.own_groups)) - 1
        own = Known(parts.own.of(name), 0) if name else Known(0, everybody)
        states = (*zip(*known, strict=True), (own,) * len(known))
        return Profile(role, tuple(map(self._states.number, states)))

    @cached_property
    def all_partitions(self) -> Partitions:
        """The cells of everything that is asked, of owners and parents too."""
        asked = [item for atom in self.partitions.derived for item in _asked_of_others(atom)]
        return Partitions((*_expressions(self.book), *asked)) if asked else self.partitions

    @property
    def follows(self) -> frozenset[Kind]:
        """The kinds of subjects whose profiles may rest on the facts of those related to them."""
        return self._derivations.follows

    def factless(self, role: Role) -> Profile:
        """Return the profile of somebody of whom nothing is known."""
        kind: LinkKind = "organisation" if role == "organisation" else "person"
        bare = self.profile(Subject("", kind), 0)
        return Profile(role, bare.states)

    def capacity(self, organisation: Subject | None, at: Instant) -> Capacity:
        """Return what an organisation lends to the people who act for it."""
        if organisation is None:
            return Capacity()
        acting = self.partitions.acting.of(organisation.id)
        return Capacity(acting, frozenset(self._certified(organisation, at)))

    def spans(self, subject: Subject, since: Instant) -> list[tuple[Instant, Profile, Capacity]]:
        """Return a subject's profiles and capacities from `since` on: (until, …), ascending."""
        points = turning_points(
            (*subject.facts, *self._facts_of_others(subject)),
            [question.age for question in self._questions],
        )
        edges = [since, *sorted(point for point in points if point > since), FOREVER]
        spans: list[tuple[Instant, Profile, Capacity]] = []
        organisation = subject if subject.kind == "organisation" else None
        for start, until in pairwise(edges):
            state = (self.profile(subject, start), self.capacity(organisation, start))
            if spans and spans[-1][1:] == state:
                spans.pop()
            spans.append((until, *state))
        return spans

    def row(self, profile: Profile, capacity: Capacity) -> Row:
        """Return the row of a profile in a capacity."""
        key = (profile, capacity)
        found = self._rows.get(key)
        if found is None:
            found = self._compute_row(profile, capacity)
            if len(self._rows) >= MOST_ROWS:
                self._rows.clear()
            self._rows[key] = found
        return found

    def judgement(self, model: str, cell: int, profile: Profile, capacity: Capacity) -> Judgement:
        """Return a link's judgement for one cell of a model."""
        rules, held = self.rules(model, cell, profile.kind), self.speeches.at[cell].held
        if profile.role == "unnamed":
            rules = tuple(rule for rule in rules if not _carried(rule, capacity))
        if not rules:
            return Judgement(HELD if held else _PASS, (), ())
        narrowed = self._narrow(model, profile.kind)
        found = narrowed.judgement(rules, narrowed.key(profile.states, _acting(profile, capacity)))
        return replace(found, triple=HELD) if held else found

    def _known(self, subject: Subject, question: Question, at: Instant) -> tuple[Known, ...]:
        return (
            *knowledge(self.partitions, subject, question, at),
            self._derivations.known(subject, question, at),
        )

    def _facts_of_others(self, subject: Subject) -> Iterator[Fact]:
        """Yield the facts of those related to a subject that its profile may turn on."""
        asked = self._derivations.asked_of_others
        for item in followed(subject).values() if self.follows_from(subject) else ():
            yield from (fact for fact in item.facts if fact.attribute in asked)

    def _compute_row(self, profile: Profile, capacity: Capacity) -> Row:
        states, places = self._plain(profile.kind).of(profile.states)
        base = Row(bytes(self.phases.width), {})
        if states == profile.states:
            places = frozenset(range(len(self.speeches.spoken)))
        else:
            base = self.row(Profile(profile.role, states), capacity)
        codes, against = bytearray(base.cells), dict(base.against)
        for model, cells in map(self.speeches.spoken.__getitem__, places):
            column = self._column(model, cells, profile, capacity)
            codes[cells.start : cells.stop] = column.cells
            for cell in cells:
                against.pop(cell, None)
            against |= column.against
        return Row(bytes(codes), against)

    def _plain(self, kind: LinkKind) -> Plain:
        if kind not in self._plains:
            parts = self.partitions
            own = (1 << len(parts.own_groups)) - 1
            everything = [*(known.free for known in parts.unknown), parts.underived.free, own]
            models = [self._narrow(model, kind) for model, _ in self.speeches.spoken]
            self._plains[kind] = Plain(models, everything, self._states)
        return self._plains[kind]

    def _column(self, model: str, cells: range, profile: Profile, capacity: Capacity) -> Row:
        """Return a row's part for one model; links that its rules cannot tell apart share it."""
        narrowed = self._narrow(model, profile.kind)
        key = narrowed.key(profile.states, _acting(profile, capacity))
        lent = capacity.certified if profile.role == "unnamed" else None
        asked = (model, profile.role, key, lent)
        found = self._columns.get(asked)
        if found is None:
            judged = [(cell, self.judgement(model, cell, profile, capacity)) for cell in cells]
            found = self._columns[asked] = Row(
                bytes(item.triple.code for _, item in judged),
                {cell: self._told(item) for cell, item in judged if item.against},
            )
        return found

    def _told(self, found: Judgement) -> Against:
        return tuple(
            (self._place[id(rule.active)], certain, firm)
            for rule, certain, firm in zip(found.against, found.certain, found.firm, strict=True)
        )

    def _narrow(self, model: str, kind: LinkKind) -> Narrowed:
        key = (model, kind)
        if key not in self._narrowed:
            rules = [
                self._rule(active, model, kind) for active in self.speeches.by_model.get(model, ())
            ]
            self._narrowed[key] = Narrowed(rules, self._asked, self._states)
        return self._narrowed[key]

    def _rule(self, active: ActiveRule, model: str, kind: LinkKind) -> CompiledRule:
        """Compile a rule once for all models that its exceptions treat alike."""
        alike = all(model in item.models for item in active.exemptions)
        key = (id(active), "" if alike else model, kind)
        if key not in self._compiled:
            self._compiled[key] = compile_rule(active, model, kind, self.partitions)
        return self._compiled[key]

    def _certified(self, organisation: Subject, at: Instant) -> Iterator[tuple[str, Question]]:
        facts = [fact for fact in organisation.facts if fact.attribute == "users_certified"]
        for name, question in self._certifiable:
            counted = [fact for fact in facts if present(fact, question, at)]
            if known(self._certificates, counted, at).yes & self._certificates.bit((name,)):
                yield name, question

    @cached_property
    def _questions(self) -> tuple[Question, ...]:
        """What is asked of each model by all rules that ever speak of it."""
        asked = dict.fromkeys(q for rules in self.ever() for q in questions(rules))
        return tuple(sorted(asked, key=lambda q: (q.floor, q.age is None, q.age or 0)))

    @cached_property
    def _asked(self) -> dict[Question, int]:
        return {question: place for place, question in enumerate(self._questions)}

    @cached_property
    def _certifiable(self) -> tuple[tuple[str, Question], ...]:
        found = (c for rules in self.ever() for rule in rules for c in _certificate(rule))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _certificates(self) -> Partition:
        return Partition(
            Listed("certified", "users_certified", frozenset({(name,)}))
            for name in dict.fromkeys(name for name, _ in self._certifiable)
        )

    def ever(self) -> Iterator[list[CompiledRule]]:
        """Yield the compiled rules that ever speak of each model, for each kind of link."""
        kinds: Sequence[LinkKind] = ("person", "organisation")
        for model, rules in self.speeches.by_model.items():
            for kind in kinds:
                yield [self._rule(active, model, kind) for active in rules]


_PASS = Triple()


def _acting(profile: Profile, capacity: Capacity) -> int:
    """The groups a person acts for; an organisation acts for nobody."""
    return capacity.acting if profile.kind == "person" else 0


def _expressions(book: Lawbook) -> Iterator[Expression | None]:
    for version in book.versions:
        for rule in version.rules:
            yield from (rule.predicate.person, rule.predicate.organisation)
        for item in version.exemptions:
            for predicate in (item.who, item.unless):
                if predicate is not None:
                    yield from (predicate.person, predicate.organisation)


def _asked_of_others(atom: Derived) -> Iterator[Expression | None]:
    """Yield what an atom asks of others, and what that asks in turn."""
    for expression in _of_others(atom):
        yield expression
        for other in atoms(expression):
            if not isinstance(other, Listed | Given):
                yield from _asked_of_others(other)


def _of_others(atom: Derived) -> tuple[Expression | None, ...]:
    match atom:
        case OwnedBy(who=who):
            return who.person, who.organisation
        case ParentIs(who) | EmployedBy(who):
            return (who,)
        case _:
            return ()


def _certificate(rule: CompiledRule) -> Iterator[tuple[str, Question]]:
    name = rule.rule.predicate.name
    if (
        rule.rule.standing == "certified_organisation"
        and rule.rule.sense == "only"
        and name is not None
    ):
        yield name, rule.serve


def _carried(rule: CompiledRule, capacity: Capacity) -> bool:
    """Whether the organisation's standing stands for people whom the chain does not name."""
    if rule.rule.standing == "organisation":
        return True
    return any(certificate in capacity.certified for certificate in _certificate(rule))
