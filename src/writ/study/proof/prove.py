"""The proof of a lawbook's tables, property by property and model by model.

1. `sufficient`, `minimal` and `never_errs` are asked of every model that orders speak of, over all that
   may be known of anybody; `contained` and `restores` compare the tables with and without an order.
2. `live`, `consistent` and `worthwhile` are about what is ordered; `sufficient` and `minimal` carry them
   over to the tables.
3. What fails is shown by somebody: whose outcome is asked of both meanings again before it is said.
4. Each question is kept as text, under a name, with the answer that proves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from writ.clock import FOREVER, SECOND, Instant
from writ.errors import Failed, InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.law.digest import rules_digest
from writ.law.literal.decide import decide as decide_literally
from writ.model.order import Lawbook, OrderVersion
from writ.model.subject import Chain
from writ.study.proof import people
from writ.study.proof.counted import Counted, count
from writ.study.proof.equal import (
    EQUALITIES,
    Subject,
    always,
    differ,
    equality,
    links,
)
from writ.study.proof.people import Asked
from writ.study.proof.smt import Script
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Domain, Symbols
from writ.study.proof.timeline import Demand

PROPERTIES: Mapping[str, str] = {
    "sufficient": "nobody restricted is served",
    "minimal": "nobody else loses anything",
    "never_errs": "every case has an outcome, every substitute a name",
    "contained": "nothing outside the order's models and time changes",
    "restores": "once it is rescinded, everything is as if it had never been",
    "live": "every rule and every exception matters to somebody",
    "consistent": "no two orders demand opposite things of one person",
    "worthwhile": "whoever is asked to verify may be served for it",
}


Changed: TypeAlias = Callable[[Demand], Demand | None]
"""What becomes of a rule; None: it goes."""


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody of whom a property does not hold; `ordered` and `served` are outcomes, asked again."""

    chain: Chain
    model: str
    at: Instant
    ordered: str
    served: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of one model (or of none in particular): whether it holds, and how that is known."""

    property: str
    model: str
    holds: bool
    said: str
    files: tuple[str, ...] = ()
    case: Case | None = None
    noted: bool = False
    """Whether it is said aloud though it holds."""


@dataclass
class Proof:
    """All findings; `texts` are the questions by file name; `counted` is the second method, by model.

    `partly`: the orders asked about, where they were not all.
    """

    findings: list[Finding] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    counted: dict[str, Counted] = field(default_factory=dict)
    partly: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether every property holds of every model, by both methods."""
        return all(item.holds for item in self.findings) and not any(
            item.differing for item in self.counted.values()
        )


def prove(book: Lawbook, orders: Iterable[str] = (), compiled: Compiled | None = None) -> Proof:
    """Prove the tables of a lawbook, for some of its orders or for all."""
    asked = tuple(orders) or tuple(sorted({version.order for version in book.versions}))
    return _Proving(book, asked, Compiled(book) if compiled is None else compiled).run()


