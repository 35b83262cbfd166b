"""What orders demand of one model, as SMT-LIB terms, from the order values alone.

1. Of each order the highest version that has come governs, until its own end (docs/meaning.md §1).
2. Where an attribute is asked in one sense alone (to be among values, or not to be), what helps most
   in every case is that all may be there which can, or nothing but what is shown; this is exact,
   because values are independent of each other.
3. Where it is asked in both senses, an expression becomes its ways to be true: each a set of atoms
   that are, and of atoms that are not. A way is possible where nothing shown is against it and every
   atom that it needs may still have a value.
4. An expression holds in every world where its opposite is possible in none.
5. Rules, exceptions, levels and outcomes are those of docs/meaning.md §4 to §7. Nothing here knows
   cells, bits, tables or phases.
"""

from collections.abc import Iterable, Iterator, Sequence
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
from writ.study.proof.timeline import Demand, Span, Time

MOST_WAYS = 4096
OTHER = "\0other"

Atom: TypeAlias = Listed | Given | Derived
Asked: TypeAlias = str | Given | Derived
"""An attribute, or what is given or derived."""
Way: TypeAlias = tuple[frozenset[Atom], frozenset[Atom], frozenset[str]]
"""Atoms that are true, atoms that are not, and terms that are true whatever the world."""
Bars: TypeAlias = tuple[str, ...]
"""least: substitute, deny; most: substitute, deny; fallback: substitute, verify, deny; or stricter."""

_ALWAYS: Way = (frozenset(), frozenset(), frozenset())
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
    patterns = {pattern for item in lists for pattern in item.patterns}
    said: dict[tuple[int, int], list[str]] = {}
    for size in {len(pattern) for pattern in patterns}:
        alike = [pattern for pattern in patterns if len(pattern) == size]
        for place in range(size):
            named = {pattern[place] for pattern in alike} - {WILD}
            said[size, place] = sorted(named | {OTHER})
        yield (OTHER,) * size
    for pattern in patterns:
        size = len(pattern)
        choices = [
            said[size, place] if part == WILD else [part] for place, part in enumerate(pattern)
        ]
        yield from product(*choices)
        if size > 1:
            yield (*(OTHER if part == WILD else part for part in pattern[:-1]), "")


