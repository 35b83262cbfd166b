"""What somebody could show, or an owner or parent of theirs, to settle a link.

1. Candidates come in the order of the definitions (cheapest first), then of the rules' own words;
   a list offers each of its cells once, a negation offers a complete list.
2. A complete list has what counts already, at the floor and one of the ages asked for, or all that
   was ever shown.
3. Members of a group are never listed; the group's name stands for them.
4. What an order asks of owners and parents is theirs to show: it is offered of those whom the facts
   name, nearest first, and of one more, `?`, who must be named first. Whoever is not on the books
   may turn out to be of either kind.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.cells import Partition
from writ.law.compiled.evidence import Question, present
from writ.law.compiled.rule import CompiledRule, LinkKind, branch
from writ.law.compiled.settle_derived import Asked, asked_of_others, naming, offers
from writ.model.decision import LinkName
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Settling,
)
from writ.model.subject import Completeness, Subject

Parts: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A link to settle: whose, for which model (and in which cell of a row), when."""

    name: LinkName
    subject: Subject
    capacity: Capacity
    cell: int
    model: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values to show (`shown`), and one concrete choice of them to try (`tried`).

    `of` is the owner or parent who would show them; None: the link itself.
    """

    attribute: str
    shown: Parts
    tried: Parts
    completeness: Completeness
    methods: tuple[str, ...]
    of: Subject | None = None

    @property
    def whose(self) -> str | None:
        """The id of the owner or parent."""
        return None if self.of is None else self.of.id


class Candidates:
    """All that may be tried for one link, against the rules that do not let it pass."""

    def __init__(self, compiled: Compiled, link: Open, against: Sequence[CompiledRule]) -> None:
        self._link, self._against = link, against
        organisation = link.subject.kind == "organisation"
        self._kind: LinkKind = "organisation" if organisation else "person"
        self._cells = compiled.all_partitions
        serving = [rule.serve for rule in against]
        serving += [i.serve for rule in against for i in rule.exemptions if i.serve is not None]
        self.floor = max(question.floor for question in serving)
        self._views = [Question(self.floor, age) for age in {item.age: None for item in serving}]

    def plain(self) -> tuple[Candidate, ...]:
        """Rule 1."""
        found: dict[tuple[object, ...], Candidate] = {}
        for rule in self._against:
            for item in self._of_rule(rule):
                kind = item.of and item.of.kind
                key = (item.whose, kind, item.attribute, item.tried, item.completeness)
                found.setdefault(key, item)
        return tuple(found.values())

    def completed(self, plain: Iterable[Candidate]) -> Iterator[Candidate]:
        """Give values to show as part of complete lists (rule 2)."""
        for item in plain:
            if item.completeness == "at_least":
                for known in self._lists(item.of or self._link.subject, item.attribute):
                    yield replace(
                        item,
                        shown=tuple(dict.fromkeys((*known, item.shown[0]))),
                        tried=tuple(dict.fromkeys((*known, *item.tried))),
                        completeness="exhaustive",
                    )

    def _of_rule(self, rule: CompiledRule) -> Iterator[Candidate]:
        predicate = rule.rule.predicate
        wanted = rule.rule.sense == "only"
        for settling in predicate.settling if wanted else ():
            if settling.kind == self._kind:
                yield from self._defined(settling)
        yield from self._of_expression(None, branch(predicate, self._kind), wanted=wanted)
        for item in rule.active.exemptions:
            if self._link.model in item.models:
                yield from self._of_expression(None, branch(item.who, self._kind), wanted=True)
                yield from self._of_expression(None, branch(item.unless, self._kind), wanted=False)

    def _defined(self, settling: Settling) -> Iterator[Candidate]:
        if settling.completeness == "at_least":
            place = self._cells.index.get(settling.attribute)
            apart = ((parts,) for parts in settling.values)  # no list tells them apart or together
            cells = None if place is None else self._cells.of[place]
            for alike in apart if cells is None else _by_cell(cells, settling.values):
                yield Candidate(
                    settling.attribute, alike, (alike[0],), "at_least", settling.methods
                )
            return
        for known in self._lists(self._link.subject, settling.attribute):
            values = tuple(dict.fromkeys((*known, *settling.values)))
            yield Candidate(settling.attribute, values, values, "exhaustive", settling.methods)

    def _of_expression(
        self, of: Subject | None, expression: Expression | None, *, wanted: bool
    ) -> Iterator[Candidate]:
        match expression:
            case Listed() if wanted:
                place = self._cells.index[expression.attribute]
                yield from _cells(of, self._cells.of[place], expression)
            case Listed():
                yield from self._complete(of, expression.attribute)
            case MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
                yield from self._of_derived(of, expression, wanted=wanted)
            case AnyOf(items) | AllOf(items):
                for item in items:
                    yield from self._of_expression(of, item, wanted=wanted)
            case Not(item):
                yield from self._of_expression(of, item, wanted=not wanted)
            case _:
                return

    def _of_derived(
        self, of: Subject | None, atom: Derived, *, wanted: bool
    ) -> Iterator[Candidate]:
        for offer in (*offers(atom, wanted=wanted), *(naming(atom) if wanted else ())):
            if offer.complete:
                yield from self._complete(of, offer.attribute, offer.shown)
            else:
                yield Candidate(offer.attribute, offer.shown, offer.tried, "at_least", (), of)
        for asked in asked_of_others(atom, of or self._link.subject, wanted=wanted):
            yield from self._of_other(asked, wanted=wanted)

    def _of_other(self, asked: Asked, *, wanted: bool) -> Iterator[Candidate]:
        """Rule 4."""
        own = asked.subject.id == self._link.subject.id
        other = None if own else asked.subject
        yield from self._of_expression(other, asked.expression, wanted=wanted)
        if asked.through and not wanted:
            yield from self._complete(other, asked.through)

    def _complete(
        self, of: Subject | None, attribute: str, more: Parts = ()
    ) -> Iterator[Candidate]:
        for known in self._lists(of or self._link.subject, attribute):
            values = tuple(dict.fromkeys((*known, *more)))
            yield Candidate(attribute, values, values, "exhaustive", (), of)

    def _lists(self, subject: Subject, attribute: str) -> Iterable[Parts]:
        """Give the lists that a complete one could begin with (rule 2)."""
        at = self._link.at
        facts = [
            fact for fact in subject.facts if fact.attribute == attribute and fact.verified_at <= at
        ]
        views = [[fact for fact in facts if present(fact, view, at)] for view in self._views]
        return dict.fromkeys(
            tuple(
                dict.fromkeys(
                    value.parts for fact in counted for value in fact.values if value.holds(at)
                )
            )
            for counted in (*views, facts)
        )


def _cells(of: Subject | None, partition: Partition, listed: Listed) -> Iterator[Candidate]:
    """One candidate per cell of a list; a group is one candidate under its name (rule 3)."""
    concrete = [
        tuple("" if part == WILD else part for part in pattern)
        for pattern in sorted(listed.patterns)
    ]
    if listed.group is not None:
        shown = tuple(dict.fromkeys((listed.group.name, *parts[1:]) for parts in concrete))
        yield Candidate(listed.attribute, shown, (concrete[0],), "at_least", (), of)
        return
    if listed.least is not None:
        concrete.sort(key=lambda parts: int(parts[0]))
    for values in _by_cell(partition, concrete):
        # Who is over the least is asked for no more.
        shown = values if listed.least is None else values[:1]
        yield Candidate(listed.attribute, shown, (values[0],), "at_least", (), of)


def _by_cell(partition: Partition, values: Iterable[tuple[str, ...]]) -> Iterator[Parts]:
    """Put values together that share a cell, and those they may turn out to be: any would do."""
    cells: dict[tuple[int, int], list[tuple[str, ...]]] = {}
    for parts in values:
        cells.setdefault((partition.bit(parts), partition.finer(parts)), []).append(parts)
    yield from map(tuple, cells.values())
