"""Questions whether the tables do what is ordered: each asks for somebody of whom they do not.

1. A chain is the strictest of its links, component by component. So a link is asked about beside
   the rest of a chain of which nothing is assumed: replacing the links of any chain one by one then
   leaves its outcome as it was.
2. `sufficient` asks for an outcome less strict than ordered (or another substitute), `minimal` for
   one that is stricter, `never_errs` for a code that no triple has, or a substitute that nobody named.
3. `contained` and `restores` ask whether two lawbooks' tables ever differ in an instant given.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.compiled.book import Compiled
from writ.model.cell import CODES, OUTCOMES
from writ.model.expression import WILD, Given, Listed
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.vocabulary import VOCABULARY, Shape
from writ.study.proof import ordered, tables
from writ.study.proof.ordered import Demands
from writ.study.proof.smt import Script, conj, disj, neg, symbol
from writ.study.proof.symbols import CERTIFICATES, ROLES, Domain, Parts, Role, Symbols, alike
from writ.study.proof.tables import Tables
from writ.study.proof.timeline import Span, during, spans_of

Equality: TypeAlias = Literal["sufficient", "minimal", "never_errs"]
EQUALITIES: tuple[Equality, ...] = ("sufficient", "minimal", "never_errs")
LIMITS = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
AT = "at"

_BITS = tuple(f"b{place}" for place in range(7))
_UNSAID = {Shape.COUNTRY, Shape.PLACE}


@dataclass(frozen=True)
class Subject:
    """One model: what is ordered of it over time, and the tables that are to do it."""

    book: Lawbook
    compiled: Compiled
    model: str
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, book: Lawbook, compiled: Compiled, model: str) -> "Subject":
        """Take a lawbook, its tables and a model of both."""
        return cls(book, compiled, model, spans_of(book, model))

    def domain(self) -> Domain:
        """Return the values and ids that the orders or the tables tell apart."""
        return domain(self.spans, (self.compiled,), self.model)


def domain(spans: Sequence[Span], compiled: Iterable[Compiled], model: str) -> Domain:
    """Return a value for all that neither the orders nor any of the tables tell apart."""
    sides = tuple(compiled)
    kinds = ("person", "organisation")
    atoms = [atom for kind in kinds for atom in ordered.atoms(spans, kind)]
    formulas = [
        [item for kind in kinds for item in tables.formulas(one, model, kind)] for one in sides
    ]
    masks = [tables.masks(item) for item in formulas]
    lists: dict[str, list[Listed]] = {}
    for atom in atoms:
        if isinstance(atom, Listed):
            lists.setdefault(atom.attribute, []).append(atom)
    asked = dict.fromkeys(lists)
    for side, found in zip(sides, masks, strict=True):
        names = side.partitions.attributes
        asked |= dict.fromkeys(names[place] for place in found if place < len(names))
    values = {name: _values(name, lists.get(name, []), sides, masks) for name in asked}
    names_certified = {
        (demand.rule.predicate.name,)
        for span in spans
        for demand in span.demands
        if demand.rule.predicate.name and demand.rule.standing == "certified_organisation"
    }
    if names_certified:
        every = sorted({*values.get(CERTIFICATES, ()), *names_certified})
        values[CERTIFICATES] = {item: (item,) for item in every}
    groups = [atom.group.members for atom in atoms if isinstance(atom, Given)]
    for side in sides:
        groups += [
            item.members for item in (*side.partitions.own_groups, *side.partitions.acting_groups)
        ]
    members = sorted(frozenset[str]().union(*groups))
    ids = alike(
        [("",), *((item,) for item in members)],
        lambda item: tuple(item[0] in group for group in groups),
    )
    return Domain(values, tuple(item for (item,) in ids))


def _values(
    name: str, lists: list[Listed], sides: Sequence[Compiled], masks: Sequence[dict[int, set[int]]]
) -> dict[Parts, tuple[Parts, ...]]:
    found = dict.fromkeys(ordered.values_named(lists))
    for side in sides:
        place = side.partitions.index.get(name)
        if place is not None:
            for parts in side.partitions.of[place].representatives:
                found |= dict.fromkeys((parts, (*parts[:-1], "")) if len(parts) > 1 else (parts,))
    unsaid = VOCABULARY[name].shape in _UNSAID
    whole = [value for value in found if "" not in value]

    named = [
        (
            item.patterns,
            replace(item, patterns=frozenset(one for one in item.patterns if WILD in one)),
        )
        for item in lists
    ]

    @cache
    def told(value: Parts) -> tuple[object, ...]:
        # Annexes list thousands: only patterns with a wildcard are tried one by one.
        by_lists = tuple(value in exact or wild.names(value) for exact, wild in named)
        return by_lists, *(
            tables.told(side, item, name, value) for side, item in zip(sides, masks, strict=True)
        )

    kept = alike(whole, told)
    if not unsaid:
        return kept
    open_values = [value for value in found if "" in value and value != ("",) * len(value)]
    said = _said(whole, open_values, told)
    return kept | alike(open_values, lambda value: (told(value), said[value]))


def _said(
    whole: Sequence[Parts], open_values: Iterable[Parts], told: Callable[[Parts], object]
) -> dict[Parts, frozenset[object]]:
    """Return, for each value with parts unsaid, what is told of all that it may turn out to be."""
    found: dict[Parts, set[object]] = {value: set() for value in open_values}
    for gaps in {tuple(part == "" for part in value) for value in found}:
        for value in whole:
            if len(value) == len(gaps):
                bare = tuple("" if gap else part for gap, part in zip(gaps, value, strict=True))
                if bare in found:
                    found[bare].add(told(value))
    return {value: frozenset(others) for value, others in found.items()}


def equality(subject: Subject, links: Sequence[Symbols], script: Script) -> dict[Equality, str]:
    """Return, for each property, the term that somebody of whom it does not hold makes true."""
    names = {rest: symbol(f"rest {place}") for place, rest in enumerate(_BITS)}
    rest = tuple(script.declare(name.strip("|")) for name in names.values())
    script.require(_well_formed(rest))
    functions = Functions(script)
    goals: dict[Equality, list[str]] = {name: [] for name in EQUALITIES}
    for link in links:
        wanted = Demands(script, link).bars(subject.spans, AT)
        found = Tables(script, link, subject.compiled).codes(subject.model, AT)
        for name, term in functions.differ(_join(wanted, rest), _join(found, rest)).items():
            goals[name].append(term)
        goals["sufficient"].append(_other_substitute(subject, functions, wanted, found))
        goals["never_errs"] += [neg(_well_formed(found)), _no_substitute(subject, functions, found)]
    return {name: disj(terms) for name, terms in goals.items()}


class Functions:
    """Outcomes as functions of the bits: as the meaning says, and as the tables' own table has it."""

    def __init__(self, script: Script) -> None:
        self._ordered = {
            limit: script.function(f"ordered at least {limit.word}", _BITS, _meaning(limit))
            for limit in LIMITS
        }
        self._tables = {
            limit: script.function(f"tables at least {limit.word}", _BITS, _table(limit))
            for limit in LIMITS
        }

    def ordered(self, bits: Sequence[str], limit: Outcome) -> str:
        """Whether the meaning comes to so much or more."""
        return f"({self._ordered[limit]} {' '.join(bits)})"

    def tables(self, bits: Sequence[str], limit: Outcome) -> str:
        """Whether the tables come to so much or more."""
        return f"({self._tables[limit]} {' '.join(bits)})"

    def substitutes(self, bits: Sequence[str], *, tables: bool) -> str:
        """Whether it is exactly a substitute."""
        of = self.tables if tables else self.ordered
        return conj((of(bits, Outcome.SUBSTITUTE), neg(of(bits, Outcome.VERIFY))))

    def differ(self, wanted: Sequence[str], found: Sequence[str]) -> dict[Equality, str]:
        """Whether the tables are less strict than ordered, and whether stricter."""
        pairs = [(self.ordered(wanted, limit), self.tables(found, limit)) for limit in LIMITS]
        return {
            "sufficient": disj(conj((ought, neg(does))) for ought, does in pairs),
            "minimal": disj(conj((does, neg(ought))) for ought, does in pairs),
        }