class _Proving:
    def __init__(self, book: Lawbook, orders: tuple[str, ...], compiled: Compiled) -> None:
        for order in orders:
            if not any(version.order == order for version in book.versions):
                raise InvalidInput(f"no order here is called `{order}`")
        self._book, self._orders, self._compiled = book, orders, compiled
        every = {version.order for version in book.versions}
        self._proof = Proof(partly=() if every <= {*orders} else orders)

    def run(self) -> Proof:
        """Ask everything (rules 1 and 2)."""
        for model in self._models(self._orders):
            subject = Subject.of(self._book, self._compiled, model)
            domain = subject.domain()
            self._equal(subject, domain)
            self._ordered(subject, domain)
            counted = self._proof.counted[model] = count(subject)
            for chain, at in counted.differing[:1]:
                self._counted(subject, chain, at)
        for order in self._orders:
            self._contained(order)
            self._restores(order)
        return self._proof

    def _models(self, orders: Iterable[str]) -> list[str]:
        return sorted(
            {
                model
                for version in self._book.versions
                if version.order in orders
                for rule in version.rules
                for model in rule.models
            }
        )

    def _equal(self, subject: Subject, domain: Domain) -> None:
        """Rule 1: over everything that may be known."""
        model = subject.model
        script = Script(f"{model}: is what the tables do what is ordered? `unsat` means it is")
        try:
            goals = equality(subject, links(script, domain, Symbols), script)
        except Failed as error:
            for name in EQUALITIES:
                self._find(Finding(name, model, holds=False, said=str(error)))
            return
        for name in EQUALITIES:
            text = script.text(goals[name])
            file = self._keep(f"{model}.{name}", text)
            answer = solve(text).answer
            if answer == "unsat":
                self._find(
                    Finding(name, model, holds=True, said="proved for everybody", files=file)
                )
            else:
                self._find(self._refuted(subject, domain, name, answer, file))

    def _refuted(
        self, subject: Subject, domain: Domain, name: str, answer: str, files: tuple[str, ...]
    ) -> Finding:
        """Rule 3."""
        if answer == "unknown":
            said = "the solver gave no answer in time"
            return Finding(name, subject.model, holds=False, said=said, files=files)
        found = None if name == "never_errs" else people.differing(subject, domain, name).found
        if found is None:
            said = "the tables differ, for facts that contradict each other"
            return Finding(name, subject.model, holds=False, said=said, files=files)
        case = self._case(subject, found.chain, found.at)
        said = f"{case.ordered} is ordered and {case.served} is done"
        return Finding(name, subject.model, holds=False, said=said, files=files, case=case)

    def _case(self, subject: Subject, chain: Chain, at: Instant) -> Case:
        right = decide_literally(self._book, chain, subject.model, at)
        done, _ = outcome_of(self._compiled, chain, subject.model, at)
        return Case(chain, subject.model, at, right.outcome.word, done.word)

    def _counted(self, subject: Subject, chain: Chain, at: Instant) -> None:
        case = self._case(subject, chain, at)
        said = f"found by counting: {case.ordered} is ordered and {case.served} is done"
        if not any(item.case == case for item in self._proof.findings):
            name = "sufficient" if case.ordered != "permit" else "minimal"
            self._find(Finding(name, subject.model, holds=False, said=said, case=case))

    def _ordered(self, subject: Subject, domain: Domain) -> None:
        """Rule 2."""
        try:
            self._live(subject, domain)
            self._consistent(subject, domain)
            asked = people.in_vain(subject, domain)
        except Failed as error:
            self._find(Finding("worthwhile", subject.model, holds=False, said=str(error)))
            return
        self._nobody(subject, "worthwhile", asked, "nothing could serve whoever is found")

    def _live(self, subject: Subject, domain: Domain) -> None:
        for demand in self._demands(subject):
            name = demand.name
            self._somebody(subject, domain, demand, (f"rule `{name}`", _dropped(name)))
            for item in demand.exemptions:
                what = f"exception `{item.id}` to `{name}`", _without_exception(name, item.id)
                self._somebody(subject, domain, demand, what)

    def _demands(self, subject: Subject) -> Iterator[Demand]:
        """Yield every rule of the orders asked about that is ever in force, once, with all exceptions."""
        seen = dict[str, Demand]()
        for span in subject.spans:
            for demand in span.demands:
                if demand.version.order in self._orders:
                    known = seen.setdefault(demand.name, demand)
                    both = dict.fromkeys((*known.exemptions, *demand.exemptions))
                    seen[demand.name] = replace(known, exemptions=tuple(both))
        yield from seen.values()

    def _somebody(
        self, subject: Subject, domain: Domain, demand: Demand, what: tuple[str, Changed]
    ) -> None:
        """A rule or exception is live if somebody is found, in this law or under its order alone."""
        name, changed = what
        asked = people.without(subject, domain, changed)
        files = self._keep_all(f"{subject.model}.live.{name}", asked)
        said, shadowed = f"{name} matters to somebody", asked.found is None
        if shadowed:
            asked = people.without(_alone(subject, demand), domain, changed)
            files += self._keep_all(f"{subject.model}.live.alone.{name}", asked)
            said = f"{name} matters by its own order; here another is always stricter"
        holds = asked.found is not None
        if not holds:
            said = f"{name} matters to nobody: it is empty, or its own order is always stricter"
        self._find(
            Finding("live", subject.model, holds=holds, said=said, files=files, noted=shadowed)
        )

    def _nobody(self, subject: Subject, name: str, asked: Asked, said: str) -> None:
        files = self._keep_all(f"{subject.model}.{name}", asked)
        if asked.found is None:
            told = "proved for everybody" if asked.sure else "the solver gave no answer in time"
            self._find(Finding(name, subject.model, holds=asked.sure, said=told, files=files))
            return
        case = self._case(subject, asked.found.chain, asked.found.at)
        self._find(Finding(name, subject.model, holds=False, said=said, files=files, case=case))

    def _consistent(self, subject: Subject, domain: Domain) -> None:
        opposed = 0
        for pair in people.pairs(subject):
            if not {pair[0].version.order, pair[1].version.order} & set(self._orders):
                continue
            asked = people.opposed(subject, domain, pair)
            if asked is not None and asked.found is not None:
                opposed += 1
                files = self._keep_all(f"{subject.model}.consistent.{pair[0].name}", asked)
                case = self._case(subject, asked.found.chain, asked.found.at)
                said = f"`{pair[0].name}` lets pass only those whom `{pair[1].name}` stops"
                self._find(
                    Finding(
                        "consistent", subject.model, holds=False, said=said, files=files, case=case
                    )
                )
        if not opposed:
            said = "no two rules here can be satisfied by nobody"
            self._find(Finding("consistent", subject.model, holds=True, said=said))

    def _contained(self, order: str) -> None:
        others = Compiled(_less(self._book, order))
        own = self._models((order,))
        for model in sorted(self._book.catalogue.models):
            spans = _outside(self._book, order, model) if model in own else always()
            self._same(("contained", order, model), (self._compiled, others), spans)

    def _restores(self, order: str) -> None:
        """Compare from the end on; an order without one is rescinded after everything else."""
        end, book = _ended(self._book, order)
        rescinded = self._compiled if book is self._book else Compiled(book)
        less = _less(self._book, order)
        for model in self._models((order,)):
            pair = (rescinded, Compiled(less))
            self._same(("restores", order, model), pair, ((end, FOREVER),))
        same = rules_digest(book, end) == rules_digest(less, end)
        said = "the digest of the rules is that of the other orders alone"
        self._find(Finding("restores", "", holds=same, said=said if same else f"not so: {said}"))

    def _same(
        self,
        what: tuple[str, str, str],
        pair: tuple[Compiled, Compiled],
        spans: Sequence[tuple[Instant, Instant]],
    ) -> None:
        name, order, model = what
        text, alike = differ(pair, model, spans)
        if alike:
            self._find(Finding(name, model, holds=True, said=f"the same tables without `{order}`"))
            return
        files = self._keep(f"{model}.{name}.{order}", text)
        answer = solve(text).answer
        said = f"proved for everybody, against the law without `{order}`"
        if answer != "unsat":
            said = f"not so, against the law without `{order}`: the solver says {answer}"
        self._find(Finding(name, model, holds=answer == "unsat", said=said, files=files))

    def _find(self, finding: Finding) -> None:
        self._proof.findings.append(finding)

    def _keep(self, name: str, text: str) -> tuple[str, ...]:
        """Rule 4."""
        plain = "".join(char if char.isalnum() or char in ".-_" else "-" for char in name)
        file = f"{plain}.smt2"
        self._proof.texts[file] = text
        return (file,)

    def _keep_all(self, name: str, asked: Asked) -> tuple[str, ...]:
        kept = enumerate(asked.texts, 1)
        return tuple(file for place, text in kept for file in self._keep(f"{name}.{place}", text))


