"""Questions whether the tables do what is ordered: each asks for somebody of whom they do not.

1. A chain is the strictest of its links, component by component. So a link is asked about beside
   the rest of a chain of which nothing is assumed: replacing the links of any chain one by one then
   leaves its outcome as it was.
2. `sufficient` asks for an outcome less strict than ordered (or another substitute), `minimal` for
   one that is stricter, `never_errs` for a code that no triple has, or a substitute that nobody named.
3. All three hold where the bits of no link differ, the tables' are a triple's, and the tables' own table
   has the outcome of the meaning for whatever triple: that is asked first, and is the easier question.
4. `contained` and `restores` ask whether two lawbooks' tables ever differ in an instant given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import starmap
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.model.catalogue import Deployment
from writ.model.cell import CODES, OUTCOMES
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.study.proof.artefact import Cells, Phase
from writ.study.proof.findings import named
from writ.study.proof.ordered import Demands
from writ.study.proof.smt import Script, conj, disj, neg
from writ.study.proof.symbols import (
    ROLES,
    Domain,
    Role,
    Symbols,
)
from writ.study.proof.tables import Tables
from writ.study.proof.timeline import Span, Time, edges_of, spans_of
from writ.study.proof.values import domain

Bits: TypeAlias = Sequence[str]
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
    def phases(self) -> tuple[Phase, ...]:
        """The phases of the tables."""
        return self.cells.phases(self.model)

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
        edges = {edge for phase in self.phases for edge in (phase.since, phase.until)}
        return Time(script, {*edges, *edges_of(self.spans)})


class Compared:
    """What is ordered of every link, and what the tables do, beside the rest of a chain (rule 1)."""

    def __init__(self, subject: Subject, links: Sequence[Symbols], script: Script) -> None:
        self._subject, self._script = subject, script
        self._time, self._functions = subject.time(script), Functions(script)
        self._elsewhere = other_substitute(subject, self._time)
        self._nowhere = _no_substitute(subject, self._time)
        self._rest = self._chain("rest")
        self._bits = [
            (
                Demands(script, link).bars(subject.spans, self._time),
                Tables(script, link, subject.cells).codes(subject.model, self._time),
            )
            for link in links
        ]

    def anything(self) -> str:
        """Whether anything differs, be it without consequence (rule 3)."""
        terms = [self._tables_differ()]
        for wanted, found in self._bits:
            terms += [
                neg(f"(= {bit} {also})")
                for bit, also in zip(wanted, found, strict=True)
                if bit != also
            ]
            terms += [self._other_substitute(wanted, found), self._errs(found)]
        return disj(terms)

    def goals(self) -> dict[Equality, str]:
        """Return, for each property, the term that somebody of whom it does not hold makes true."""
        goals: dict[Equality, list[str]] = {name: [] for name in EQUALITIES}
        for wanted, found in self._bits:
            differ = self._functions.differ(_join(wanted, self._rest), _join(found, self._rest))
            for name, term in differ.items():
                goals[name].append(term)
            goals["sufficient"].append(self._other_substitute(wanted, found))
            goals["never_errs"].append(self._errs(found))
        return {name: disj(terms) for name, terms in goals.items()}

    def _chain(self, name: str) -> Bits:
        """Return the bits of some links of which nothing is assumed."""
        bits = tuple(self._script.declare(f"{name} {place}") for place in range(len(_BITS)))
        self._script.require(_well_formed(bits))
        return bits

    def _tables_differ(self) -> str:
        """Whether bits that are a triple's have another outcome by the tables' own table."""
        pairs = [
            (self._functions.ordered(_BITS, limit), self._functions.tables(_BITS, limit))
            for limit in LIMITS
        ]
        differ = disj(neg(f"(= {ought} {does})") for ought, does in pairs)
        name = self._script.function("outcomes differ", _BITS, differ)
        return f"({name} {' '.join(_join(self._chain('any'), self._rest))})"

    def _other_substitute(self, wanted: Bits, found: Bits) -> str:
        return conj((self._elsewhere, self._functions.both_substitute(wanted, found)))

    def _errs(self, found: Bits) -> str:
        nobody = conj((self._nowhere, self._functions.substitutes(found, tables=True)))
        return disj((neg(_well_formed(found)), nobody))


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

    def both_substitute(self, wanted: Sequence[str], found: Sequence[str]) -> str:
        """Whether a substitute is ordered and one serves."""
        ought, does = self.substitutes(wanted, tables=False), self.substitutes(found, tables=True)
        return conj((ought, does))

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
    found = [phase for side in pair for phase in side.phases(model)]
    edges = {edge for phase in found for edge in (phase.since, phase.until)}
    time = Time(script, {*edges, *(edge for span in spans for edge in span)})
    one, other = (
        [
            Tables(script, link, side, label).codes(model, time)
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


@cache
def _meaning(limit: Outcome) -> str:
    """The outcome of §7.2: `least` where it equals `most`, else the stricter of it and fallback."""
    settled = f"(and (= {_BITS[0]} {_BITS[2]}) (= {_BITS[1]} {_BITS[3]}))"
    least = _BITS[0] if limit is Outcome.SUBSTITUTE else _BITS[1]
    meanwhile = {Outcome.SUBSTITUTE: _BITS[4], Outcome.VERIFY: _BITS[5], Outcome.DENY: _BITS[6]}
    return f"(or {least} (and (not {settled}) {meanwhile[limit]}))"


@cache
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


def other_substitute(subject: Subject, time: Time) -> str:
    """Whether it is a time at which another substitute serves than is ordered."""
    return disj(
        conj((time.during(span.since, span.until), time.during(phase.since, phase.until)))
        for span in subject.spans
        for phase in subject.phases
        if max(span.since, phase.since) < min(span.until, phase.until)
        and span.substitute != phase.substitute
    )


def _no_substitute(subject: Subject, time: Time) -> str:
    """Whether it is a time at which no substitute is named, or one that nobody has."""
    return disj(
        time.during(phase.since, phase.until)
        for phase in subject.phases
        if phase.substitute not in subject.book.catalogue.models
    )
