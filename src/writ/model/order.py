"""Orders as read: one value per version, complete in itself; see docs/orders.md for the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.model.catalogue import Catalogue, Deployment
from writ.model.duty import Obligation, Preserve
from writ.model.expression import Group, Predicate
from writ.model.outcome import Outcome
from writ.model.subject import Chain

Standing: TypeAlias = Literal["natural_person", "certified_organisation", "organisation"]
Disclosure: TypeAlias = Literal["none", "existence", "full"]
OrderKind: TypeAlias = Literal[
    "restriction", "requirement", "programme", "mitigation", "rescission"
]
Span: TypeAlias = tuple[Instant, Instant]
"""From the first instant on, up to the second."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Floors (0 to 4) and the greatest age in microseconds (None: any age)."""

    to_serve: int
    to_bar: int
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens: deny, verify, substitute (by whom), or permit at somebody's stated risk."""

    outcome: Outcome
    substitute: str | None = None
    risk: str | None = None


@dataclass(frozen=True, slots=True)
class InFlight:
    """Open streams of people no longer allowed: cut (drain 0) or let run `drain` microseconds."""

    drain: int = 0
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Which serving entities and which regions a rule covers; an empty set is any."""

    entities: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def covers(self, deployment: Deployment) -> bool:
        """Whether the rule may be about what is served there; a country's part may be any of its own."""
        by_entity = not self.entities or deployment.entity in self.entities
        here = f"{deployment.region}-"
        return by_entity and (
            not self.regions
            or any(
                here.startswith(f"{code}-") or f"{code}-".startswith(here) for code in self.regions
            )
        )


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exception to one rule (the order file's `exceptions`)."""

    id: str
    to: str
    clauses: tuple[str, ...]
    models: frozenset[str]
    who: Predicate
    unless: Predicate | None
    unproven: Literal["barred", "verify"]
    evidence: Evidence | None = None
    licence: str | None = None
    since: Instant = -FOREVER
    until: Instant = FOREVER
    """The number of the licence it rests on, and when that runs: [since, until)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`only` the people of the predicate, or `bar` them; models are canonical names."""

    id: str
    clauses: tuple[str, ...]
    models: frozenset[str]
    sense: Literal["only", "bar"]
    predicate: Predicate
    standing: Standing
    evidence: Evidence
    barred: Effect
    undetermined: Effect
    in_flight: InFlight
    where: Where | None = None
    capabilities: frozenset[str] = frozenset()
    """What `models` have, where the file names capabilities instead of them."""

    def covers(self, deployment: Deployment | None) -> bool:
        """Whether it counts at a deployment; where none is told, every rule counts."""
        return deployment is None or self.where is None or self.where.covers(deployment)


@dataclass(frozen=True, slots=True)
class Stay:
    """A court's or the authority's: these rules have no effect in [since, until)."""

    id: str
    rules: frozenset[str]
    by: str
    since: Instant
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who must be served which models; it decides nothing (an order file's `serve`)."""

    id: str
    clauses: tuple[str, ...]
    models: frozenset[str]
    who: Predicate
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """An expectation written beside the order; subjects are read, `at` is resolved."""

    name: str
    at: Instant
    model: str
    expect: Outcome
    chain: Chain
    line: int = 0
    column: int = 0
    deployment: str | None = None


@dataclass(frozen=True, slots=True)
class AnnexChange:
    """How many rows of an annex come and go with a version, said so that nobody does it unawares.

    `shift` are those that stay, and become subsidiaries or cease to be.
    """

    come: int
    go: int
    shift: int = 0


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """One version of one order."""

    order: str
    version: int
    kind: OrderKind
    title: str
    effective: Instant
    until: Instant | None
    disclosure: Disclosure
    notice: Mapping[str, str]
    clauses: Mapping[str, str]
    rules: tuple[Rule, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    annexes: Mapping[str, Group] = field(default_factory=dict)
    scenarios: tuple[Scenario, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    """The whole file as plain values, for digests, reading back and the public record."""
    obligations: tuple[Obligation, ...] = ()
    preserve: tuple[Preserve, ...] = ()
    discharges: frozenset[str] = frozenset()
    """Ids of duties of earlier versions that a rescission ends."""
    stays: tuple[Stay, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    annex_change: Mapping[str, AnnexChange] = field(default_factory=dict)

    @property
    def duties(self) -> tuple[Obligation | Preserve, ...]:
        """Everything that is to be done or kept."""
        return (*self.obligations, *self.preserve)


@dataclass(frozen=True, slots=True)
class Hold:
    """An authorised person's own stop for one model: denies all in [since, until)."""

    model: str
    by: str
    since: Instant
    until: Instant = FOREVER


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule in force, with the version it comes from and the exemptions to it.

    `spans` are those in which it is in force, ascending, with time between them.
    """

    version: OrderVersion
    rule: Rule
    exemptions: tuple[Exemption, ...]
    spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Lawbook:
    """Everything a decision may rest on: catalogue, orders (all versions) and holds."""

    catalogue: Catalogue
    versions: tuple[OrderVersion, ...] = ()
    holds: tuple[Hold, ...] = ()

    @cached_property
    def governing(self) -> tuple[tuple[OrderVersion, Span], ...]:
        """Every version that governs its order at some time, and when, by order id and version.

        The highest version whose `effective` has come governs, until its `until`; that passing
        revives nothing.
        """
        found: list[tuple[OrderVersion, Span]] = []
        replaced: dict[str, Instant] = {}
        for version in sorted(self.versions, key=lambda version: -version.version):
            end = replaced.get(version.order, FOREVER)
            until = end if version.until is None else min(end, version.until)
            if version.effective < until:
                found.append((version, (version.effective, until)))
            replaced[version.order] = min(end, version.effective)
        return tuple(sorted(found, key=lambda item: (item[0].order, item[0].version)))

    @cached_property
    def standing(self) -> tuple[ActiveRule, ...]:
        """Every rule that is in force at some time, by order id, version and rule id.

        It stands once for each set of exceptions that it has; where it is stayed it is not in force.
        """
        return tuple(
            active
            for version, span in self.governing
            for rule in sorted(version.rules, key=lambda rule: rule.id)
            for active in _standing(version, rule, span)
        )

    def in_force(self, at: Instant) -> tuple[OrderVersion, ...]:
        """Return, per order, the version that governs `at`, by order id."""
        return tuple(version for version, (since, until) in self.governing if since <= at < until)

    @cached_property
    def _spans(self) -> tuple[tuple[Instant, Instant, ActiveRule], ...]:
        return tuple((*span, active) for active in self.standing for span in active.spans)

    def rules_at(self, at: Instant) -> tuple[ActiveRule, ...]:
        """Return the rules in force at `at`, by order id and rule id."""
        return tuple(active for since, until, active in self._spans if since <= at < until)

    def holds_at(self, at: Instant) -> tuple[Hold, ...]:
        """Return the holds in force at `at`, by model."""
        return tuple(
            hold
            for hold in sorted(self.holds, key=lambda hold: (hold.model, hold.since, hold.by))
            if hold.since <= at < hold.until
        )

    def boundaries(self) -> tuple[Instant, ...]:
        """Return every instant at which the rules may change, ascending."""
        instants = {version.effective for version in self.versions}
        instants |= {version.until for version in self.versions if version.until is not None}
        instants |= {hold.since for hold in self.holds}
        instants |= {hold.until for hold in self.holds if hold.until < FOREVER}
        for version, (since, until) in self.governing:
            instants |= {at for at in _turns(version) if since < at < until}
        return tuple(sorted(instants))


def _turns(version: OrderVersion) -> set[Instant]:
    """Return the instants at which stays and licences of a version begin and end."""
    spans = [(stay.since, stay.until or FOREVER) for stay in version.stays]
    spans += [(item.since, item.until) for item in version.exemptions]
    return {at for span in spans for at in span if -FOREVER < at < FOREVER}


def _standing(version: OrderVersion, rule: Rule, span: Span) -> Iterator[ActiveRule]:
    own = tuple(item for item in version.exemptions if item.to == rule.id)
    stays = tuple(stay for stay in version.stays if rule.id in stay.rules)
    turns = _turns(replace(version, exemptions=own, stays=stays))
    edges = sorted({*span, *(at for at in turns if span[0] < at < span[1])})
    found: dict[tuple[Exemption, ...], list[Span]] = {}
    for since, until in pairwise(edges):
        if any(stay.since <= since < (stay.until or FOREVER) for stay in stays):
            continue
        there = tuple(item for item in own if item.since <= since < item.until)
        spans = found.setdefault(there, [])
        if spans and spans[-1][1] == since:
            since = spans.pop()[0]  # noqa: PLW2901  what stands on both sides of an edge is one span
        spans.append((since, until))
    yield from (ActiveRule(version, rule, item, tuple(spans)) for item, spans in found.items())
