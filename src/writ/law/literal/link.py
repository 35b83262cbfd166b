"""What the rules of one model say of one link: clear or not, and least, most and fallback.

1. A rule is clear if it is satisfied in every world that its own standard for serving leaves.
2. `least`: what is certain however the unknown turns out, at some level at which rules may bar;
   but never above `most`.
3. `most`: the strictest that any rule which is not clear could still do.
4. `fallback`: what happens to the link while that is open.
5. An exception with evidence of its own is judged by that evidence: to serve it must hold in all
   of its own worlds, and to bar it must fail in all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from writ.clock import Instant
from writ.law.literal.facts import Level
from writ.law.literal.possible import possible
from writ.law.literal.satisfy import Link, branch, exempted, predicate_satisfied
from writ.law.literal.worlds import World
from writ.model.expression import Expression
from writ.model.order import ActiveRule, Exemption
from writ.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Triple:
    """Strictness of one link, or of a chain."""

    least: Outcome
    most: Outcome
    fallback: Outcome

    def join(self, other: "Triple") -> "Triple":
        """Return the strictest of both, component by component."""
        return Triple(
            max(self.least, other.least),
            max(self.most, other.most),
            max(self.fallback, other.fallback),
        )

    @property
    def outcome(self) -> Outcome:
        """What happens: `least` where nothing is open, else the stricter of it and `fallback`."""
        return self.least if self.least == self.most else max(self.least, self.fallback)


NOTHING_SAID = Triple(Outcome.PERMIT, Outcome.PERMIT, Outcome.PERMIT)


@dataclass(frozen=True)
class Question:
    """One link before one model's rules in force at an instant.

    `rules` are all of the model's; `judging` are those that judge this link.
    """

    link: Link
    model: str
    at: Instant
    rules: tuple[ActiveRule, ...]
    judging: tuple[ActiveRule, ...]

    @cached_property
    def _expressions(self) -> tuple[Expression, ...]:
        """What the model's rules and their exceptions ask of this kind."""
        predicates = [active.rule.predicate for active in self.rules]
        for active in self.rules:
            for exemption in self.exemptions(active):
                predicates.append(exemption.who)
                predicates.extend([exemption.unless] if exemption.unless else [])
        return tuple(branch(predicate, self.link) for predicate in predicates)

    def exemptions(self, active: ActiveRule) -> tuple[Exemption, ...]:
        """Return the exceptions to the rule that speak of this model."""
        return tuple(item for item in active.exemptions if self.model in item.models)

    @cached_property
    def _counted(self) -> dict[Level, frozenset[World]]:
        return {}

    def worlds(self, level: Level) -> frozenset[World]:
        """Return the worlds possible at a level of evidence; counted once per level."""
        if level not in self._counted:
            self._counted[level] = possible(self.link, self._expressions, level, self.at)
        return self._counted[level]

    def clear(self, active: ActiveRule) -> bool:
        """Whether the rule lets the link pass (rule 1)."""
        evidence = active.rule.evidence
        level = Level(evidence.to_serve, evidence.max_age)
        return all(self._satisfied(active, world, self._proved) for world in self.worlds(level))

    @cached_property
    def open_rules(self) -> tuple[ActiveRule, ...]:
        """The judging rules that are not clear, by order id and rule id."""
        return tuple(active for active in self.judging if not self.clear(active))

    def triple(self) -> Triple:
        """Return least, most and fallback over the judging rules."""
        open_rules = self.open_rules
        most = max((active.rule.barred.outcome for active in open_rules), default=Outcome.PERMIT)
        return Triple(
            min(self.least(), most),
            most,
            max((self.fallback(active) for active in open_rules), default=Outcome.PERMIT),
        )

    def least(self) -> Outcome:
        """Return the strictest outcome that is certain at some level (rule 2)."""
        floors = {active.rule.evidence.to_bar for active in self.rules}
        ages = {active.rule.evidence.max_age for active in self.rules}
        levels = [Level(floor, age) for floor in floors for age in ages]
        for strictness in (Outcome.DENY, Outcome.SUBSTITUTE):
            if any(self._unsatisfiable(strictness, level) for level in levels):
                return strictness
        return Outcome.PERMIT

    def fallback(self, active: ActiveRule) -> Outcome:
        """Return what a rule that is not clear does meanwhile (rule 4)."""
        if not self._fails(active):
            return active.rule.undetermined.outcome
        return Outcome.VERIFY if self._may_be_exempt(active) else active.rule.barred.outcome

    def verdict(self, active: ActiveRule) -> Literal["barred", "undetermined"]:
        """Return what a rule that is not clear says of the link."""
        if self._fails(active) and not self._may_be_exempt(active):
            return "barred"
        return "undetermined"

    def _unsatisfiable(self, strictness: Outcome, level: Level) -> bool:
        taking_part = [
            active
            for active in self.judging
            if active.rule.evidence.to_bar <= level.floor
            and _lasts(active.rule.evidence.max_age, level.max_age)
            and active.rule.barred.outcome >= strictness
        ]

        def may_hold(exemption: Exemption, world: World) -> bool:
            return self._possible(exemption, world, level)

        return not any(
            all(self._satisfied(active, world, may_hold) for active in taking_part)
            for world in self.worlds(level)
        )

    def _satisfied(
        self, active: ActiveRule, world: World, holds: Callable[[Exemption, World], bool]
    ) -> bool:
        return predicate_satisfied(active.rule, self.link, world) or any(
            holds(exemption, world) for exemption in self.exemptions(active)
        )

    def _proved(self, exemption: Exemption, world: World) -> bool:
        if exemption.evidence is None:
            return exempted(exemption, self.link, world)
        own = Level(exemption.evidence.to_serve, exemption.evidence.max_age)
        return all(exempted(exemption, self.link, other) for other in self.worlds(own))

    def _possible(self, exemption: Exemption, world: World, level: Level) -> bool:
        if exemption.evidence is None:
            return exempted(exemption, self.link, world)
        own = Level(
            max(level.floor, exemption.evidence.to_bar),
            _shorter(level.max_age, exemption.evidence.max_age),
        )
        return any(exempted(exemption, self.link, other) for other in self.worlds(own))

    def _fails(self, active: ActiveRule) -> bool:
        return not any(
            predicate_satisfied(active.rule, self.link, world)
            for world in self.worlds(_barring(active))
        )

    def _may_be_exempt(self, active: ActiveRule) -> bool:
        level = _barring(active)
        return any(
            self._possible(exemption, world, level)
            for exemption in self.exemptions(active)
            if exemption.unproven == "verify"
            for world in self.worlds(level)
        )


def _barring(active: ActiveRule) -> Level:
    return Level(active.rule.evidence.to_bar, active.rule.evidence.max_age)


def _lasts(max_age: int | None, age: int | None) -> bool:
    return max_age is None or (age is not None and max_age >= age)


def _shorter(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)
