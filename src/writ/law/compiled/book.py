"""A lawbook compiled: profiles and capacities in, decision-table rows out.

1. A profile is what is known of a subject at every question the rules ask; equal profiles are
   judged alike under every rule in force or scheduled.
2. A capacity is what the chain's organisation lends its people: the groups it belongs to, and
   the definitions it is certified for at the floor and age of the rules that accept that.
3. A row has a code for each segment (between two instants at which rules change) and model.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.compiled.cells import Known, Partition, Partitions
from writ.law.compiled.derived import Derivations
from writ.law.compiled.evidence import Question, knowledge, known, present, turning_points
from writ.law.compiled.judge import Judgement, Link, judge
from writ.law.compiled.rule import CompiledRule, LinkKind, compile_rule, questions
from writ.law.digest import rules_digest
from writ.model.cell import HELD, Triple
from writ.model.expression import Expression, Listed
from writ.model.order import ActiveRule, Lawbook
from writ.model.subject import Subject, followed

Role: TypeAlias = Literal["person", "organisation", "unnamed"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Rule 1; `role` is `unnamed` for the person a chain does not name.

    `own` are the groups it belongs to; whoever has no id may belong to any.
    """

    role: Role
    known: tuple[tuple[Known, ...], ...]
    own: Known


@dataclass(frozen=True, slots=True)
class Capacity:
    """Rule 2; the default is that of people who act for nobody."""

    acting: int = 0
    certified: frozenset[tuple[str, Question]] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """Rule 3, segment-major; `against` has (rule's place in its segment, certain) per cell."""

    cells: bytes
    against: Mapping[int, tuple[tuple[int, bool], ...]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A span without a change of rules; `start` is None for the first."""

    start: Instant | None
    rules: tuple[ActiveRule, ...]
    held: frozenset[str]


class Compiled:
    """One lawbook, compiled once; pure, and cheap to ask."""

    def __init__(self, book: Lawbook) -> None:
        self.book = book
        self.models = tuple(sorted(book.catalogue.models))
        self.boundaries = book.boundaries()
        self.segments = tuple(self._segment(start) for start in (None, *self.boundaries))
        self.partitions = Partitions(_expressions(book))
        self._derivations = Derivations(self.partitions.derived)
        self._rules: dict[tuple[int, str, LinkKind], tuple[CompiledRule, ...]] = {}
        self._questions = self._all_questions()
        self._digests: dict[int, str] = {}
        self._memo: dict[tuple[object, ...], Judgement] = {}
        self._rows: dict[tuple[Profile, Capacity], Row] = {}

    def segment_at(self, at: Instant) -> int:
        """Return the number of the segment that holds an instant."""
        return bisect_right(self.boundaries, at)

    def rules(self, segment: int, model: str, kind: LinkKind) -> tuple[CompiledRule, ...]:
        """Return the compiled rules for a model in a segment."""
        key = (segment, model, kind)
        if key not in self._rules:
            self._rules[key] = tuple(
                compile_rule(active, model, kind, self.partitions)
                for active in self.segments[segment].rules
                if model in active.rule.models
            )
        return self._rules[key]

    def digest(self, segment: int) -> str:
        """Return the rules digest of a segment."""
        if segment not in self._digests:
            start = self.segments[segment].start
            self._digests[segment] = rules_digest(self.book, -FOREVER if start is None else start)
        return self._digests[segment]

    def profile(self, subject: Subject, at: Instant) -> Profile:
        """Return a subject's profile at an instant; a service account has none of its own."""
        role: LinkKind = "organisation" if subject.kind == "organisation" else "person"
        groups = self.partitions.own_groups
        own = sum(1 << place for place, group in enumerate(groups) if subject.id in group.members)
        return Profile(
            role,
            tuple(self._known(subject, item, at) for item in self._questions),
            Known(own, 0) if subject.id else Known(0, (1 << len(groups)) - 1),
        )

    @property
    def follows(self) -> bool:
        """Whether an organisation's profile may rest on the facts of those related to it."""
        return self._derivations.follow

    def factless(self, role: Role) -> Profile:
        """Return the profile of somebody of whom nothing is known."""
        kind: LinkKind = "organisation" if role == "organisation" else "person"
        bare = self.profile(Subject("", kind), 0)
        return Profile(role, bare.known, bare.own)

    def capacity(self, organisation: Subject | None, at: Instant) -> Capacity:
        """Return what an organisation lends to the people who act for it."""
        if organisation is None:
            return Capacity()
        acting = sum(
            1 << place
            for place, group in enumerate(self.partitions.acting_groups)
            if organisation.id in group.members
        )
        return Capacity(acting, frozenset(self._certified(organisation, at)))

    def spans(self, subject: Subject, since: Instant) -> list[tuple[Instant, Profile, Capacity]]:
        """Return a subject's profiles and capacities from `since` on: (until, …), ascending."""
        everybody = followed(subject).values() if self.follows else (subject,)
        points = turning_points(
            (fact for item in everybody for fact in item.facts),
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
            found = self._rows[key] = self._compute_row(profile, capacity)
        return found

    def judgement(
        self, segment: int, model: str, profile: Profile, capacity: Capacity
    ) -> Judgement:
        """Return a link's judgement for one model in one segment."""
        kind: LinkKind = "organisation" if profile.role == "organisation" else "person"
        rules = self.rules(segment, model, kind)
        if profile.role == "unnamed":
            rules = tuple(rule for rule in rules if not _carried(rule, capacity))
        if not rules:
            return Judgement(HELD if model in self.segments[segment].held else _PASS, (), ())
        key = (tuple(map(_identity, rules)), model, profile, capacity.acting)
        found = self._memo.get(key)
        if found is None:
            link = Link(
                dict(zip(self._questions, profile.known, strict=True)),
                profile.own,
                capacity.acting if kind == "person" else 0,
            )
            found = self._memo[key] = judge(rules, link)
        if model in self.segments[segment].held:
            return Judgement(HELD, found.against, found.certain)
        return found

    def _known(self, subject: Subject, question: Question, at: Instant) -> tuple[Known, ...]:
        return (
            *knowledge(self.partitions, subject, question, at),
            self._derivations.known(subject, question, at),
        )

    def _compute_row(self, profile: Profile, capacity: Capacity) -> Row:
        codes = bytearray()
        against: dict[int, tuple[tuple[int, bool], ...]] = {}
        for number, segment in enumerate(self.segments):
            place = {_place(active): index for index, active in enumerate(segment.rules)}
            touched = {model for active in segment.rules for model in active.rule.models}
            for model in self.models:
                if model not in touched and model not in segment.held:
                    codes.append(0)
                    continue
                found = self.judgement(number, model, profile, capacity)
                if found.against:
                    against[len(codes)] = tuple(
                        (place[_place(rule.active)], certain)
                        for rule, certain in zip(found.against, found.certain, strict=True)
                    )
                codes.append(found.triple.code)
        return Row(bytes(codes), against)

    def _certified(self, organisation: Subject, at: Instant) -> Iterator[tuple[str, Question]]:
        facts = [fact for fact in organisation.facts if fact.attribute == "users_certified"]
        for name, question in self._certifiable:
            counted = [fact for fact in facts if present(fact, question, at)]
            if known(self._certificates, counted, at).yes & self._certificates.bit((name,)):
                yield name, question

    def _segment(self, start: Instant | None) -> Segment:
        at = -FOREVER if start is None else start
        return Segment(
            start,
            self.book.rules_at(at),
            frozenset(hold.model for hold in self.book.holds_at(at)),
        )

    def _all_questions(self) -> tuple[Question, ...]:
        asked: dict[Question, None] = {}
        certifiable: dict[tuple[str, Question], None] = {}
        kinds: Sequence[LinkKind] = ("person", "organisation")
        for number, segment in enumerate(self.segments):
            for model in {model for active in segment.rules for model in active.rule.models}:
                for kind in kinds:
                    rules = self.rules(number, model, kind)
                    asked |= dict.fromkeys(questions(rules))
                    certifiable |= dict.fromkeys(c for rule in rules for c in _certificate(rule))
        self._certifiable = tuple(certifiable)
        self._certificates = Partition(
            Listed("certified", "users_certified", frozenset({(name,)}))
            for name in dict.fromkeys(name for name, _ in certifiable)
        )
        return tuple(sorted(asked, key=lambda q: (q.floor, q.age is None, q.age or 0)))


_PASS = Triple()


def _expressions(book: Lawbook) -> Iterator[Expression | None]:
    for version in book.versions:
        for rule in version.rules:
            yield from (rule.predicate.person, rule.predicate.organisation)
        for item in version.exemptions:
            for predicate in (item.who, item.unless):
                if predicate is not None:
                    yield from (predicate.person, predicate.organisation)


def _certificate(rule: CompiledRule) -> Iterator[tuple[str, Question]]:
    name = rule.rule.predicate.name
    if (
        rule.rule.standing == "certified_organisation"
        and rule.rule.sense == "only"
        and name is not None
    ):
        yield name, rule.serve


def _place(active: ActiveRule) -> tuple[str, str]:
    """What a rule is told apart by within one segment."""
    return active.version.order, active.rule.id


def _identity(rule: CompiledRule) -> tuple[int, str]:
    """What a rule is told apart by in the whole book, with its exceptions."""
    return id(rule.active.version), rule.rule.id


def _carried(rule: CompiledRule, capacity: Capacity) -> bool:
    """Whether the organisation's standing stands for people whom the chain does not name."""
    if rule.rule.standing == "organisation":
        return True
    return any(certificate in capacity.certified for certificate in _certificate(rule))
