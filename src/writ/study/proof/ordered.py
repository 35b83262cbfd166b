"""What orders demand of one model, as SMT-LIB terms, from the order values alone.

1. Of each order the highest version that has come governs, until its own end (docs/meaning.md §1).
2. An expression becomes its ways to be true: each a set of atoms that are, and of atoms that are
   not. A way is possible where nothing shown is against it and every atom that it needs may still
   have a value; this is exact, because values are independent of each other.
3. An expression holds in every world where its opposite is possible in none.
4. Rules, exceptions, levels and outcomes are those of docs/meaning.md §4 to §7. Nothing here knows
   cells, bits, tables or phases.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, product
from typing import TypeAlias

from writ.clock import FOREVER
from writ.errors import Failed
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    Expression,
    Given,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import Evidence, Exemption
from writ.model.outcome import Outcome
from writ.study.proof.smt import FALSE, TRUE, Script, conj, disj, neg
from writ.study.proof.symbols import Level, Parts, Symbols
from writ.study.proof.timeline import Demand, Span, during

MOST_WAYS = 4096
OTHER = "\0other"

Atom: TypeAlias = Listed | Given | Derived
Way: TypeAlias = tuple[frozenset[Atom], frozenset[Atom], frozenset[str]]
"""Atoms that are true, atoms that are not, and terms that are true whatever the world."""
Bars: TypeAlias = tuple[str, ...]
"""least: substitute, deny; most: substitute, deny; fallback: substitute, verify, deny; or stricter."""

_NOWHERE = (FALSE,) * 7
_HELD = (TRUE,) * 7


def atoms(found: Iterable[Span], kind: str) -> tuple[Atom, ...]:
    """Return every atom that the rules ask of a kind of subject, once."""
    asked: dict[Atom, None] = {}
    for span in found:
        for demand in span.demands:
            predicates: list[Predicate | None] = [demand.rule.predicate]
            for item in demand.exemptions:
                predicates += [item.who, item.unless]
            for predicate in predicates:
                asked |= dict.fromkeys(_atoms(_branch(predicate, kind)))
    return tuple(asked)


def values_named(lists: Iterable[Listed]) -> Iterator[Parts]:
    """Yield values that these lists of one attribute can tell apart, and one with a part unsaid."""
    patterns = list({pattern for item in lists for pattern in item.patterns})
    for pattern in patterns:
        said = [
            {other[place] for other in patterns if len(other) == len(pattern)} - {WILD}
            for place in range(len(pattern))
        ]
        choices = [
            sorted(said[place] | {OTHER}) if part == WILD else [part]
            for place, part in enumerate(pattern)
        ]
        yield from product(*choices)
        if len(pattern) > 1:
            yield (*(OTHER if part == WILD else part for part in pattern[:-1]), "")
        yield (OTHER,) * len(pattern)


class Demands:
    """The terms of one link for the rules of one model."""

    def __init__(self, script: Script, symbols: Symbols, label: str = "ordered") -> None:
        self._script, self._symbols = script, symbols
        self._label = f"{label} {symbols.role}"
        self._kind = symbols.kind

    def bars(self, found: Sequence[Span], at: str) -> Bars:
        """Return least, most and fallback at the instant `at`."""
        parts: list[list[str]] = [[] for _ in _NOWHERE]
        for span in found:
            for place, term in enumerate(self.during(span)):
                parts[place].append(conj((during(at, span.since, span.until), term)))
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
        level = _serving(demand.rule.evidence)
        shared = [_exempt(item, self._kind) for item in demand.exemptions if item.evidence is None]
        own = [
            self._certain(_exempt(item, self._kind), _serving(item.evidence))
            for item in demand.exemptions
            if item.evidence is not None
        ]
        whole = AnyOf((self._sense(demand), *shared))
        return self._script.define(
            f"{self._label} {demand.label} is clear", disj((*own, self._certain(whole, level)))
        )

    def together(self, part: Sequence[Demand], level: Level) -> str:
        """Whether some world of the level satisfies all of these rules (§6.2)."""
        ways: list[Way] = [(frozenset(), frozenset(), frozenset())]
        for demand in part:
            ways = _both(ways, self._satisfied(demand, level))
        return disj(self._possible_way(way, level) for way in ways)

    def _unnamed(self, demands: Sequence[Demand]) -> Bars:
        """Judge somebody whom nobody named, by the rules whose standing asks for them (§5.5)."""
        asking = [demand for demand in demands if demand.rule.standing != "organisation"]
        lent = {demand.name: self._certificate(demand) for demand in asking}
        certificates = sorted({term for term in lent.values() if term != FALSE})
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
        open_rules = [(demand, neg(self.clear(demand))) for demand in judging]
        least = [
            self._least(demands, judging, limit) for limit in (Outcome.SUBSTITUTE, Outcome.DENY)
        ]
        most = [
            disj(term for demand, term in open_rules if demand.rule.barred.outcome >= limit)
            for limit in (Outcome.SUBSTITUTE, Outcome.DENY)
        ]
        fallback = [
            disj(conj((term, self._meanwhile(demand, limit))) for demand, term in open_rules)
            for limit in (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
        ]
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
            names = " and ".join(demand.label for demand in part)
            impossible.append(
                neg(
                    self._script.define(
                        f"{self._label} {names} can be met at {level}", self.together(part, level)
                    )
                )
            )
        return disj(impossible)

    def _meanwhile(self, demand: Demand, limit: Outcome) -> str:
        """Whether the rule does so much while it is open (§6.4)."""
        level = Level(demand.rule.evidence.to_bar, demand.rule.evidence.max_age)
        fails = self._script.define(
            f"{self._label} {demand.name} fails", neg(self._possible(self._sense(demand), level))
        )
        spared = disj(
            self._may_hold(item, level) for item in demand.exemptions if item.unproven == "verify"
        )
        return disj(
            (
                conj((neg(fails), _at_least(demand.rule.undetermined.outcome, limit))),
                conj((fails, spared, _at_least(Outcome.VERIFY, limit))),
                conj((fails, neg(spared), _at_least(demand.rule.barred.outcome, limit))),
            )
        )

    def _sense(self, demand: Demand) -> Expression:
        wanted = _branch(demand.rule.predicate, self._kind)
        return wanted if demand.rule.sense == "only" else Not(wanted)

    def _satisfied(self, demand: Demand, level: Level) -> list[Way]:
        shared = [_exempt(item, self._kind) for item in demand.exemptions if item.evidence is None]
        ways = list(_ways(AnyOf((self._sense(demand), *shared)), True))  # noqa: FBT003  a cache takes no keywords
        ways += (
            (frozenset(), frozenset(), frozenset({self._may_hold(item, level)}))
            for item in demand.exemptions
            if item.evidence is not None
        )
        return ways

    def _may_hold(self, item: Exemption, level: Level) -> str:
        if item.evidence is not None:
            floor = max(level.floor, item.evidence.to_bar)
            level = Level(floor, min(level.age, item.evidence.max_age, key=_old))
        return self._possible(_exempt(item, self._kind), level)

    def _possible(self, wanted: Expression, level: Level) -> str:
        return disj(self._possible_way(way, level) for way in _ways(wanted, True))  # noqa: FBT003  as above

    def _certain(self, wanted: Expression, level: Level) -> str:
        """Rule 3."""
        return neg(disj(self._possible_way(way, level) for way in _ways(wanted, False)))  # noqa: FBT003  as above

    def _possible_way(self, way: Way, level: Level) -> str:
        """Rule 2."""
        true, false, terms = way
        out = {value for atom in false for value in self._named(atom)}
        return conj(
            (
                *sorted(terms),
                *(neg(self._shown(value, level)) for value in sorted(out, key=repr)),
                *(
                    disj(
                        self._open(value, level) for value in self._named(atom) if value not in out
                    )
                    for atom in sorted(true, key=repr)
                ),
            )
        )

    def _named(self, atom: Atom) -> list[tuple[Given | Derived | str, Parts]]:
        """Return the values of an atom; what is given or derived is a value of its own."""
        if not isinstance(atom, Listed):
            return [(atom, ())]
        values = self._symbols.values(atom.attribute)
        return [(atom.attribute, value) for value in values if atom.names(value)]

    def _shown(self, value: tuple[Given | Derived | str, Parts], level: Level) -> str:
        of, parts = value
        if isinstance(of, str):
            return self._symbols.has(level, of, parts)
        if isinstance(of, Given):
            return self._given(of)[0]
        return self._derived(of, level)[0]

    def _open(self, value: tuple[Given | Derived | str, Parts], level: Level) -> str:
        """Whether a value may be there: shown, or not ruled out by a closed list (§4.3)."""
        of, parts = value
        if isinstance(of, Given):
            return self._given(of)[1]
        if not isinstance(of, str):
            return self._derived(of, level)[1]
        unsaid = [
            self._symbols.has(level, of, other)
            for other in self._symbols.values(of)
            if other != parts and any(_may_be(other, one) for one in self._symbols.alike(of, parts))
        ]
        told = (self._symbols.has(level, of, parts), neg(self._symbols.shut(level, of)), *unsaid)
        name = f"{self._label} may have {of} {'/'.join(parts)} at {level}"
        return self._script.define(name, disj(told))

    def _given(self, atom: Given) -> tuple[str, str]:
        """Whether what is given is so, and whether it may be (§3.2, §4.2)."""
        symbols = self._symbols
        if atom.operator == "acting_for":
            acts = symbols.acts_for(atom.group.members) if self._kind == "person" else FALSE
            return acts, acts
        if self._kind != ("organisation" if atom.operator == "organisation_in" else "person"):
            return FALSE, FALSE
        listed = symbols.listed(atom.group.members)
        return listed, disj((listed, symbols.nameless))

    def _derived(self, atom: Derived, level: Level) -> tuple[str, str]:
        if (self._kind == "person") != isinstance(atom, MostRecent):
            return FALSE, FALSE
        return self._symbols.derived(level, atom)


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


def _may_be(shown: Parts, value: Parts) -> bool:
    return len(shown) == len(value) and all(
        said in ("", part) for said, part in zip(shown, value, strict=True)
    )


def _atoms(expression: Expression) -> Iterator[Atom]:
    match expression:
        case Listed() | Given() | MostRecent() | OwnedBy() | ParentIs():
            yield expression
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _atoms(item)
        case Not(item):
            yield from _atoms(item)
        case _:
            return


@cache
def _ways(expression: Expression, wanted: bool) -> tuple[Way, ...]:  # noqa: FBT001  a cache takes no keywords
    """Return the ways in which an expression is true, or false (rule 2)."""
    nothing = frozenset[Atom]()
    match expression:
        case Listed() | Given() | MostRecent() | OwnedBy() | ParentIs():
            only = frozenset[Atom]({expression})
            return ((only, nothing, frozenset()) if wanted else (nothing, only, frozenset()),)
        case Not(item):
            return _ways(item, not wanted)
        case AnyOf(items) | AllOf(items):
            if isinstance(expression, AnyOf) == wanted:
                return tuple(_fewest(way for item in items for way in _ways(item, wanted)))
            found: list[Way] = [(nothing, nothing, frozenset())]
            for item in items:
                found = _both(found, _ways(item, wanted))
            return tuple(found)
        case _:
            return () if wanted else ((nothing, nothing, frozenset()),)


def _both(some: Sequence[Way], others: Sequence[Way]) -> list[Way]:
    joined = _fewest(
        (one[0] | other[0], one[1] | other[1], one[2] | other[2])
        for one in some
        for other in others
        if not (one[0] & other[1] or one[1] & other[0])
    )
    if len(joined) > MOST_WAYS:
        raise Failed(
            f"these rules can be met together in more than {MOST_WAYS} ways; nothing is proved of them"
        )
    return joined


def _fewest(ways: Iterable[Way]) -> list[Way]:
    """Leave out ways that ask for more than another does."""
    kept: list[Way] = []
    for way in sorted(dict.fromkeys(ways), key=lambda way: sum(map(len, way))):
        if not any(all(a <= b for a, b in zip(less, way, strict=True)) for less in kept):
            kept.append(way)
    return kept
