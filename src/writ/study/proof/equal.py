"""Questions whether the tables do what is ordered: each asks for somebody of whom they do not.

1. A chain is the strictest of its links, component by component. So a link is asked about beside
   the rest of a chain of which nothing is assumed: replacing the links of any chain one by one then
   leaves its outcome as it was.
2. `sufficient` asks for an outcome less strict than ordered (or another substitute), `minimal` for
   one that is stricter, `never_errs` for a code that no triple has, or a substitute that nobody named.
3. `contained` and `restores` ask whether two lawbooks' tables ever differ in an instant given.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import starmap
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.model.catalogue import Deployment
from writ.model.cell import CODES, OUTCOMES
from writ.model.expression import WILD, Given, Group, Listed
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.vocabulary import VOCABULARY
from writ.study.proof import ordered, worlds
from writ.study.proof.artefact import UNSAID, Cells, formulas, groups, levels, masks, phases
from writ.study.proof.artefact import told as told_of
from writ.study.proof.findings import named
from writ.study.proof.ordered import Demands
from writ.study.proof.smt import Script, conj, disj, neg
from writ.study.proof.symbols import (
    CERTIFICATES,
    ROLES,
    Domain,
    Level,
    Parts,
    Role,
    Symbols,
    alike,
    looked_up,
)
from writ.study.proof.tables import Tables
from writ.study.proof.timeline import Span, Time, edges_of, levels_of, spans_of

Equality: TypeAlias = Literal["sufficient", "minimal", "never_errs"]
EQUALITIES: tuple[Equality, ...] = ("sufficient", "minimal", "never_errs")
LIMITS = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
_BITS = tuple(f"b{place}" for place in range(7))


@dataclass(frozen=True)
class Subject:
    """One model: what is ordered of it over time, and the tables that are to do it.

    `deployments` are where it is served; none: nobody says where, and all rules count.
    """

    book: Lawbook
    cells: Cells
    model: str
    spans: tuple[Span, ...]
    deployments: tuple[Deployment, ...] = ()

    @classmethod
    def of(
        cls, book: Lawbook, tables: Cells | Compiled, model: str, *deployments: Deployment
    ) -> "Subject":
        """Take a lawbook, its tables, a model of both, and deployments that all rules on it treat alike."""
        cells = tables if isinstance(tables, Cells) else Cells(tables)
        spans = spans_of(book, model, deployments[0] if deployments else None)
        return cls(book, cells, model, spans, deployments)

    @property
    def compiled(self) -> Compiled:
        """The tables."""
        return self.cells.compiled

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the deployments."""
        return tuple(item.name for item in self.deployments)

    @property
    def name(self) -> str:
        """The model, and where it is served."""
        return named(self.model, self.places)

    def domain(self) -> Domain:
        """Return the values and ids that the orders or the tables tell apart."""
        return domain(self.spans, (self.cells,), self.model)

    def time(self, script: Script) -> Time:
        """Return the instant asked about, among all edges of both."""
        found = phases(self.compiled, self.model)
        edges = {edge for phase in found for edge in (phase.since, phase.until)}
        return Time(script, {*edges, *edges_of(self.spans)})


def domain(spans: Sequence[Span], tables: Iterable[Cells], model: str) -> Domain:
    """Return a value for all that neither the orders nor any of the tables tell apart."""
    sides = tuple(_side(cells, model) for cells in tables)
    kinds = ("person", "organisation")
    atoms = [atom for kind in kinds for atom in ordered.atoms(spans, kind)]
    lists: dict[str, list[Listed]] = {}
    for atom in atoms:
        if isinstance(atom, Listed):
            lists.setdefault(atom.attribute, []).append(atom)
    asked = dict.fromkeys(lists)
    for side in sides:
        names = side.cells.compiled.partitions.attributes
        asked |= dict.fromkeys(names[place] for place in side.masks if place < len(names))
    values = {name: _values(name, lists.get(name, []), sides) for name in asked}
    names_certified = {
        (demand.rule.predicate.name,)
        for span in spans
        for demand in span.demands
        if demand.rule.predicate.name and demand.rule.standing == "certified_organisation"
    }
    if names_certified:
        every = sorted({*values.get(CERTIFICATES, ()), *names_certified})
        values[CERTIFICATES] = {item: (item,) for item in every}
    every = [atom.group.members for atom in atoms if isinstance(atom, Given)]
    every += [group.members for side in sides for group in side.groups]
    members = sorted(frozenset[str]().union(*every))
    ids = alike(
        [("",), *((item,) for item in members)],
        lambda item: tuple(item[0] in group for group in every),
    )
    asked_at = {Level(*level) for level in levels_of(spans)}
    asked_at |= {level for side in sides for level in levels(side.cells.compiled, model)}
    return Domain(values, tuple(item for (item,) in ids), frozenset(asked_at))


@dataclass(frozen=True, slots=True)
class _Side:
    """Tables, and all that they ask about one model: masks by place, and groups."""

    cells: Cells
    masks: dict[int, tuple[int, ...]]
    groups: tuple[Group, ...]


def _side(cells: Cells, model: str) -> _Side:
    found = [
        item
        for kind in ("person", "organisation")
        for item in formulas(cells.compiled, model, kind)
    ]
    asked = {place: tuple(sorted(several)) for place, several in masks(found).items()}
    return _Side(cells, asked, tuple(dict.fromkeys(groups(cells.compiled, found))))


