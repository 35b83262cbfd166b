"""Questions about people: each is asked of somebody whose facts are all true of one case.

1. A rule is live if somebody fares otherwise for it, an exception if somebody does for that.
   One that other orders shadow is live if that is so where its own order is alone (0092).
2. Two orders are consistent on a model if whom each lets pass are not all stopped by the other, and if
   none bars whom another says must be served.
3. To verify is worthwhile if some complete answer is served, and if some rule is open that some other
   answer does not meet. What counts for each rule to serve holds against that rule; all of them
   together are asked about what counts for every one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias, TypeVar

from writ.clock import Instant
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.study.proof.consistent import ConsistentSymbols
from writ.study.proof.equal import Functions, Subject, other_substitute
from writ.study.proof.ordered import Demands
from writ.study.proof.smt import Script, conj, disj, neg
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Domain, Level
from writ.study.proof.tables import Tables
from writ.study.proof.timeline import Demand, Span, Time, is_about, required
from writ.study.proof.values import domain
from writ.study.proof.witness import FORMS, Form, chain_of, links_of

Goal: TypeAlias = Callable[[Script, list[ConsistentSymbols], Time], str]
Changed: TypeAlias = Callable[[Demand], Demand | None]
"""What becomes of a rule; None: it goes."""
T = TypeVar("T")
Pair: TypeAlias = tuple[T, T]

_BY_THEMSELVES: tuple[Form, ...] = ("alone", "naming nobody")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody found, with the question that found them."""

    chain: Chain
    at: Instant
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question: who was found, and what was asked of the solver."""

    found: Found | None
    texts: tuple[str, ...]
    sure: bool = True


def look(subject: Subject, over: Domain, goal: Goal, forms: Sequence[Form] = FORMS) -> Asked:
    """Look for somebody of whom a goal is true, in one form of request after another."""
    texts, sure = [], True
    for form in forms:
        script = Script(f"{subject.name}: somebody {form}")
        time = subject.time(script)
        links = links_of(form, script, over)
        text = script.text(goal(script, links, time))
        texts.append(text)
        solved = solve(text)
        if solved.answer == "sat":
            instant = time.instant(solved.true)
            return Asked(Found(chain_of(links, solved, instant), instant, text), tuple(texts))
        sure = sure and solved.answer == "unsat"
    return Asked(None, tuple(texts), sure)


def differing(subject: Subject, over: Domain, name: str) -> Asked:
    """Look for somebody whom the tables treat less strictly than ordered, or (`minimal`) more.

    Another substitute than ordered is less, as in `writ.study.proof.equal`.
    """

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        wanted = _join([Demands(script, link).bars(subject.spans, time) for link in links])
        found = _join(
            [Tables(script, link, subject.cells).codes(subject.model, time) for link in links]
        )
        functions = Functions(script)
        either = functions.differ(wanted, found)
        if name == "minimal":
            return either["minimal"]
        other = functions.both_substitute(wanted, found)
        return disj((either["sufficient"], conj((other_substitute(subject, time), other))))

    return look(subject, over, goal)


def without(subject: Subject, changed: Changed) -> Asked:
    """Look for somebody who fares otherwise once rules are changed or gone (rule 1).

    One span in which the fewest rules speak is asked about before all of them are.
    """
    pairs = [
        (span, replace(span, demands=tuple(filter(None, map(changed, span.demands)))))
        for span in subject.spans
    ]
    moved = [pair for pair in pairs if pair[0].demands != pair[1].demands]
    if not moved:
        return Asked(None, ())
    asked = _moved(subject, [min(moved, key=lambda pair: len(pair[0].demands))])
    return asked if asked.found is not None or len(moved) == 1 else _moved(subject, moved)


def _moved(subject: Subject, pairs: Sequence[tuple[Span, Span]]) -> Asked:
    sides = tuple(zip(*pairs, strict=True))

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        functions = Functions(script)
        judged = [Demands(script, link) for link in links]
        one, other = (_join([item.bars(spans, time) for item in judged]) for spans in sides)
        limits = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
        return disj(
            neg(f"(= {functions.ordered(one, limit)} {functions.ordered(other, limit)})")
            for limit in limits
        )

    return look(subject, domain(sides[0], (), subject.model), goal)


def opposed(subject: Subject, orders: Iterable[str]) -> Iterator[tuple[Pair[Demand], Asked]]:
    """Yield rules of different orders, one of these, that nobody meets together (rule 2).

    Somebody who meets all rules of a span meets every two of them. Where the solver gives up, nobody
    is found, and that is not sure.
    """
    met = _pairs(subject, {*orders})
    for span in sorted(subject.spans, key=lambda span: -len(span.demands)):
        there = [key for key, (_, spans) in met.items() if span in spans]
        every = {item.label: item for key in there for item in met[key][0]}
        if len(there) > 1 and _passing(subject, [span], tuple(every.values())).found is not None:
            for key in there:
                del met[key]
    for pair, spans in met.values():
        one, other = pair
        together = _passing(subject, spans, pair)
        if together.found is not None:
            continue
        between, beside = (_passing(subject, spans, (demand,)) for demand in (one, other))
        unsure = [item for item in (together, between, beside) if not item.sure]
        if unsure:
            yield pair, replace(unsure[0], found=None)
        elif between.found is not None and beside.found is not None:
            yield pair, between


def meet(subject: Subject, orders: Iterable[str]) -> bool:
    """Whether two orders, one of these, speak of the model together, or one says who must be served."""
    return bool(_pairs(subject, {*orders}) or [*required(subject.book, subject.model)])


def _pairs(subject: Subject, orders: set[str]) -> dict[Pair[str], tuple[Pair[Demand], list[Span]]]:
    """Return rules of different orders that are in force together at some deployment, and when."""
    met: dict[Pair[str], tuple[Pair[Demand], list[Span]]] = {}
    for span in subject.spans:
        for one, other in combinations(span.demands, 2):
            named = {one.version.order, other.version.order}
            if len(named) > 1 and named & orders and _meet(subject, one, other):
                met.setdefault((one.label, other.label), ((one, other), []))[1].append(span)
    return met


def _meet(subject: Subject, one: Demand, other: Demand) -> bool:
    """Whether both are about one deployment; where there is none, they are."""
    deployed = subject.deployments or tuple(subject.book.catalogue.deployments.values())
    return not deployed or any(
        is_about(one.rule.where, item) and is_about(other.rule.where, item) for item in deployed
    )


def _passing(subject: Subject, spans: Sequence[Span], demands: Sequence[Demand]) -> Asked:
    over = domain([replace(span, demands=tuple(demands)) for span in spans], (), subject.model)

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        within = disj(time.during(span.since, span.until) for span in spans)
        judged = Demands(script, links[0])
        return conj((within, *map(judged.clear, demands)))

    return look(subject, over, goal, _BY_THEMSELVES)


def unserved(subject: Subject, orders: Iterable[str]) -> Iterator[tuple[Pair[Demand], Asked]]:
    """Yield who must be served beside a rule that bars somebody of them for certain (rule 2)."""
    asking = {*orders}
    for must, since, until in required(subject.book, subject.model):
        met: dict[str, tuple[Demand, list[Span]]] = {}
        for span in subject.spans:
            both = max(since, span.since), min(until, span.until)
            if both[0] >= both[1]:
                continue
            times = replace(span, since=both[0], until=both[1])
            for demand in span.demands:
                named = {must.version.order, demand.version.order}
                if named & asking and _meet(subject, must, demand):
                    met.setdefault(demand.label, (demand, []))[1].append(times)
        for demand, spans in met.values():
            yield (must, demand), _barred(subject, spans, (must, demand))


def _barred(subject: Subject, spans: Sequence[Span], pair: Pair[Demand]) -> Asked:
    whole = tuple(replace(span, demands=pair) for span in spans)

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        within = disj(time.during(span.since, span.until) for span in spans)
        judged = Demands(script, links[0])
        return conj((within, judged.clear(pair[0]), judged.barred(pair[1])))

    over = domain(whole, (), subject.model)
    return look(replace(subject, spans=whole), over, goal, _BY_THEMSELVES)


def in_vain(subject: Subject) -> Asked:
    """Look for somebody asked to verify whom no complete answer would serve, or none stop (rule 3)."""

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        functions, demands = Functions(script), Demands(script, links[0])
        vain = []
        for span in subject.spans:
            strict = [item for item in span.demands if item.rule.barred.outcome is Outcome.DENY]
            if span.held or not span.demands:
                continue
            bars = demands.during(span)
            asked = (
                functions.ordered(bars, Outcome.VERIFY),
                neg(functions.ordered(bars, Outcome.DENY)),
            )
            served = conj(
                demands.together(part, _serving(part))
                for part in ([strict] if strict else []) + [[item] for item in strict]
            )
            stopped = disj(neg(demands.clear(item)) for item in span.demands)
            either = disj((neg(served), neg(stopped)))
            vain.append(conj((time.during(span.since, span.until), *asked, either)))
        return disj(vain)

    return look(subject, domain(subject.spans, (), subject.model), goal, _BY_THEMSELVES)


def _serving(demands: Sequence[Demand]) -> Level:
    """The level at which only facts count that count for every one of the rules to serve."""
    floors = [demand.rule.evidence.to_serve for demand in demands]
    ages = [demand.rule.evidence.max_age for demand in demands]
    return Level(max(floors), min((age for age in ages if age is not None), default=None))


def _join(links: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(disj(bits) for bits in zip(*links, strict=True))