def _alone(subject: Subject, demand: Demand) -> Subject:
    """Leave what one order says of the model, and no hold: another's shadow kills no rule."""
    order = demand.version.order
    spans = tuple(
        replace(
            span,
            demands=tuple(item for item in span.demands if item.version.order == order),
            held=False,
        )
        for span in subject.spans
    )
    return replace(subject, spans=spans)


def _dropped(name: str) -> Changed:
    return lambda demand: None if demand.name == name else demand


def _without_exception(name: str, exception: str) -> Changed:
    def changed(demand: Demand) -> Demand:
        if demand.name != name:
            return demand
        left = tuple(item for item in demand.exemptions if item.id != exception)
        return replace(demand, exemptions=left)

    return changed


def _less(book: Lawbook, order: str) -> Lawbook:
    return replace(
        book, versions=tuple(version for version in book.versions if version.order != order)
    )


def _outside(book: Lawbook, order: str, model: str) -> tuple[tuple[Instant, Instant], ...]:
    """Return the spans in which no version of the order has a rule on the model."""
    inside = sorted(
        span
        for version, span in book.governing
        if version.order == order and any(model in rule.models for rule in version.rules)
    )
    edges = [-FOREVER, *(edge for span in inside for edge in span), FOREVER]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((since, until) for since, until in pairs if since < until)


def _ended(book: Lawbook, order: str) -> tuple[Instant, Lawbook]:
    """Return when an order is over, and the law in which it is."""
    spans = [span for version, span in book.governing if version.order == order and version.rules]
    end = max((until for _, until in spans), default=0)
    if end < FOREVER:
        return end, book
    last = max(
        (version for version in book.versions if version.order == order),
        key=lambda version: version.version,
    )
    at = max(book.boundaries()) + SECOND
    return at, replace(book, versions=(*book.versions, _rescission(last, at)))


def _rescission(last: OrderVersion, at: Instant) -> OrderVersion:
    return replace(
        last,
        version=last.version + 1,
        kind="rescission",
        effective=at,
        until=None,
        rules=(),
        exemptions=(),
        scenarios=(),
        stays=(),
        requirements=(),
    )