def differ(
    pair: tuple[Compiled, Compiled], model: str, spans: Sequence[tuple[Instant, Instant]]
) -> tuple[str, bool]:
    """Ask for somebody whom two lawbooks' tables treat differently within some spans.

    The second value says that there is nothing to ask: both tables are the same text.
    """
    script = Script(f"{model}: two states of law compared")
    script.declare(AT, "Int")
    both = domain((), pair, model)
    texts: list[list[tuple[str, ...]]] = []
    for label, side in zip(("with", "without"), pair, strict=True):
        links = _links(script, both)
        texts.append([Tables(script, link, side, label).codes(model, AT) for link in links])
    same = [tuple(item) for item in zip(*texts, strict=True)]
    if all(one == other for one, other in same):
        return script.text("false"), True
    goal = disj(
        neg(f"(= {one} {other})")
        for codes in same
        for one, other in zip(*codes, strict=True)
        if one != other
    )
    within = disj(during(AT, since, until) for since, until in spans)
    return script.text(within, goal), False


def _links(script: Script, both: Domain) -> list[Symbols]:
    return links(script, both, Symbols)


def links(script: Script, both: Domain, make: type[Symbols]) -> list[Symbols]:
    """Return one link of each role; people act for the organisation."""
    organisation = make(script, "organisation", both)
    roles: tuple[Role, ...] = tuple(role for role in ROLES if role != "organisation")
    return [organisation, *(make(script, role, both, organisation) for role in roles)]


