"""Questions about people: each is asked of somebody whose facts are all true of one case.

1. A rule is live if somebody fares otherwise for it, an exception if somebody does for that.
   One that other orders shadow is live if that is so where its own order is alone (0092).
2. Two orders are consistent on a model if whom each lets pass are not all stopped by the other.
3. To verify is worthwhile if some complete answer, at the levels that count to serve, is served; that
   some other is not is what an open rule means.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from writ.clock import Instant
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.study.proof.equal import Functions, Subject
from writ.study.proof.ordered import Demands
from writ.study.proof.smt import Script, conj, disj, neg
from writ.study.proof.solver import solve
from writ.study.proof.symbols import ConsistentSymbols, Domain, Level
from writ.study.proof.tables import Tables
from writ.study.proof.timeline import Demand, Span, Time
from writ.study.proof.witness import FORMS, Form, chain_of, links_of


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


def look(
    subject: Subject,
    domain: Domain,
    goal: Callable[[Script, list[ConsistentSymbols], Time], str],
    forms: Sequence[Form] = FORMS,
) -> Asked:
    """Look for somebody of whom a goal is true, in one form of request after another."""
    texts, sure = [], True
    for form in forms:
        script = Script(f"{subject.model}: somebody {form}")
        time = subject.time(script)
        links = links_of(form, script, domain)
        text = script.text(goal(script, links, time))
        texts.append(text)
        solved = solve(text)
        if solved.answer == "sat":
            instant = time.instant(solved.true)
            return Asked(Found(chain_of(links, solved, instant), instant, text), tuple(texts))
        sure = sure and solved.answer == "unsat"
    return Asked(None, tuple(texts), sure)


def differing(subject: Subject, domain: Domain, name: str) -> Asked:
    """Look for somebody whom the tables treat less strictly than ordered, or (`minimal`) more."""

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        wanted = _join([Demands(script, link).bars(subject.spans, time) for link in links])
        found = _join(
            [Tables(script, link, subject.compiled).codes(subject.model, time) for link in links]
        )
        functions = Functions(script)
        either = functions.differ(wanted, found)
        return either["minimal" if name == "minimal" else "sufficient"]

    return look(subject, domain, goal)


def without(subject: Subject, domain: Domain, changed: Callable[[Demand], Demand | None]) -> Asked:
    """Look for somebody who fares otherwise once rules are changed or gone (rule 1)."""
    others = tuple(
        replace(
            span,
            demands=tuple(item for item in map(changed, span.demands) if item is not None),
        )
        for span in subject.spans
    )

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        functions = Functions(script)
        judged = [Demands(script, link) for link in links]
        sides = [
            _join([demands.bars(spans, time) for demands in judged])
            for spans in (subject.spans, others)
        ]
        limits = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
        return disj(
            neg(f"(= {functions.ordered(sides[0], limit)} {functions.ordered(sides[1], limit)})")
            for limit in limits
        )

    return look(subject, domain, goal)


def pairs(subject: Subject) -> Iterator[tuple[Demand, Demand, list[Span]]]:
    """Yield rules of different orders that are in force together on the model, and when."""
    met: dict[tuple[str, str], tuple[Demand, Demand, list[Span]]] = {}
    for span in subject.spans:
        for one, other in combinations(span.demands, 2):
            if one.version.order != other.version.order:
                met.setdefault((one.name, other.name), (one, other, []))[2].append(span)
    yield from met.values()


def opposed(
    subject: Subject, domain: Domain, pair: tuple[Demand, Demand, list[Span]]
) -> Asked | None:
    """Look for somebody between two rules that nobody can satisfy together (rule 2)."""
    one, other, spans = pair

    def passing(*demands: Demand) -> Asked:
        def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
            within = disj(time.during(span.since, span.until) for span in spans)
            terms = [Demands(script, links[0]).clear(demand) for demand in demands]
            return conj((within, *terms))

        return look(subject, domain, goal, ("alone",))

    if passing(one, other).found is not None or passing(other).found is None:
        return None
    between = passing(one)
    return between if between.found is not None else None


def in_vain(subject: Subject, domain: Domain) -> Asked:
    """Look for somebody asked to verify whom no complete answer would serve (rule 3)."""

    def goal(script: Script, links: list[ConsistentSymbols], time: Time) -> str:
        link, functions = links[0], Functions(script)
        demands = Demands(script, link)
        vain = []
        for span in subject.spans:
            strict = [item for item in span.demands if item.rule.barred.outcome is Outcome.DENY]
            if strict and not span.held:
                bars = demands.during(span)
                asked = conj(
                    (
                        functions.ordered(bars, Outcome.VERIFY),
                        neg(functions.ordered(bars, Outcome.DENY)),
                    )
                )
                served = demands.together(strict, _serving(strict))
                vain.append(conj((time.during(span.since, span.until), asked, neg(served))))
        return disj(vain)

    return look(subject, domain, goal, ("alone",))


def _serving(demands: Sequence[Demand]) -> Level:
    """The level at which all facts count that count for any of the rules to serve."""
    floors = [demand.rule.evidence.to_serve for demand in demands]
    ages = [demand.rule.evidence.max_age for demand in demands]
    known = [age for age in ages if age is not None]
    return Level(min(floors), None if None in ages else max(known))


def _join(links: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(disj(bits) for bits in zip(*links, strict=True))
