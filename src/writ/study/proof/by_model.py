"""What is asked of one model, wherever it is served.

1. `sufficient`, `minimal` and `never_errs` are one question: over all that may be known of anybody, does
   anything differ between what is ordered and what the tables do? Where it does, each is asked by itself.
2. `live`, `consistent` and `worthwhile` are about what is ordered; `sufficient` and `minimal` carry them
   over to the tables.
3. Deployments that the same rules cover are one. Nobody says where is one as well: all rules count.
   A rule is live if it is at one of them, and everything else holds at all of them.
4. Who is found is asked of both meanings again before it is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from writ.clock import Instant
from writ.errors import Failed
from writ.law.compiled.decide import outcome_of
from writ.law.compiled.places import Places
from writ.law.literal.decide import decide as decide_literally
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.study.proof import people
from writ.study.proof.artefact import Cells, spoken
from writ.study.proof.counted import count
from writ.study.proof.equal import EQUALITIES, Compared, Subject, links
from writ.study.proof.findings import Case, Finding, Method, Proof
from writ.study.proof.people import Asked, Changed
from writ.study.proof.smt import Script
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Symbols
from writ.study.proof.timeline import Demand

_SHOWN: Method = "somebody shows it"
_NOTHING: Method = "nothing to ask"


@dataclass
class Law:
    """A lawbook with its tables, for each deployment; `orders` are those asked about.

    `requests` is how many are counted for a model; 0: none are.
    """

    book: Lawbook
    orders: tuple[str, ...]
    everywhere: Cells
    requests: int
    places: Places = field(init=False)
    _cells: dict[int, Cells] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.book)

    def subjects(self, model: str) -> list[Subject]:
        """Return a model where nobody says where it is served, and at deployments that differ (rule 3)."""
        first = Subject.of(self.book, self.everywhere, model)
        found: dict[object, tuple[Cells, list[Deployment]]] = {_told(first): (self.everywhere, [])}
        for _, deployment in sorted(self.book.catalogue.deployments.items()):
            compiled = self.places.at(deployment)
            cells = self._cells.setdefault(id(compiled), Cells(compiled))
            there = Subject.of(self.book, cells, model, deployment)
            found.setdefault(_told(there), (cells, []))[1].append(deployment)
        differing = list(found.values())[1:]
        return [first, *(Subject.of(self.book, cells, model, *at) for cells, at in differing)]


def _told(subject: Subject) -> object:
    """Return what orders and tables have on a model: deployments of which it is the same are one."""
    ordered = tuple(span.told for span in subject.spans)
    return ordered, spoken(subject.cells, subject.model)


def prove_model(law: Law, model: str) -> Proof:
    """Ask everything about one model."""
    proof, subjects = Proof(), law.subjects(model)
    for subject in subjects:
        does_what_is_ordered(proof, subject)
    try:
        _live(proof, law, subjects)
        _consistent(proof, law, subjects[0])
        for subject in subjects:
            _worthwhile(proof, subject)
    except Failed as error:
        proof.findings.append(Finding("worthwhile", model, holds=False, said=str(error)))
    for subject in subjects if law.requests else ():
        counted = count(subject, law.requests // len(subjects))
        proof.counted.append(counted)
        for chain, at in counted.differing[:1]:
            _differs(proof, subject, chain, at)
    return proof


def does_what_is_ordered(proof: Proof, subject: Subject) -> None:
    """Ask whether the tables do what is ordered (rule 1)."""
    over = subject.domain()
    script = Script(f"{subject.name}: is what the tables do what is ordered? `unsat` means it is")
    try:
        compared = Compared(subject, links(script, over, Symbols), script)
    except Failed as error:
        for name in EQUALITIES:
            found = Finding(name, subject.model, holds=False, said=str(error))
            proof.findings.append(replace(found, deployments=subject.places))
        return
    text = script.text(compared.anything())
    proved = solve(text).answer == "unsat"
    files = proof.keep(f"{subject.name}.equal", text) if proved else ()
    goals = {} if proved else compared.goals()
    for name in EQUALITIES:
        if not proved:
            text = script.text(goals[name])
            files = proof.keep(f"{subject.name}.{name}", text)
            answer = solve(text).answer
            if answer != "unsat":
                proof.findings.append(_refuted(subject, name, answer, files))
                continue
        said = "proved for everybody"
        found = Finding(name, subject.model, holds=True, said=said, files=files)
        proof.findings.append(replace(found, deployments=subject.places))


def _refuted(subject: Subject, name: str, answer: str, files: tuple[str, ...]) -> Finding:
    """Rule 4."""
    told = Finding(name, subject.model, holds=False, said="", files=files)
    told = replace(told, deployments=subject.places)
    if answer == "unknown":
        return replace(told, said="the solver gave no answer in time")
    over = subject.domain()
    found = None if name == "never_errs" else people.differing(subject, over, name).found
    if found is None:
        return replace(told, said="the tables differ, for facts that contradict each other")
    case = _case(subject, found.chain, found.at)
    if case.ordered != case.served:
        said = f"{case.ordered or 'something else'} is ordered and {case.served} is done"
        return replace(told, said=said, case=case)
    if case.served == Outcome.SUBSTITUTE.word:
        return replace(told, said="a substitute is ordered and another one serves", case=case)
    # It turns on owners, parents or dates, of which whoever was found has none.
    return replace(told, said="the tables differ, in what whoever was found does not show")


def _case(subject: Subject, chain: Chain, at: Instant) -> Case:
    """Rule 4; nothing is said to be ordered where the literal meaning cannot count so many cells."""
    place = subject.deployments[0] if subject.deployments else None
    done, _ = outcome_of(subject.compiled, chain, subject.model, at)
    try:
        right = decide_literally(subject.book, chain, subject.model, at, place).outcome.word
    except Failed:
        right = None
    return Case(chain, subject.model, at, right, done.word, place.name if place else None)


def _differs(proof: Proof, subject: Subject, chain: Chain, at: Instant) -> None:
    case = _case(subject, chain, at)
    said = f"found by counting: {case.ordered} is ordered and {case.served} is done"
    if not any(item.case == case for item in proof.findings):
        name = "sufficient" if case.ordered != "permit" else "minimal"
        found = Finding(name, subject.model, holds=False, said=said, case=case)
        proof.findings.append(replace(found, deployments=subject.places))


def _live(proof: Proof, law: Law, subjects: list[Subject]) -> None:
    for demand in _demands(subjects[0], law.orders):
        name = demand.name
        _somebody(proof, subjects, demand, (f"rule `{name}`", _dropped(name)))
        for item in demand.exemptions:
            what = f"exception `{item.id}` to `{name}`", _without_exception(name, item.id)
            _somebody(proof, subjects, demand, what)


def _demands(subject: Subject, orders: Iterable[str]) -> Iterator[Demand]:
    """Yield every rule of the orders asked about that is ever in force, once, with all exceptions."""
    seen, asking = dict[str, Demand](), {*orders}
    for span in subject.spans:
        for demand in span.demands:
            if demand.version.order in asking:
                known = seen.setdefault(demand.name, demand)
                both = dict.fromkeys((*known.exemptions, *demand.exemptions))
                seen[demand.name] = replace(known, exemptions=tuple(both))
    yield from seen.values()


def _somebody(
    proof: Proof, subjects: list[Subject], demand: Demand, what: tuple[str, Changed]
) -> None:
    """A rule or exception is live if somebody is found, in this law or under its order alone."""
    (name, changed), model, files = what, subjects[0].model, tuple[str, ...]()
    for subject in subjects:
        asked = people.without(subject, changed)
        files += proof.keep(f"{subject.name}.live.{name}", *asked.texts)
        if asked.found is not None:
            said = f"{name} matters to somebody"
            found = Finding("live", model, holds=True, said=said, files=files, known=_SHOWN)
            proof.findings.append(found)
            return
    asked = people.without(_alone(subjects[0], demand), changed)
    files += proof.keep(f"{model}.live.alone.{name}", *asked.texts)
    holds = asked.found is not None
    if holds:
        said = f"{name} matters by its own order; here another is always stricter"
    elif asked.sure:
        said = f"{name} matters to nobody: it is empty, or its own order is always stricter"
    else:
        said = f"{name}: the solver gave no answer in time"
    proof.findings.append(Finding("live", model, holds, said, files, noted=True, known=_SHOWN))


def _consistent(proof: Proof, law: Law, subject: Subject) -> None:
    found = [
        (asked, f"`{one.name}` lets pass only those whom `{other.name}` stops", one)
        for (one, other), asked in people.opposed(subject, law.orders)
    ]
    found += [
        (asked, f"`{must.name}` demands to serve somebody whom `{bars.name}` bars", must)
        for (must, bars), asked in people.unserved(subject, law.orders)
    ]
    refuted = [item for item in found if item[0].found is not None]
    for asked, said, one in refuted:
        files = proof.keep(f"{subject.name}.consistent.{one.name}", *asked.texts)
        _refute(proof, subject, ("consistent", said, files), asked)
    if not refuted:
        unsure = any(not asked.sure for asked, _, _ in found)
        said, known = "somebody can meet all that speak of it", _SHOWN
        if not people.meet(subject, law.orders):
            said, known = "no two orders speak of it together", _NOTHING
        if unsure:
            said = "the solver gave no answer in time"
        done = Finding("consistent", subject.model, holds=not unsure, said=said, known=known)
        proof.findings.append(done)


def _worthwhile(proof: Proof, subject: Subject) -> None:
    asked = people.in_vain(subject)
    files = proof.keep(f"{subject.name}.worthwhile", *asked.texts)
    if asked.found is not None:
        said = "no answer would serve whoever is found, or none would refuse"
        _refute(proof, subject, ("worthwhile", said, files), asked)
        return
    said = "proved for everybody" if asked.sure else "the solver gave no answer in time"
    found = Finding("worthwhile", subject.model, holds=asked.sure, said=said, files=files)
    proof.findings.append(replace(found, deployments=subject.places))


def _refute(
    proof: Proof, subject: Subject, what: tuple[str, str, tuple[str, ...]], asked: Asked
) -> None:
    name, said, files = what
    assert asked.found is not None  # noqa: S101  asked before
    case = _case(subject, asked.found.chain, asked.found.at)
    found = Finding(name, subject.model, holds=False, said=said, files=files, case=case)
    proof.findings.append(replace(found, deployments=subject.places))


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
