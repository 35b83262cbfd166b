"""What would settle a link: the smallest sets of further values that reach its best world.

1. Candidates come in the order of the definitions (cheapest first), then of the rules' own words;
   a list offers each of its cells once, a negation offers a complete list.
2. A candidate is tried for real: as a fact verified at the instant of the decision, at the highest
   floor the rules serve at, beside the facts there are.
3. The best world is what the facts that count to serve leave possible. Sets of one are tried
   before pairs, pairs before triples; the first size that reaches it answers.
4. Members of a group are never listed; the group's name stands for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.cells import Partition
from writ.law.compiled.judge import Judgement
from writ.law.compiled.rule import CompiledRule, LinkKind, branch
from writ.model.decision import LinkName, Settlement
from writ.model.expression import WILD, AllOf, AnyOf, Expression, Listed, Not, Settling
from writ.model.outcome import Outcome
from writ.model.subject import Completeness, Fact, Subject, Value

LARGEST_SET = 3
MANY = 16  # beyond so many candidates only single ones are tried


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values to show (`shown`), and one concrete choice of them to try (`tried`)."""

    attribute: str
    shown: tuple[tuple[str, ...], ...]
    tried: tuple[tuple[str, ...], ...]
    completeness: Completeness
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A link to settle: whose, for which model, when."""

    name: LinkName
    subject: Subject
    capacity: Capacity
    segment: int
    model: str
    at: Instant


def settle(compiled: Compiled, link: Open, found: Judgement) -> tuple[Settlement, ...]:
    """Return the settlements of one link; none where nothing would make a difference."""
    if not found.against:
        return ()
    floor = _floor(found.against)
    strong = replace(
        link.subject, facts=tuple(f for f in link.subject.facts if f.assurance >= floor)
    )
    best = min(found.triple.least, _judged(compiled, link, strong).triple.least)
    if found.triple.outcome <= best:
        return ()
    candidates = _candidates(compiled, link, found.against)
    largest = LARGEST_SET if len(candidates) <= MANY else 1
    for size in range(1, largest + 1):
        sets = [
            chosen
            for chosen in combinations(candidates, size)
            if len({item.attribute for item in chosen}) == size
            and _reached(compiled, link, chosen, floor) <= best
        ]
        if sets:
            return tuple(_written(link.name, sets, floor))
    return ()


def _floor(against: Sequence[CompiledRule]) -> int:
    floors = [rule.serve.floor for rule in against]
    floors += [i.serve.floor for rule in against for i in rule.exemptions if i.serve is not None]
    return max(floors)


def _judged(compiled: Compiled, link: Open, subject: Subject) -> Judgement:
    return compiled.judgement(
        link.segment, link.model, compiled.profile(subject, link.at), link.capacity
    )


def _reached(compiled: Compiled, link: Open, chosen: Iterable[Candidate], floor: int) -> Outcome:
    """Rule 2."""
    added = tuple(
        Fact(
            item.attribute,
            tuple(Value(parts) for parts in item.tried),
            item.completeness,
            floor,
            "would-settle",
            "",
            link.at,
        )
        for item in chosen
    )
    subject = replace(link.subject, facts=link.subject.facts + added)
    return _judged(compiled, link, subject).triple.outcome


def _candidates(
    compiled: Compiled, link: Open, against: Sequence[CompiledRule]
) -> tuple[Candidate, ...]:
    """Rule 1."""
    kind: LinkKind = "organisation" if link.subject.kind == "organisation" else "person"
    found: dict[tuple[str, tuple[tuple[str, ...], ...], str], Candidate] = {}
    for rule in against:
        for item in _of_rule(compiled, link, rule, kind):
            found.setdefault((item.attribute, item.tried, item.completeness), item)
    return tuple(found.values())


def _of_rule(
    compiled: Compiled, link: Open, rule: CompiledRule, kind: LinkKind
) -> Iterator[Candidate]:
    predicate = rule.rule.predicate
    for settling in predicate.settling:
        if settling.kind == kind and rule.rule.sense == "only":
            yield _defined(link, settling)
    wanted = rule.rule.sense == "only"
    yield from _of_expression(compiled, link, branch(predicate, kind), wanted=wanted)
    for item in rule.active.exemptions:
        if link.model in item.models:
            yield from _of_expression(compiled, link, branch(item.who, kind), wanted=True)
            yield from _of_expression(compiled, link, branch(item.unless, kind), wanted=False)


def _defined(link: Open, settling: Settling) -> Candidate:
    values = settling.values
    if settling.completeness == "exhaustive":
        values = tuple(dict.fromkeys((*_shown_already(link, settling.attribute), *values)))
    tried = values if settling.completeness == "exhaustive" else values[:1]
    return Candidate(settling.attribute, values, tried, settling.completeness, settling.methods)


def _of_expression(
    compiled: Compiled, link: Open, expression: Expression | None, *, wanted: bool
) -> Iterator[Candidate]:
    match expression:
        case Listed() if wanted:
            place = compiled.partitions.index[expression.attribute]
            yield from _cells(compiled.partitions.of[place], expression)
        case Listed():
            known = _shown_already(link, expression.attribute)
            yield Candidate(expression.attribute, known, known, "exhaustive", ())
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _of_expression(compiled, link, item, wanted=wanted)
        case Not(item):
            yield from _of_expression(compiled, link, item, wanted=not wanted)
        case _:
            return


def _cells(partition: Partition, listed: Listed) -> Iterator[Candidate]:
    """One candidate per cell of a list; a group is one candidate under its name (rule 4)."""
    concrete = [
        tuple("" if part == WILD else part for part in pattern)
        for pattern in sorted(listed.patterns)
    ]
    if not concrete:
        return
    if listed.group is not None:
        shown = tuple(dict.fromkeys((listed.group.name, *parts[1:]) for parts in concrete))
        yield Candidate(listed.attribute, shown, (concrete[0],), "at_least", ())
        return
    by_cell: dict[int, list[tuple[str, ...]]] = {}
    for parts in concrete:
        by_cell.setdefault(partition.bit(parts), []).append(parts)
    for values in by_cell.values():
        yield Candidate(listed.attribute, tuple(values), (values[0],), "at_least", ())


def _shown_already(link: Open, attribute: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        dict.fromkeys(
            value.parts
            for fact in link.subject.facts
            if fact.attribute == attribute and fact.verified_at <= link.at
            for value in fact.values
            if value.holds(link.at)
        )
    )


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
