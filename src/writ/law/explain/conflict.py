"""Orders to serve against orders to bar: whom both speak of, with an example.

1. A restriction conflicts with a requirement where both speak of a model at one time and one
   deployment, and somebody who must be served is barred by it, or asked to verify, or given
   another model. A risk that an order takes is no conflict.
2. An example is known to be among those who must be served, by the best and freshest facts; one that is barred for certain goes
   before one that cannot yet be judged. Where none is found nothing is told: examples depart in
   `DEPARTURES` attributes at most.
3. Nothing decides which goes first. The restriction is what gateways obey until somebody changes
   an order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from writ.clock import FOREVER, Instant, format_instant
from writ.errors import Fault
from writ.law.compiled.book import Capacity, Compiled
from writ.law.document import quoted
from writ.law.explain.people import Sketches, Telling, masks
from writ.law.explain.rules import KINDS
from writ.law.folder import Checked
from writ.law.where import meet_somewhere
from writ.model.order import (
    ActiveRule,
    Effect,
    Evidence,
    InFlight,
    Lawbook,
    OrderVersion,
    Requirement,
    Rule,
)
from writ.model.outcome import Outcome

DEPARTURES = 2
MOST_ASKED = 2000


@dataclass(frozen=True, slots=True)
class Conflict:
    """A requirement and a rule against it on one model from an instant on."""

    required: ActiveRule
    rule: ActiveRule
    model: str
    since: Instant
    example: str
    outcome: Outcome

    @property
    def words(self) -> str:
        """Say what stands against what, and whom it hits."""
        since = "" if self.since == -FOREVER else f" from {format_instant(self.since)}"
        fate = {
            Outcome.DENY: "is barred",
            Outcome.VERIFY: "is asked to verify",
            Outcome.SUBSTITUTE: "is given another model",
        }
        order, bars = self.required.version, self.rule.version
        return (
            f"requirement `{self.required.rule.id}` of `{order.order}` version {order.version} and"
            f" rule `{self.rule.rule.id}` of `{bars.order}` version {bars.version} conflict on"
            f" {quoted(self.model)}{since}: {self.example} must be served and"
            f" {fate[self.outcome]}; which goes first is for counsel to settle"
        )


def conflicts(book: Lawbook) -> Iterator[Conflict]:
    """Yield every pair once for each model, at the first instant of both (rule 1)."""
    if not any(version.requirements for version in book.versions):
        return
    compiled = Compiled(replace(book, versions=tuple(map(_as_rules, book.versions))))
    seen: set[tuple[str, int, int]] = set()
    for at in (-FOREVER, *compiled.boundaries):
        for model in compiled.phases.models:
            rules = compiled.speaking(model, at).rules
            required = [item for item in rules if item.version.kind == "requirement"]
            for wanted in required:
                for rule in rules:
                    key = (model, id(wanted.rule), id(rule.rule))
                    if rule in required or key in seen:
                        continue
                    if meet_somewhere(book, wanted.rule, rule.rule):
                        seen.add(key)
                        yield from _conflict(compiled, at, model, (wanted, rule))


def _as_rules(version: OrderVersion) -> OrderVersion:
    """Return a requirement as if it let nobody pass but those who must be served."""
    return replace(version, rules=(*version.rules, *map(_as_rule, version.requirements)))


def _as_rule(item: Requirement) -> Rule:
    deny = Effect(Outcome.DENY)
    evidence = Evidence(4, 4)
    return Rule(
        item.id, item.clauses, item.models, "only", item.who, "natural_person", evidence,
        deny, deny, InFlight(), item.where,
    )  # fmt: skip


def _conflict(
    compiled: Compiled, at: Instant, model: str, pair: tuple[ActiveRule, ActiveRule]
) -> Iterator[Conflict]:
    wanted, rule = pair
    found: list[tuple[Outcome, str]] = []
    for kind, _ in KINDS:
        moment = max(at, 0)
        sketches = Sketches(pair, {model}, kind, moment)
        telling = Telling(masks(sketches.groups), frozenset(sketches.closed), moment)
        cell = compiled.phases.cell(model, at)
        for subject in islice(sketches.subjects(DEPARTURES), MOST_ASKED):
            judged = compiled.judgement(model, cell, compiled.profile(subject, moment), Capacity())
            against = {
                id(item.active): certain
                for item, certain in zip(judged.against, judged.certain, strict=True)
            }
            fresh = all(fact.verified_at == moment for fact in subject.facts)
            if not fresh or id(wanted) in against or id(rule) not in against:
                continue
            effect = rule.rule.barred if against[id(rule)] else rule.rule.undetermined
            if effect.outcome is not Outcome.PERMIT:
                found.append((effect.outcome, telling.of(subject)))
            if against[id(rule)]:
                break
    if found:
        worst = max(outcome for outcome, _ in found)
        who = next(who for outcome, who in found if outcome == worst)
        yield Conflict(wanted, rule, model, at, who, worst)


def conflict_notes(checked: Checked) -> Iterator[Fault]:
    """Yield a note where the requirement stands, for each conflict of a checked folder."""
    places = {
        (order.version.order, order.version.version, item.requirement.id): item.place
        for order in checked.orders
        for item in order.requirements
    }
    for item in conflicts(checked.book):
        version = item.required.version
        yield places[version.order, version.version, item.required.rule.id].fault(item.words)
