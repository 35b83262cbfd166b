"""Two states of law to compare: what would be in force without a proposal, and with it.

1. A phase begins wherever rules change on either side from the proposal's first instant on, and is
   judged at its first instant.
2. A model is touched where, in some phase, the rules or holds on it are not the same on both sides,
   or where that is so of what stands in for it. Of all others nothing can change.
3. At a deployment only the rules that cover it count; one that a side's catalogue has not is what
   the other side says it is.
4. Where no rule changes there are no phases; names that the catalogue does not read as it did are
   told apart, since no rule speaks of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from writ.clock import FOREVER, Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import substitute_for
from writ.law.compiled.places import deployment_named
from writ.law.digest import rules_digest
from writ.law.snapshot import law_digest
from writ.model.order import Lawbook, OrderVersion
from writ.study.classes import Asked


@dataclass(frozen=True, slots=True)
class Phase:
    """A span, and what is in force in it of what was proposed."""

    start: Instant
    until: Instant
    orders: tuple[tuple[str, int], ...]
    changes: bool


@dataclass(frozen=True)
class Comparison:
    """Rule 1; `deployment` is one by its name, None: nobody says at which (rule 3)."""

    before: Lawbook
    after: Lawbook
    deployment: str | None = None

    @cached_property
    def compiled(self) -> tuple[Compiled, Compiled]:
        """Both sides, compiled."""
        old, new = (
            side if self.deployment in side.catalogue.deployments else other
            for side, other in ((self.before, self.after), (self.after, self.before))
        )
        return (
            Compiled(self.before, deployment_named(old, self.deployment)),
            Compiled(self.after, deployment_named(new, self.deployment)),
        )

    @cached_property
    def proposed(self) -> tuple[OrderVersion, ...]:
        """Versions that only one side has."""
        sides = (self.before.versions, self.after.versions)
        return tuple(_only(*sides)) + tuple(_only(*reversed(sides)))

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases, ascending; none where both sides are the same."""
        edges = sorted({*self.before.boundaries(), *self.after.boundaries()})
        differ = [at for at in edges if self._differs(at)]
        if not differ:
            return ()
        known = {
            (version.order, version.version)
            for version in _only(self.before.versions, self.after.versions)
        }
        return tuple(
            Phase(
                start,
                until,
                tuple(
                    (item.order, item.version)
                    for item in self.after.in_force(start)
                    if (item.order, item.version) in known
                ),
                self._differs(start),
            )
            for start, until in pairwise((*(at for at in edges if at >= differ[0]), FOREVER))
        )

    @property
    def says_the_same(self) -> bool:
        """Whether the orders of both sides say the same, word for word; holds are none of it."""
        return law_digest(self.before) == law_digest(self.after)

    @cached_property
    def renamed(self) -> tuple[str, ...]:
        """Names that come, go or mean another model (rule 4)."""
        before, after = (side.catalogue.names for side in (self.before, self.after))
        return tuple(sorted(name for name in {**before, **after} if _other(name, before, after)))

    def asked(self) -> tuple[Asked, ...]:
        """Every lawbook at every phase's first instant: before and after, phase by phase.

        Where there is none, at the last change there was: who there is is looked over all the same.
        """
        last = max((*self.before.boundaries(), *self.after.boundaries()), default=0)
        instants = [phase.start for phase in self.phases] or [last]
        before, after = self.compiled
        sides = ((before, ()), (after, self.touched))
        return tuple(Asked(side, at, models) for at in instants for side, models in sides)

    @cached_property
    def touched(self) -> tuple[str, ...]:
        """Rule 2, by name."""
        found: set[str] = set()
        for phase in self.phases:
            rules = self._ruled(phase.start)
            differ = {model for model in self.models if rules[0].get(model) != rules[1].get(model)}
            found |= differ
            found |= {
                model
                for side in self.compiled
                for model in side.phases.models
                if substitute_for(side, model, phase.start) in differ
            }
        return tuple(sorted(found))

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Every model of either catalogue, by name."""
        sides = (self.before.catalogue.models, self.after.catalogue.models)
        return tuple(sorted(set(sides[0]) | set(sides[1])))

    def _differs(self, at: Instant) -> bool:
        if self.deployment is not None:
            before, after = self._ruled(at)
            return before != after
        return rules_digest(self.before, at) != rules_digest(self.after, at)

    def _ruled(self, at: Instant) -> list[dict[str, object]]:
        return [dict(_ruled(side, at)) for side in self.compiled]


def _other(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return before.get(name) != after.get(name)


def _only(of: Iterable[OrderVersion], than: Iterable[OrderVersion]) -> Iterator[OrderVersion]:
    """Give versions that the second has and the first has not."""
    known = list(of)
    yield from (version for version in than if version not in known)


def _ruled(side: Compiled, at: Instant) -> Iterator[tuple[str, object]]:
    """Say of each model what speaks of it."""
    for model in side.phases.models:
        speech = side.speaking(model, at)
        rules = [
            (
                active.version.order,
                active.rule,
                tuple(item for item in active.exemptions if model in item.models),
            )
            for active in speech.rules
            if active.rule.covers(side.deployment)
        ]
        if rules or speech.held:
            yield model, (rules, speech.held)
