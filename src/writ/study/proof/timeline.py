"""When which orders speak of one model, from the order values alone.

1. Of each order the highest version that has come governs, until its own end (docs/meaning.md §1).
   At a deployment, rules that do not cover it are as if they were not there.
2. A rule that is stayed is not there, nor is an exception whose licence does not run.
3. Between two edges, of what is ordered or of the tables, nothing changes; so an instant is which
   edges have come.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from writ.clock import DAY, FOREVER, Instant, format_instant
from writ.model.catalogue import Deployment
from writ.model.order import (
    Effect,
    Evidence,
    Exemption,
    InFlight,
    Lawbook,
    OrderVersion,
    Rule,
    Where,
)
from writ.model.outcome import Outcome
from writ.study.proof.smt import TRUE, Script, conj, implies, neg


@dataclass(frozen=True)
class Demand:
    """One rule on the model, with the exceptions to it that speak of the model."""

    version: OrderVersion
    rule: Rule
    exemptions: tuple[Exemption, ...]

    @cached_property
    def name(self) -> str:
        """What it is told apart by."""
        return f"{self.version.order} v{self.version.version} {self.rule.id}"

    @cached_property
    def label(self) -> str:
        """Its name with the exceptions that run at the time."""
        told = ", ".join(item.id for item in self.exemptions)
        return f"{self.name} but for {told}" if told else self.name


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` until `until` the same rules and holds speak of the model."""

    since: Instant
    until: Instant
    demands: tuple[Demand, ...]
    held: bool

    @property
    def told(self) -> tuple[Instant, Instant, tuple[str, ...], bool]:
        """What tells it apart from other spans."""
        return self.since, self.until, tuple(item.label for item in self.demands), self.held

    @property
    def substitute(self) -> str | None:
        """What stands in for the model."""
        effects = [
            item for one in self.demands for item in (one.rule.barred, one.rule.undetermined)
        ]
        return next((item.substitute for item in effects if item.substitute), None)


def spans_of(book: Lawbook, model: str, deployment: Deployment | None = None) -> tuple[Span, ...]:
    """Return what speaks of a model, over all time, where it is served at a deployment (rule 1)."""
    speaking = [item for item in book.versions if any(model in rule.models for rule in item.rules)]
    governing = [
        (item, *_governs(item, book.versions))
        for item in sorted(speaking, key=lambda item: (item.order, item.version))
    ]
    holds = [(item.since, item.until) for item in book.holds if item.model == model]
    edges = sorted(
        {-FOREVER, FOREVER}
        | {edge for _, since, until in governing if since < until for edge in (since, until)}
        | {edge for hold in holds for edge in hold}
        | {edge for version, _, _ in governing for edge in _turns(version)}
    )
    return tuple(
        Span(
            since,
            until,
            tuple(
                demand
                for version, begins, ends in governing
                if begins <= since < ends
                for demand in demands_of(version, model, since)
                if deployment is None or is_about(demand.rule.where, deployment)
            ),
            any(begins <= since < ends for begins, ends in holds),
        )
        for since, until in pairwise(edges)
    )


def required(book: Lawbook, model: str) -> Iterator[tuple[Demand, Instant, Instant]]:
    """Yield who must be served a model, as a rule that only they are clear of by the best evidence."""
    for version in (item for item in book.versions if item.requirements):
        since, until = _governs(version, book.versions)
        for item in version.requirements:
            if model in item.models and since < until:
                deny, best = Effect(Outcome.DENY), Evidence(4, 4)
                rule = Rule(
                    item.id, item.clauses, item.models, "only", item.who, "natural_person", best,
                    deny, deny, InFlight(), item.where,
                )  # fmt: skip
                yield Demand(version, rule, ()), since, until


def is_about(where: Where | None, deployment: Deployment) -> bool:
    """Whether what an order says is about what is served at a deployment."""
    if where is None:
        return True
    told = [deployment.region.split("-", 1), *(region.split("-", 1) for region in where.regions)]
    here, *others = told
    return (not where.entities or deployment.entity in where.entities) and (
        not others
        or any(
            one[0] == here[0] and (one[1:] == here[1:] or not (one[1:] and here[1:]))
            for one in others
        )
    )


def _governs(version: OrderVersion, versions: Iterable[OrderVersion]) -> tuple[Instant, Instant]:
    later = [
        other.effective
        for other in versions
        if other.order == version.order and other.version > version.version
    ]
    return version.effective, min([version.until or FOREVER, *later])


def _turns(version: OrderVersion) -> Iterator[Instant]:
    """Yield when stays of rules and licences that exceptions rest on begin and end."""
    for stay in version.stays:
        yield from (stay.since, stay.until or FOREVER)
    for item in version.exemptions:
        yield from (item.since, item.until)


def demands_of(version: OrderVersion, model: str, at: Instant) -> Iterator[Demand]:
    """Yield the rules of a version on a model that no stay suspends at an instant, by id."""
    for rule in sorted(version.rules, key=lambda rule: rule.id):
        stayed = any(
            rule.id in stay.rules and stay.since <= at < (stay.until or FOREVER)
            for stay in version.stays
        )
        if model in rule.models and not stayed:
            yield Demand(
                version,
                rule,
                tuple(
                    item
                    for item in version.exemptions
                    if item.to == rule.id and model in item.models and item.since <= at < item.until
                ),
            )


class Time:
    """The instant that a question is about: which edges have come; so all of it is Boolean (rule 3)."""

    def __init__(self, script: Script, edges: Iterable[Instant]) -> None:
        self._script = script
        self._spans: dict[tuple[Instant, Instant], str] = {}
        self._came = {
            edge: script.declare(f"since {format_instant(edge)}")
            for edge in sorted({edge for edge in edges if -FOREVER < edge < FOREVER})
        }
        for earlier, later in pairwise(self._came.values()):
            script.require(implies(later, earlier))

    def during(self, since: Instant, until: Instant) -> str:
        """Whether the instant lies in a span between edges."""
        if (since, until) not in self._spans:
            after = TRUE if since <= -FOREVER else self._came[since]
            within = conj((after, TRUE if until >= FOREVER else neg(self._came[until])))
            name = f"span {len(self._spans)}"
            self._spans[since, until] = self._script.define(name, within)
        return self._spans[since, until]

    def instant(self, true: Collection[str]) -> Instant:
        """Return an instant of an answer: the last edge that has come, or the day before the first."""
        came = [edge for edge, name in self._came.items() if name.strip("|") in true]
        return max(came, default=min(self._came, default=0) - DAY)


def edges_of(spans: Iterable[Span]) -> Iterator[Instant]:
    """Yield when spans begin and end."""
    for span in spans:
        yield from (span.since, span.until)


def levels_of(spans: Iterable[Span]) -> Iterator[tuple[int, int | None]]:
    """Yield every floor with the greatest age beside it that is asked of evidence."""
    for span in spans:
        for demand in span.demands:
            for evidence in (demand.rule.evidence, *(item.evidence for item in demand.exemptions)):
                if evidence is not None:
                    yield evidence.to_serve, evidence.max_age
                    yield evidence.to_bar, evidence.max_age
