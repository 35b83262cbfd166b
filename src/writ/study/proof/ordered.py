"""What orders demand of one model, as SMT-LIB terms, from the order values alone.

1. Of each order the highest version that has come governs, until its own end (docs/meaning.md §1).
2. In which worlds an expression holds is in `writ.study.proof.worlds`.
3. Rules, exceptions, levels and outcomes are those of docs/meaning.md §4 to §7. Nothing here knows
   cells, bits, tables or phases.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TypeAlias

from writ.clock import FOREVER
from writ.model.expression import AllOf, AnyOf, Expression, Not, Predicate
from writ.model.order import Evidence, Exemption
from writ.model.outcome import Outcome
from writ.study.proof.smt import FALSE, TRUE, Script, choice, conj, disj, neg
from writ.study.proof.symbols import Level, Symbols
from writ.study.proof.timeline import Demand, Span, Time
from writ.study.proof.worlds import (
    ALWAYS,
    Asked,
    Atom,
    Sense,
    Senses,
    Worlds,
    atoms_in,
    both,
    both_ways,
    senses_of,
)

Bars: TypeAlias = tuple[str, ...]
"""least: substitute, deny; most: substitute, deny; fallback: substitute, verify, deny; or stricter."""

_NOWHERE = (FALSE,) * 7
_HELD = (TRUE,) * 7
_LIMITS = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)


def atoms(found: Iterable[Span], kind: str) -> tuple[Atom, ...]:
    """Return every atom that the rules ask of a kind of subject, once."""
    asked: dict[Atom, None] = {}
    for span in found:
        for demand in span.demands:
            predicates: list[Predicate | None] = [demand.rule.predicate]
            for item in demand.exemptions:
                predicates += [item.who, item.unless]
            for predicate in predicates:
                asked |= dict.fromkeys(atoms_in(_branch(predicate, kind)))
    return tuple(asked)


class Demands:
    """The terms of one link for the rules of one model."""

    def __init__(self, script: Script, symbols: Symbols) -> None:
        self._script, self._symbols = script, symbols
        self._label = f"ordered {symbols.role}"
        self._kind = symbols.kind
        self._met: dict[tuple[tuple[str, ...], Level], str] = {}
        self._opened: dict[str, str] = {}
        self._alone: dict[tuple[str, Level], str] = {}
        self._wanted: dict[str, tuple[Expression, Senses]] = {}
        self._fates: dict[str, tuple[str, ...]] = {}
        self._failed: dict[str, tuple[str, str]] = {}
        self._worlds = Worlds(script, symbols, self._label)

    def bars(self, found: Sequence[Span], time: Time) -> Bars:
        """Return least, most and fallback at an instant."""
        parts: list[list[str]] = [[] for _ in _NOWHERE]
        for number, span in enumerate(found):
            within = time.during(span.since, span.until)
            for place, term in enumerate(self.during(span)):
                named = self._script.define(f"{self._label} bar {place} in part {number}", term)
                parts[place].append(conj((within, named)))
        return tuple(
            self._script.define(f"{self._label} bar {place}", disj(terms))
            for place, terms in enumerate(parts)
        )

    def during(self, span: Span) -> Bars:
        """Return least, most and fallback within one span."""
        if span.held:
            return _HELD
        if self._symbols.role != "unnamed":
            return self._judged(span.demands, span.demands)
        return self._unnamed(span.demands)

    def clear(self, demand: Demand) -> str:
        """Whether the rule lets the link pass (§6.1)."""
        return neg(self._open(demand))

    def _open(self, demand: Demand) -> str:
        """Whether the rule does not."""
        if demand.label not in self._opened:
            exempt = [(item, _exempt(item, self._kind)) for item in demand.exemptions]
            shared = [who for item, who in exempt if item.evidence is None]
            own = [
                self._worlds.possible(Not(who), _serving(item.evidence))
                for item, who in exempt
                if item.evidence is not None
            ]
            whole = AnyOf((self._sense(demand), *shared))
            level = _serving(demand.rule.evidence)
            term = conj((*own, self._worlds.possible(Not(whole), level)))
            name = f"{self._label} {self._short(demand)} is not clear"
            self._opened[demand.label] = self._script.define(name, term)
        return self._opened[demand.label]

    def barred(self, demand: Demand) -> str:
        """Whether the rule bars the link for certain: denies it, or gives it another model (§6.4)."""
        fails, spared = self._failing(demand)
        return conj((self._open(demand), fails, neg(spared)))

    def together(self, part: Sequence[Demand], level: Level) -> str:
        """Whether some world of the level satisfies all of these rules (§6.2).

        A rule is asked by itself unless another one asks about the same in the other sense.
        """
        key = (tuple(demand.label for demand in part), level)
        if key not in self._met:
            wanted = [self._satisfied(demand) for demand in part]
            mixed = both_ways(frozenset[Sense]().union(*(senses for _, senses in wanted)))
            joint = [
                demand
                for demand, (_, senses) in zip(part, wanted, strict=True)
                if mixed and not mixed.isdisjoint(asked for asked, _ in senses)
            ]
            apart = [self._met_alone(demand, level) for demand in part if demand not in joint]
            names = " ".join(self._short(demand).removeprefix("rule ") for demand in part)
            name = f"{self._label} rules {names} met at {level}"
            together = self._jointly(joint, mixed, level) if joint else TRUE
            term = conj((*apart, together))
            self._met[key] = self._script.define(name, term)
        return self._met[key]

    def _met_alone(self, demand: Demand, level: Level) -> str:
        if (demand.label, level) not in self._alone:
            expression, _ = self._satisfied(demand)
            term = disj((self._worlds.possible(expression, level), *self._own(demand, level)))
            name = f"{self._label} {self._short(demand)} met at {level}"
            self._alone[demand.label, level] = self._script.define(name, term)
        return self._alone[demand.label, level]

    def _jointly(self, part: Sequence[Demand], mixed: frozenset[Asked], level: Level) -> str:
        ways = [ALWAYS]
        for demand in part:
            expression, _ = self._satisfied(demand)
            own = [(*ALWAYS[:2], frozenset({term})) for term in self._own(demand, level)]
            ways = both(ways, [*self._worlds.ways(expression, True, mixed, level), *own])  # noqa: FBT003  in their own sense
        return disj(self._worlds.possible_way(way, level) for way in ways)

    def _own(self, demand: Demand, level: Level) -> list[str]:
        """Return whether exceptions with evidence of their own may hold."""
        return [
            self._may_hold(item, level) for item in demand.exemptions if item.evidence is not None
        ]

    def _short(self, demand: Demand) -> str:
        return self._script.number("rule", demand.label)

    def _unnamed(self, demands: Sequence[Demand]) -> Bars:
        """Judge somebody whom nobody named, by the rules whose standing asks for them (§5.5)."""
        asking = [demand for demand in demands if demand.rule.standing != "organisation"]
        lent = {demand.name: self._certificate(demand) for demand in asking}
        certificates = sorted({term for term in lent.values() if term != FALSE})
        if not certificates:
            return self._judged(demands, asking)
        parts: list[list[str]] = [[] for _ in _NOWHERE]
        for size in range(len(certificates) + 1):
            for held in combinations(certificates, size):
                guard = conj(item if item in held else neg(item) for item in certificates)
                judging = [demand for demand in asking if lent[demand.name] not in held]
                for place, term in enumerate(self._judged(demands, judging)):
                    parts[place].append(conj((guard, term)))
        return tuple(map(disj, parts))

    def _certificate(self, demand: Demand) -> str:
        rule = demand.rule
        if rule.standing == "natural_person" or rule.sense != "only" or rule.predicate.name is None:
            return FALSE
        return self._symbols.certified(rule.predicate.name, _serving(rule.evidence))

    def _judged(self, demands: Sequence[Demand], judging: Sequence[Demand]) -> Bars:
        """Return the seven terms of §6."""
        open_rules = [(demand, self._open(demand)) for demand in judging]
        least = [
            self._least(demands, judging, limit) for limit in (Outcome.SUBSTITUTE, Outcome.DENY)
        ]
        most = [
            disj(term for demand, term in open_rules if demand.rule.barred.outcome >= limit)
            for limit in (Outcome.SUBSTITUTE, Outcome.DENY)
        ]
        fates = [self._meanwhile(demand) for demand in judging]
        fallback = [disj(fate[place] for fate in fates) for place in range(len(_LIMITS))]
        return (
            conj((disj(least), most[0])),
            conj((least[1], most[1])),
            *most,
            *fallback,
        )

    def _least(self, demands: Sequence[Demand], judging: Sequence[Demand], limit: Outcome) -> str:
        floors = {demand.rule.evidence.to_bar for demand in demands}
        ages = {demand.rule.evidence.max_age for demand in demands}
        impossible = []
        for level in (
            Level(floor, age) for floor in sorted(floors) for age in sorted(ages, key=_old)
        ):
            part = [
                demand
                for demand in judging
                if demand.rule.evidence.to_bar <= level.floor
                and _old(demand.rule.evidence.max_age) >= _old(level.age)
                and demand.rule.barred.outcome >= limit
            ]
            impossible.append(neg(self.together(part, level)))
        return disj(impossible)

    def _meanwhile(self, demand: Demand) -> tuple[str, ...]:
        """Whether the rule is open and does so much meanwhile, for each limit (§6.4)."""
        if demand.label not in self._fates:
            fails, spared = self._failing(demand)
            outcomes = (
                Outcome.VERIFY,
                demand.rule.barred.outcome,
                demand.rule.undetermined.outcome,
            )
            fates = []
            for limit in _LIMITS:
                verify, barred, undetermined = (_at_least(item, limit) for item in outcomes)
                fate = choice(fails, choice(spared, verify, barred), undetermined)
                name = f"{self._label} {self._short(demand)} comes to {limit.word}"
                fates.append(self._script.define(name, conj((self._open(demand), fate))))
            self._fates[demand.label] = tuple(fates)
        return self._fates[demand.label]

    def _failing(self, demand: Demand) -> tuple[str, str]:
        """Whether the rule's own sense is satisfied in no world, and whether an exception may save."""
        if demand.label in self._failed:
            return self._failed[demand.label]
        level = Level(demand.rule.evidence.to_bar, demand.rule.evidence.max_age)
        possible = self._worlds.possible(self._sense(demand), level)
        name = f"{self._label} {self._short(demand)} may be met at {level}"
        fails = neg(self._script.define(name, possible))
        spared = disj(
            self._may_hold(item, level) for item in demand.exemptions if item.unproven == "verify"
        )
        self._failed[demand.label] = fails, spared
        return fails, spared

    def _sense(self, demand: Demand) -> Expression:
        wanted = _branch(demand.rule.predicate, self._kind)
        return wanted if demand.rule.sense == "only" else Not(wanted)

    def _satisfied(self, demand: Demand) -> tuple[Expression, Senses]:
        if demand.label not in self._wanted:
            shared = [
                _exempt(item, self._kind) for item in demand.exemptions if item.evidence is None
            ]
            wanted = AnyOf((self._sense(demand), *shared))
            self._wanted[demand.label] = wanted, senses_of(wanted)
        return self._wanted[demand.label]

    def _may_hold(self, item: Exemption, level: Level) -> str:
        if item.evidence is not None:
            floor = max(level.floor, item.evidence.to_bar)
            level = Level(floor, min(level.age, item.evidence.max_age, key=_old))
        return self._worlds.possible(_exempt(item, self._kind), level)


def _branch(predicate: Predicate | None, kind: str) -> Expression:
    if predicate is None:
        return AnyOf(())
    found = predicate.person if kind == "person" else predicate.organisation
    return AnyOf(()) if found is None else found


def _exempt(item: Exemption, kind: str) -> Expression:
    return AllOf((_branch(item.who, kind), Not(_branch(item.unless, kind))))


def _serving(evidence: Evidence) -> Level:
    return Level(evidence.to_serve, evidence.max_age)


def _old(age: int | None) -> int:
    return FOREVER if age is None else age


def _at_least(outcome: Outcome, limit: Outcome) -> str:
    return TRUE if outcome >= limit else FALSE
