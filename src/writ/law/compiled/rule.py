"""A rule compiled for one kind of link, and the three questions asked of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from writ.law.compiled.cells import Partitions
from writ.law.compiled.evidence import Question
from writ.law.compiled.solve import Flip, Formula, Join, formula
from writ.model.expression import Expression, Predicate
from writ.model.order import ActiveRule, Exemption, Rule
from writ.model.outcome import Outcome

LinkKind = Literal["person", "organisation"]


@dataclass(frozen=True, slots=True)
class CompiledExemption:
    """Where the exception holds; `serve` and `bar` are its own floors, None: those of the rule."""

    holds: Formula
    unproven_verify: bool
    serve: Question | None
    bar: Question | None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule for one model and one kind of link."""

    active: ActiveRule
    core: Formula
    exemptions: tuple[CompiledExemption, ...]
    serve: Question
    bar: Question

    @property
    def rule(self) -> Rule:
        """The rule as ordered."""
        return self.active.rule

    @property
    def barred(self) -> Outcome:
        """What happens to those it bars."""
        return self.active.rule.barred.outcome

    @property
    def undetermined(self) -> Outcome:
        """What happens to those it cannot judge."""
        return self.active.rule.undetermined.outcome


def branch(predicate: Predicate | None, kind: LinkKind) -> Expression | None:
    """Return the expression for a kind of subject; None is false."""
    if predicate is None:
        return None
    return predicate.person if kind == "person" else predicate.organisation


def compile_rule(active: ActiveRule, model: str, kind: LinkKind, cells: Partitions) -> CompiledRule:
    """Compile one rule; exceptions that do not cover the model are left out."""
    rule = active.rule
    core = formula(branch(rule.predicate, kind), cells)
    return CompiledRule(
        active,
        core if rule.sense == "only" else Flip(core),
        tuple(
            _compile_exemption(item, kind, cells)
            for item in active.exemptions
            if model in item.models
        ),
        Question(rule.evidence.to_serve, rule.evidence.max_age),
        Question(rule.evidence.to_bar, rule.evidence.max_age),
    )


def _compile_exemption(
    exemption: Exemption, kind: LinkKind, cells: Partitions
) -> CompiledExemption:
    who = formula(branch(exemption.who, kind), cells)
    unless = formula(branch(exemption.unless, kind), cells)
    own = exemption.evidence
    return CompiledExemption(
        Join(every=True, items=(who, Flip(unless))),
        exemption.unproven == "verify",
        Question(own.to_serve, own.max_age) if own else None,
        Question(own.to_bar, own.max_age) if own else None,
    )


def younger(first: int | None, second: int | None) -> int | None:
    """The smaller of two greatest ages; None is no limit."""
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)


def asked(
    rules: Sequence[CompiledRule], least: Outcome
) -> Iterator[tuple[Question, list[CompiledRule]]]:
    """Yield each (floor, age) of the rules with those that take part and bar at least so."""
    floors = sorted({rule.bar.floor for rule in rules})
    ages = {rule.bar.age for rule in rules}
    for floor in floors:
        for age in ages:
            part = [
                rule
                for rule in rules
                if rule.barred >= least
                and rule.bar.floor <= floor
                and younger(rule.bar.age, age) == age
            ]
            if part:
                yield Question(floor, age), part


def questions(rules: Sequence[CompiledRule]) -> Iterator[Question]:
    """Yield every question that judging these rules together will ask."""
    for rule in rules:
        yield rule.serve
        yield rule.bar
        for own in rule.exemptions:
            if own.serve is not None and own.bar is not None:
                yield own.serve
                yield narrowed(rule.bar, own.bar)
    for question, part in asked(rules, Outcome.PERMIT):
        yield question
        for rule in part:
            for own in rule.exemptions:
                if own.bar is not None:
                    yield narrowed(question, own.bar)


def narrowed(question: Question, own: Question) -> Question:
    """The question at which an exception with its own evidence may be found false."""
    return Question(max(question.floor, own.floor), younger(question.age, own.age))