class Demands:
    """The terms of one link for the rules of one model."""

    def __init__(self, script: Script, symbols: Symbols) -> None:
        self._script, self._symbols = script, symbols
        self._label = f"ordered {symbols.role}"
        self._kind = symbols.kind
        self._met: dict[tuple[tuple[str, ...], Level], str] = {}
        self._clear: dict[str, str] = {}
        self._fates: dict[tuple[str, Outcome], str] = {}
        self._lists: dict[Listed, str] = {}
        self._open_at: dict[tuple[Level, str, Parts], str] = {}

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
        if demand.label not in self._clear:
            level = _serving(demand.rule.evidence)
            exempt = [(item, _exempt(item, self._kind)) for item in demand.exemptions]
            shared = [who for item, who in exempt if item.evidence is None]
            own = [
                self._certain(who, _serving(item.evidence))
                for item, who in exempt
                if item.evidence is not None
            ]
            whole = AnyOf((self._sense(demand), *shared))
            name = f"{self._label} {self._short(demand)} is clear"
            term = disj((*own, self._certain(whole, level)))
            self._clear[demand.label] = self._script.define(name, term)
        return self._clear[demand.label]

    def barred(self, demand: Demand) -> str:
        """Whether the rule bars the link for certain: denies it, or gives it another model (§6.4)."""
        fails, spared = self._failing(demand)
        return conj((neg(self.clear(demand)), fails, neg(spared)))

    def together(self, part: Sequence[Demand], level: Level) -> str:
        """Whether some world of the level satisfies all of these rules (§6.2)."""
        key = (tuple(demand.label for demand in part), level)
        if key not in self._met:
            wanted = [self._satisfied(demand) for demand in part]
            mixed = _mixed(wanted)
            ways = [_ALWAYS]
            for demand, expression in zip(part, wanted, strict=True):
                own = [
                    (*_ALWAYS[:2], frozenset({self._may_hold(item, level)}))
                    for item in demand.exemptions
                    if item.evidence is not None
                ]
                ways = _both(ways, [*self._ways(expression, True, mixed, level), *own])  # noqa: FBT003  in their own sense
            names = " ".join(self._short(demand).removeprefix("rule ") for demand in part)
            term = disj(self._possible_way(way, level) for way in ways)
            self._met[key] = self._script.define(
                f"{self._label} rules {names} met at {level}", term
            )
        return self._met[key]

    def _short(self, demand: Demand) -> str:
        return self._script.number("rule", demand.label)

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
            disj(self._meanwhile(demand, limit) for demand in judging)
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
            impossible.append(neg(self.together(part, level)))
        return disj(impossible)

    def _meanwhile(self, demand: Demand, limit: Outcome) -> str:
        """Whether the rule is open and does so much meanwhile (§6.4)."""
        key = (demand.label, limit)
        if key not in self._fates:
            fails, spared = self._failing(demand)
            fate = disj(
                (
                    conj((neg(fails), _at_least(demand.rule.undetermined.outcome, limit))),
                    conj((fails, spared, _at_least(Outcome.VERIFY, limit))),
                    conj((fails, neg(spared), _at_least(demand.rule.barred.outcome, limit))),
                )
            )
            name = f"{self._label} {self._short(demand)} comes to {limit.word}"
            self._fates[key] = self._script.define(name, conj((neg(self.clear(demand)), fate)))
        return self._fates[key]

    def _failing(self, demand: Demand) -> tuple[str, str]:
        """Whether the rule's own sense is satisfied in no world, and whether an exception may save."""
        level = Level(demand.rule.evidence.to_bar, demand.rule.evidence.max_age)
        fails = neg(self._possible(self._sense(demand), level))
        spared = disj(
            self._may_hold(item, level) for item in demand.exemptions if item.unproven == "verify"
        )
        return fails, spared

    def _sense(self, demand: Demand) -> Expression:
        wanted = _branch(demand.rule.predicate, self._kind)
        return wanted if demand.rule.sense == "only" else Not(wanted)

    def _satisfied(self, demand: Demand) -> Expression:
        shared = [_exempt(item, self._kind) for item in demand.exemptions if item.evidence is None]
        return AnyOf((self._sense(demand), *shared))

    def _may_hold(self, item: Exemption, level: Level) -> str:
        if item.evidence is not None:
            floor = max(level.floor, item.evidence.to_bar)
            level = Level(floor, min(level.age, item.evidence.max_age, key=_old))
        return self._possible(_exempt(item, self._kind), level)

    def _possible(self, wanted: Expression, level: Level) -> str:
        ways = self._ways(wanted, True, _mixed([wanted]), level)  # noqa: FBT003  that it is so
        return disj(self._possible_way(way, level) for way in ways)

    def _certain(self, wanted: Expression, level: Level) -> str:
        """Rule 4."""
        against = Not(wanted)
        return neg(self._possible(against, level))

    def _ways(
        self,
        wanted: Expression,
        sense: bool,  # noqa: FBT001  true or false
        mixed: frozenset[Asked],
        level: Level,
    ) -> list[Way]:
        """Return the ways in which an expression is true, or false (rule 3)."""
        if isinstance(wanted, Not):
            return self._ways(wanted.item, not sense, mixed, level)
        if not mixed or mixed.isdisjoint(asked for asked, _ in _senses(wanted, sense)):
            term = self._helped(wanted, sense, level)
            return [] if term == FALSE else [(*_ALWAYS[:2], frozenset({term} - {TRUE}))]
        if isinstance(wanted, AnyOf | AllOf):
            if isinstance(wanted, AnyOf) == sense:
                found = (self._ways(item, sense, mixed, level) for item in wanted.items)
                return _fewest(way for ways in found for way in ways)
            joined = [_ALWAYS]
            for item in wanted.items:
                joined = _both(joined, self._ways(item, sense, mixed, level))
            return joined
        assert isinstance(wanted, Listed | Given | MostRecent | OwnedBy | ParentIs)  # noqa: S101  what is left
        only = frozenset[Atom]({wanted})
        return [(only, frozenset(), frozenset()) if sense else (frozenset(), only, frozenset())]

    def _helped(self, wanted: Expression, sense: bool, level: Level) -> str:  # noqa: FBT001  as above
        """Rule 2."""
        match wanted:
            case Not(item):
                return self._helped(item, not sense, level)
            case AnyOf(items) | AllOf(items):
                terms = [self._helped(item, sense, level) for item in items]
                return disj(terms) if isinstance(wanted, AnyOf) == sense else conj(terms)
            case Listed() | Given() | MostRecent() | OwnedBy() | ParentIs():
                return self._atom(wanted, sense, level)
            case _:
                return FALSE if sense else TRUE

    def _atom(self, atom: Atom, sense: bool, level: Level) -> str:  # noqa: FBT001  as above
        if isinstance(atom, Given):
            return self._given(atom)[1] if sense else neg(self._given(atom)[0])
        if not isinstance(atom, Listed):
            sure, may = self._derived(atom, level)
            return may if sense else neg(sure)
        values = self._symbols.domain.named(atom)
        short = self._list(atom)
        if not sense:
            shown = disj(self._symbols.has(level, atom.attribute, value) for value in values)
            return neg(self._script.define(f"{self._label} shows {short} at {level}", shown))
        may = disj(self._open((atom.attribute, value), level) for value in values)
        return self._script.define(f"{self._label} may have {short} at {level}", may)

    def _list(self, atom: Listed) -> str:
        if atom not in self._lists:
            told = " ".join(map("/".join, self._symbols.domain.named(atom)))
            self._lists[atom] = self._script.number("list", f"{atom.attribute} {told}")
        return self._lists[atom]

    def _possible_way(self, way: Way, level: Level) -> str:
        """Rule 3."""
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
        return [(atom.attribute, value) for value in self._symbols.domain.named(atom)]

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
        key = (level, of, parts)
        if key not in self._open_at:
            symbols = self._symbols
            others = symbols.domain.unsaid(of, parts)
            unsaid = [symbols.has(level, of, other) for other in others]
            told = disj((symbols.has(level, of, parts), neg(symbols.shut(level, of)), *unsaid))
            name = f"{self._label} may have {of} {'/'.join(parts)} at {level}"
            self._open_at[key] = self._script.define(name, told)
        return self._open_at[key]

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


def _senses(expression: Expression, sense: bool) -> Iterator[tuple[Asked, bool]]:  # noqa: FBT001  as above
    """Yield what an expression asks about, and whether it is to be so."""
    match expression:
        case Listed(attribute=attribute):
            yield attribute, sense
        case Given() | MostRecent() | OwnedBy() | ParentIs():
            yield expression, sense
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _senses(item, sense)
        case Not(item):
            yield from _senses(item, not sense)
        case _:
            return


def _mixed(wanted: Iterable[Expression]) -> frozenset[Asked]:
    """Return what is asked about in both senses (rule 3)."""
    senses = {found for item in wanted for found in _senses(item, True)}  # noqa: FBT003  that it is so
    return frozenset(asked for asked, sense in senses if sense and (asked, False) in senses)


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