def always() -> tuple[tuple[Instant, Instant], ...]:
    """All of time."""
    return ((-FOREVER, FOREVER),)


def _join(bits: Sequence[str], rest: Sequence[str]) -> tuple[str, ...]:
    return tuple(disj(pair) for pair in zip(bits, rest, strict=True))


def _well_formed(bits: Sequence[str]) -> str:
    """Whether bits are those of a triple: thermometers, with `least` no stricter than `most`."""
    pairs = ((1, 0), (3, 2), (0, 2), (1, 3), (5, 4), (6, 5))
    return conj(disj((neg(bits[stricter]), bits[less])) for stricter, less in pairs)


def _meaning(limit: Outcome) -> str:
    """The outcome of §7.2: `least` where it equals `most`, else the stricter of it and fallback."""
    settled = f"(and (= {_BITS[0]} {_BITS[2]}) (= {_BITS[1]} {_BITS[3]}))"
    least = _BITS[0] if limit is Outcome.SUBSTITUTE else _BITS[1]
    meanwhile = {Outcome.SUBSTITUTE: _BITS[4], Outcome.VERIFY: _BITS[5], Outcome.DENY: _BITS[6]}
    return f"(or {least} (and (not {settled}) {meanwhile[limit]}))"


def _table(limit: Outcome) -> str:
    """The outcome of a code, read off the table of outcomes that gateways have."""
    return disj(
        conj(bit if code >> place & 1 else neg(bit) for place, bit in enumerate(_BITS))
        for code in range(CODES)
        if OUTCOMES[code] >= limit
    )


def _other_substitute(
    subject: Subject, functions: Functions, wanted: Sequence[str], found: Sequence[str]
) -> str:
    """Whether a substitute is due and another one serves."""
    other = disj(
        conj(
            (
                during(AT, span.since, span.until),
                during(AT, phase.since, phase.until),
            )
        )
        for span in subject.spans
        for phase in tables.phases(subject.compiled, subject.model)
        if max(span.since, phase.since) < min(span.until, phase.until)
        and span.substitute != phase.substitute
    )
    if other == "false":
        return other
    both = (functions.substitutes(wanted, tables=False), functions.substitutes(found, tables=True))
    return conj((other, *both))


def _no_substitute(subject: Subject, functions: Functions, found: Sequence[str]) -> str:
    """Whether a substitute is due where none is named, or one that nobody has."""
    nowhere = disj(
        during(AT, phase.since, phase.until)
        for phase in tables.phases(subject.compiled, subject.model)
        if phase.substitute not in subject.book.catalogue.models
    )
    if nowhere == "false":
        return nowhere
    return conj((nowhere, functions.substitutes(found, tables=True)))
