"""What would settle a link: the smallest sets of further values that reach its best world.

1. Candidates come in the order of the definitions (cheapest first), then of the rules' own words;
   a list offers each of its cells once, a negation offers a complete list.
2. A candidate is tried for real: as a fact verified at the instant of the decision, at the highest
   floor the rules serve at, beside the facts there are.
3. The best world is what the facts that count to serve leave possible. Sets of one are tried
   before pairs, pairs before triples; the first size that reaches it answers.
4. A complete list has what counts already, at the floor and one of the ages asked for, or all that
   was ever shown. Where nothing else helps, values to show are tried as part of one.
5. Members of a group are never listed; the group's name stands for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.cells import Partition
from writ.law.compiled.evidence import Question, present
from writ.law.compiled.judge import Judgement
from writ.law.compiled.rule import CompiledRule, LinkKind, branch
from writ.law.compiled.settle_derived import offers
from writ.model.decision import LinkName, Settlement
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    Expression,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Settling,
)
from writ.model.outcome import Outcome
from writ.model.subject import Completeness, Fact, Subject, Value

LARGEST_SET = 3
MANY = 16  # beyond so many candidates only single ones are tried

_Parts = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values to show (`shown`), and one concrete choice of them to try (`tried`)."""

    attribute: str
    shown: _Parts
    tried: _Parts
    completeness: Completeness
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A link to settle: whose, for which model (and in which cell of a row), when."""

    name: LinkName
    subject: Subject
    capacity: Capacity
    cell: int
    model: str
    at: Instant


def settle(
    compiled: Compiled, link: Open, found: Judgement, *, named: bool = True
) -> tuple[Settlement, ...]:
    """Return the settlements of one link; none where nothing would make a difference.

    Somebody whom the chain does not name is settled by being named, and judged as such.
    """
    if not found.against:
        return ()
    search = _Search(compiled, link, found.against)
    best = search.strong().triple.least
    if named:
        best = min(best, found.triple.least)
    if found.triple.outcome <= best:
        return ()
    plain = search.candidates()
    for candidates in (plain, (*plain, *search.completed(plain))):  # rule 4
        sets = search.sets(candidates, best)
        if sets:
            return tuple(_written(link.name, sets, search.floor))
    return ()


class _Search:
    """The trying of candidates for one link."""

    def __init__(self, compiled: Compiled, link: Open, against: Sequence[CompiledRule]) -> None:
        self._compiled = compiled
        self._link = link
        self._against = against
        organisation = link.subject.kind == "organisation"
        self._kind: LinkKind = "organisation" if organisation else "person"
        serving = [rule.serve for rule in against]
        serving += [i.serve for rule in against for i in rule.exemptions if i.serve is not None]
        self.floor = max(question.floor for question in serving)
        self._views = [Question(self.floor, age) for age in {item.age: None for item in serving}]

    def strong(self) -> Judgement:
        """Judge the link by the facts that count to serve."""
        facts = tuple(fact for fact in self._link.subject.facts if fact.assurance >= self.floor)
        return self._judged(facts)

    def sets(self, candidates: Sequence[Candidate], best: Outcome) -> list[tuple[Candidate, ...]]:
        """Return the smallest sets that reach the best world (rule 3)."""
        largest = LARGEST_SET if len(candidates) <= MANY else 1
        for size in range(1, largest + 1):
            found = [
                chosen
                for chosen in combinations(candidates, size)
                if len({item.attribute for item in chosen}) == size
                and self._reached(chosen) <= best
            ]
            if found:
                return found
        return []

    def candidates(self) -> tuple[Candidate, ...]:
        """Rule 1."""
        found: dict[tuple[str, _Parts, str], Candidate] = {}
        for rule in self._against:
            for item in self._of_rule(rule):
                found.setdefault((item.attribute, item.tried, item.completeness), item)
        return tuple(found.values())

    def completed(self, plain: Iterable[Candidate]) -> Iterator[Candidate]:
        """Give values to show as part of complete lists (rule 4)."""
        for item in plain:
            if item.completeness == "at_least":
                for known in self._lists(item.attribute):
                    yield replace(
                        item,
                        shown=tuple(dict.fromkeys((*known, item.shown[0]))),
                        tried=tuple(dict.fromkeys((*known, *item.tried))),
                        completeness="exhaustive",
                    )

    def _judged(self, facts: tuple[Fact, ...]) -> Judgement:
        link, compiled = self._link, self._compiled
        profile = compiled.profile(replace(link.subject, facts=facts), link.at)
        return compiled.judgement(link.model, link.cell, profile, link.capacity)

    def _reached(self, chosen: Iterable[Candidate]) -> Outcome:
        """Rule 2."""
        added = tuple(
            Fact(
                item.attribute,
                tuple(Value(parts) for parts in item.tried),
                item.completeness,
                self.floor,
                "would-settle",
                "",
                self._link.at,
            )
            for item in chosen
        )
        return self._judged(self._link.subject.facts + added).triple.outcome

    def _of_rule(self, rule: CompiledRule) -> Iterator[Candidate]:
        predicate = rule.rule.predicate
        wanted = rule.rule.sense == "only"
        for settling in predicate.settling if wanted else ():
            if settling.kind == self._kind:
                yield from self._defined(settling)
        yield from self._of_expression(branch(predicate, self._kind), wanted=wanted)
        for item in rule.active.exemptions:
            if self._link.model in item.models:
                yield from self._of_expression(branch(item.who, self._kind), wanted=True)
                yield from self._of_expression(branch(item.unless, self._kind), wanted=False)

    def _defined(self, settling: Settling) -> Iterator[Candidate]:
        if settling.completeness == "at_least":
            place = self._compiled.partitions.index.get(settling.attribute)
            apart = ((parts,) for parts in settling.values)  # no list tells them apart or together
            cells = None if place is None else self._compiled.partitions.of[place]
            for alike in apart if cells is None else _by_cell(cells, settling.values):
                yield Candidate(
                    settling.attribute, alike, (alike[0],), "at_least", settling.methods
                )
            return
        for known in self._lists(settling.attribute):
            values = tuple(dict.fromkeys((*known, *settling.values)))
            yield Candidate(settling.attribute, values, values, "exhaustive", settling.methods)

    def _of_expression(self, expression: Expression | None, *, wanted: bool) -> Iterator[Candidate]:
        match expression:
            case Listed() if wanted:
                place = self._compiled.partitions.index[expression.attribute]
                yield from _cells(self._compiled.partitions.of[place], expression)
            case Listed():
                for known in self._lists(expression.attribute):
                    yield Candidate(expression.attribute, known, known, "exhaustive", ())
            case MostRecent() | OwnedBy() | ParentIs():
                yield from self._of_derived(expression, wanted=wanted)
            case AnyOf(items) | AllOf(items):
                for item in items:
                    yield from self._of_expression(item, wanted=wanted)
            case Not(item):
                yield from self._of_expression(item, wanted=not wanted)
            case _:
                return

    def _of_derived(self, atom: Derived, *, wanted: bool) -> Iterator[Candidate]:
        for offer in offers(atom, wanted=wanted):
            attribute = offer.attribute
            if offer.complete:
                for known in self._lists(attribute):
                    values = tuple(dict.fromkeys((*known, *offer.shown)))
                    yield Candidate(attribute, values, values, "exhaustive", ())
            else:
                yield Candidate(attribute, offer.shown, offer.tried, "at_least", ())

    def _lists(self, attribute: str) -> Iterable[_Parts]:
        """Give the lists that a complete one could begin with (rule 4)."""
        at = self._link.at
        facts = [
            fact
            for fact in self._link.subject.facts
            if fact.attribute == attribute and fact.verified_at <= at
        ]
        views = [[fact for fact in facts if present(fact, view, at)] for view in self._views]
        return dict.fromkeys(_values(counted, at) for counted in (*views, facts))


def _values(facts: Iterable[Fact], at: Instant) -> _Parts:
    return tuple(
        dict.fromkeys(value.parts for fact in facts for value in fact.values if value.holds(at))
    )


def _cells(partition: Partition, listed: Listed) -> Iterator[Candidate]:
    """One candidate per cell of a list; a group is one candidate under its name (rule 5)."""
    concrete = [
        tuple("" if part == WILD else part for part in pattern)
        for pattern in sorted(listed.patterns)
    ]
    if listed.group is not None:
        shown = tuple(dict.fromkeys((listed.group.name, *parts[1:]) for parts in concrete))
        yield Candidate(listed.attribute, shown, (concrete[0],), "at_least", ())
        return
    if listed.least is not None:
        concrete.sort(key=lambda parts: int(parts[0]))
    for values in _by_cell(partition, concrete):
        # Who is over the least is asked for no more.
        shown = values if listed.least is None else values[:1]
        yield Candidate(listed.attribute, shown, (values[0],), "at_least", ())


def _by_cell(partition: Partition, values: Iterable[tuple[str, ...]]) -> Iterator[_Parts]:
    """Put values together that share a cell: any of them would do."""
    cells: dict[int, list[tuple[str, ...]]] = {}
    for parts in values:
        cells.setdefault(partition.bit(parts), []).append(parts)
    yield from map(tuple, cells.values())


def _written(
    name: LinkName, sets: Sequence[tuple[Candidate, ...]], floor: int
) -> Iterator[Settlement]:
    for number, chosen in enumerate(sets):
        for item in chosen:
            yield Settlement(
                name,
                item.attribute,
                item.shown,
                item.completeness,
                floor,
                item.methods,
                number if len(chosen) > 1 else None,
            )