def _values(
    name: str, lists: list[Listed], sides: Sequence[_Side]
) -> dict[Parts, tuple[Parts, ...]]:
    found = dict.fromkeys(worlds.values_named(lists))
    wild = {one for item in lists for one in item.patterns if WILD in one}
    for side in sides:
        found |= dict.fromkeys(_told_apart(name, side, wild))
    lists_of = [looked_up(item.patterns) for item in lists]

    @cache
    def told(value: Parts) -> tuple[object, ...]:
        return (
            tuple([item.name(value) for item in lists_of]),
            *(told_of(side.cells.compiled, side.masks, name, value) for side in sides),
        )

    if VOCABULARY[name].shape not in UNSAID:
        return alike((value for value in found if "" not in value), told)
    whole = [value for value in found if "" not in value]
    open_values = [value for value in found if "" in value and value != ("",) * len(value)]
    said = _said(whole, open_values, told)
    # A value that can only turn out to be what is told of it already is one like it.
    return alike(
        (*whole, *open_values),
        lambda value: (told(value), said.get(value) or frozenset({told(value)})),
    )


def _told_apart(name: str, side: _Side, wild: Iterable[Parts]) -> Iterator[Parts]:
    """Yield the values that the tables or the orders tell from others, and one of each form else.

    A value that orders name in full is known already.
    """
    for pattern in wild:
        yield from side.cells.named(name, pattern)
    place = side.cells.compiled.partitions.index.get(name)
    asked = 0
    for mask in side.masks.get(-1 if place is None else place, ()):
        asked |= mask
    rest: set[bool] = set()
    for value, cells in side.cells.of(name):
        if cells & asked:
            yield value
        elif ("" in value) not in rest:
            rest.add("" in value)
            yield value


def _said(
    whole: Sequence[Parts], open_values: Iterable[Parts], told: Callable[[Parts], object]
) -> dict[Parts, frozenset[object]]:
    """Return, for each value whose last part is unsaid, what is told of all that it may turn out to be."""
    found: dict[Parts, set[object]] = {value: set() for value in open_values}
    for value in whole:
        bare = (*value[:-1], "")
        if bare in found:
            found[bare].add(told(value))
    return {value: frozenset(others) for value, others in found.items()}


def equality(subject: Subject, links: Sequence[Symbols], script: Script) -> dict[Equality, str]:
    """Return, for each property, the term that somebody of whom it does not hold makes true."""
    rest = tuple(script.declare(f"rest {place}") for place in range(len(_BITS)))
    script.require(_well_formed(rest))
    time = subject.time(script)
    functions = Functions(script)
    goals: dict[Equality, list[str]] = {name: [] for name in EQUALITIES}
    for link in links:
        wanted = Demands(script, link).bars(subject.spans, time)
        found = Tables(script, link, subject.compiled).codes(subject.model, time)
        for name, term in functions.differ(_join(wanted, rest), _join(found, rest)).items():
            goals[name].append(term)
        goals["sufficient"].append(other_substitute(subject, functions, time, (wanted, found)))
        nobody = _no_substitute(subject, functions, time, found)
        goals["never_errs"] += [neg(_well_formed(found)), nobody]
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


def differ(pair: tuple[Cells, Cells], model: str, spans: Sequence[tuple[Instant, Instant]]) -> str:
    """Ask for somebody whom two lawbooks' tables treat differently within some spans."""
    script = Script(f"{model}: two states of law compared")
    both = domain((), pair, model)
    found = [phase for side in pair for phase in phases(side.compiled, model)]
    edges = {edge for phase in found for edge in (phase.since, phase.until)}
    time = Time(script, {*edges, *(edge for span in spans for edge in span)})
    one, other = (
        [
            Tables(script, link, side.compiled, label).codes(model, time)
            for link in links(script, both, Symbols)
        ]
        for label, side in zip(("with", "without"), pair, strict=True)
    )
    goal = disj(
        neg(f"(= {bit} {also})")
        for codes in zip(one, other, strict=True)
        for bit, also in zip(*codes, strict=True)
    )
    return script.text(disj(starmap(time.during, spans)), goal)


def links(script: Script, both: Domain, make: type[Symbols]) -> list[Symbols]:
    """Return one link of each role; people act for the organisation."""
    organisation = make(script, "organisation", both)
    roles: tuple[Role, ...] = tuple(role for role in ROLES if role != "organisation")
    return [organisation, *(make(script, role, both, organisation) for role in roles)]


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
    """The outcome of a code, read off the table of outcomes that gateways have, bit by bit."""
    return _decided([OUTCOMES[code] >= limit for code in range(CODES)])


def _decided(reached: Sequence[bool]) -> str:
    if all(reached) or not any(reached):
        return "true" if reached[0] else "false"
    half = len(reached) // 2
    bit, no, yes = _BITS[half.bit_length() - 1], _decided(reached[:half]), _decided(reached[half:])
    if no == yes:
        return no
    return disj((conj((bit, yes)), conj((neg(bit), no))))


def other_substitute(
    subject: Subject, functions: Functions, time: Time, bits: tuple[Sequence[str], Sequence[str]]
) -> str:
    """Whether a substitute is due and another one serves."""
    wanted, found = bits
    other = disj(
        conj((time.during(span.since, span.until), time.during(phase.since, phase.until)))
        for span in subject.spans
        for phase in phases(subject.compiled, subject.model)
        if max(span.since, phase.since) < min(span.until, phase.until)
        and span.substitute != phase.substitute
    )
    if other == "false":
        return other
    both = (functions.substitutes(wanted, tables=False), functions.substitutes(found, tables=True))
    return conj((other, *both))


def _no_substitute(subject: Subject, functions: Functions, time: Time, found: Sequence[str]) -> str:
    """Whether a substitute is due where none is named, or one that nobody has."""
    nowhere = disj(
        time.during(phase.since, phase.until)
        for phase in phases(subject.compiled, subject.model)
        if phase.substitute not in subject.book.catalogue.models
    )
    if nowhere == "false":
        return nowhere
    return conj((nowhere, functions.substitutes(found, tables=True)))
