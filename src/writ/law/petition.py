"""A petition to an authority for an exception to its order. See docs/annexes.md.

1. It is about the last version of the order, which must be in force at the instant asked about.
2. It speaks of that order alone: what others say is not for this authority, and is told to the
   petitioner only (`elsewhere`).
3. Of evidence it has what the rules that stop somebody and the exceptions to them ask for, and what
   the petitioner's own reasons rest on (`ground`): attribute, completeness, assurance and dates;
   never a value, a method or an issuer.
4. The exception asked for is from the rules that stop somebody listed as such (not because of whom
   they act for, or name nobody), for the models asked for. Everything else in the version stays as
   it is; what would not is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from writ.clock import Instant, format_instant
from writ.errors import Fault, InvalidInput, Refused
from writ.law.compiled.book import Compiled
from writ.law.compiled.cells import atoms
from writ.law.compiled.decide import decide_compiled
from writ.law.document import quoted
from writ.law.explain.related import attributes
from writ.law.folder import check_sources
from writ.law.petition_amendment import Amendment, amendment
from writ.law.reading import nearest
from writ.law.request import read_request, resolve
from writ.model.catalogue import Catalogue
from writ.model.decision import Reason
from writ.model.expression import Given, Listed, Predicate
from writ.model.order import Lawbook, OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject
from writ.model.vocabulary import VOCABULARY

WHY = "why"
"""Who asks for what the petitioner's reasons rest on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the petitioner asks: for whom, from which order, for which models (none: all), why.

    `ground` are the attributes that the reasons rest on.
    """

    order: str
    who: tuple[Subject, ...]
    why: str
    models: tuple[str, ...]
    at: Instant
    ground: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What one subject gets of one model by the order today, and would if it were granted."""

    subject: str
    model: str
    today: Outcome
    reasons: tuple[Reason, ...]
    granted: Outcome


@dataclass(frozen=True, slots=True)
class Petition:
    """A petition, ready to be written down; `elsewhere` is for the petitioner alone (rule 2).

    `wanted` says of each attribute who asks for it: rules and exceptions by id, or `WHY`.
    """

    base: OrderVersion
    asked: Asked
    models: tuple[str, ...]
    rules: tuple[Rule, ...]
    standings: tuple[Standing, ...]
    wanted: Mapping[str, tuple[str, ...]]
    evidence: tuple[tuple[str, Fact], ...]
    proposal: Amendment
    digest: str
    elsewhere: tuple[tuple[str, str], ...]


def listed(
    ids: Iterable[str], people: Mapping[str, Subject], names: tuple[str, str]
) -> tuple[Subject, ...]:
    """Look up whom a list names, by id; `names` are those of the list and of the subjects' file."""
    found, faults = list[Subject](), list[Fault]()
    for name in sorted(ids):
        subject = people.get(name)
        if subject is None:
            hint = nearest(name, people)
            faults.append(Fault(names[0], 0, 0, f"{quoted(name)} is nobody in {names[1]}{hint}"))
        elif subject.kind == "service":
            told = f"{quoted(name)} is a service account; list whom it acts for"
            faults.append(Fault(names[0], 0, 0, told))
        else:
            found.append(subject)
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def petition(files: Mapping[str, bytes], people: Mapping[str, Subject], asked: Asked) -> Petition:
    """Make a petition from the files of a folder of orders and what is known of people."""
    book = check_sources(files).book
    base = _base(book, asked)
    _check_ground(asked.ground)
    models = _models(book.catalogue, base, asked.models)
    court = _Court(people, asked, models)
    today = court.judge(Lawbook(book.catalogue, (base,)))
    rules = _stopping(base, today.values())
    if not rules:
        named = ", ".join(map(quoted, models))
        raise Refused(
            f"{quoted(base.order)} stops nobody on the list as such on {named}"
            f" at {format_instant(asked.at)}; there is nothing to ask for"
        )
    proposal = amendment(base, rules, models, (asked.who, asked.at), _strangers(book, base, asked))
    if taken := sorted({proposal.file, proposal.annex_file} & set(files)):
        raise Refused(f"the folder has a file {quoted(taken[0])} already")
    after = check_sources(
        {**files, proposal.file: proposal.data, proposal.annex_file: proposal.annex_data}
    ).book
    version = max(_of(after, base.order), key=lambda item: item.version)
    kept = version.exemptions[: len(base.exemptions)]
    if (version.rules, kept) != (base.rules, base.exemptions):
        raise Refused(
            f"a version from {format_instant(asked.at)} would not mean what version {base.version}"
            " means: a group or list that it names has other members; write it by hand"
        )
    granted = court.judge(Lawbook(book.catalogue, (version,)))
    everywhere = court.judge(after)
    wanted = _wanted(base, rules, asked.ground)
    return Petition(
        base,
        asked,
        models,
        rules,
        tuple(Standing(*key, *today[key], granted[key][0]) for key in today),
        wanted,
        tuple(_evidence(asked, wanted)),
        proposal,
        version.annexes[proposal.annex].digest or "",
        tuple(key for key in today if everywhere[key][0] > granted[key][0]),
    )


def _of(book: Lawbook, order: str) -> list[OrderVersion]:
    return [version for version in book.versions if version.order == order]


def _base(book: Lawbook, asked: Asked) -> OrderVersion:
    """Find the version that is to be amended (rule 1)."""
    mine = _of(book, asked.order)
    if not mine:
        known = {version.order for version in book.versions}
        raise InvalidInput(f"no order {quoted(asked.order)}{nearest(asked.order, known)}")
    last = max(mine, key=lambda version: version.version)
    named = f"version {last.version}, the last of {quoted(last.order)},"
    if last.kind in {"programme", "mitigation"}:
        raise Refused(f"{named} is a {last.kind}, the provider's own: no authority can except")
    if last.kind != "restriction":
        raise Refused(f"{named} is a {last.kind} and bars nobody")
    if last not in book.in_force(asked.at):
        raise Refused(
            f"{named} is not in force at {format_instant(asked.at)};"
            f" it takes effect at {format_instant(last.effective)}"
        )
    return last


def _models(known: Catalogue, base: OrderVersion, names: tuple[str, ...]) -> tuple[str, ...]:
    covered = frozenset[str]().union(*(rule.models for rule in base.rules))
    found, faults = set[str](), list[Fault]()
    for name in names:
        model = known.resolve(name)
        if model is None:
            told = f"no model {quoted(name)} in the catalogue{nearest(name, known.models)}"
            faults.append(Fault("--models", 0, 0, told))
        elif model not in covered:
            told = f"no rule of {quoted(base.order)} covers {quoted(model)}"
            faults.append(Fault("--models", 0, 0, told + nearest(model, covered)))
        else:
            found.add(model)
    if faults:
        raise InvalidInput(faults)
    return tuple(sorted(found or covered))


_Key = tuple[str, str]
_Judged = dict[_Key, tuple[Outcome, tuple[Reason, ...]]]


@dataclass(frozen=True, slots=True)
class _Court:
    """Asks for everybody listed and every model what `writ decide` would say."""

    people: Mapping[str, Subject]
    asked: Asked
    models: tuple[str, ...]

    def judge(self, book: Lawbook) -> _Judged:
        compiled = Compiled(book)
        return {
            (subject.id, model): self._judged(compiled, subject.id, model)
            for subject in self.asked.who
            for model in self.models
        }

    def _judged(
        self, compiled: Compiled, subject: str, model: str
    ) -> tuple[Outcome, tuple[Reason, ...]]:
        value = {"subject": subject, "model": model}
        chain = resolve(read_request(value, self.people, now=self.asked.at))
        if isinstance(chain, Reason):
            return Outcome.DENY, (chain,)
        found = decide_compiled(compiled, chain, model, self.asked.at, settling=False)
        return found.outcome, found.reasons


def _strangers(book: Lawbook, base: OrderVersion, asked: Asked) -> dict[str, Outcome]:
    """Say what somebody of whom nothing is known gets of every model that the rules cover."""
    compiled = Compiled(Lawbook(book.catalogue, (base,)))
    nobody = Chain(Subject("", "person"))
    return {
        model: decide_compiled(compiled, nobody, model, asked.at, settling=False).outcome
        for model in sorted(frozenset[str]().union(*(rule.models for rule in base.rules)))
    }


def _stopping(
    base: OrderVersion, judged: Iterable[tuple[Outcome, tuple[Reason, ...]]]
) -> tuple[Rule, ...]:
    """Return the rules that do not let somebody listed pass, as requester (rule 4)."""
    named = {
        reason.rule
        for outcome, reasons in judged
        if outcome is not Outcome.PERMIT
        for reason in reasons
        if reason.link == "requester"
    }
    return tuple(rule for rule in base.rules if rule.id in named)


def _check_ground(names: Iterable[str]) -> None:
    """Refuse what no fact can be about."""
    faults = [
        Fault("--ground", 0, 0, f"no attribute {quoted(name)}{nearest(name, VOCABULARY)}")
        for name in names
        if name not in VOCABULARY
    ]
    if faults:
        raise InvalidInput(faults)


def _wanted(
    base: OrderVersion, rules: tuple[Rule, ...], ground: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Say which attributes are asked for, and by whom (rule 3)."""
    stopping = {rule.id for rule in rules}
    asking = [(rule.id, rule.predicate) for rule in rules]
    for item in base.exemptions:
        if item.to in stopping:
            asking += [(item.id, predicate) for predicate in (item.who, item.unless) if predicate]
    found = dict[str, list[str]]()
    for by, predicate in asking:
        for name in _attributes(predicate):
            found.setdefault(name, []).append(by)
    for name in ground:
        found.setdefault(name, []).append(WHY)
    return {name: tuple(dict.fromkeys(by)) for name, by in found.items()}


def _evidence(asked: Asked, wanted: Mapping[str, object]) -> Iterator[tuple[str, Fact]]:
    """Yield the facts that are held of what is asked for (rule 3)."""
    for subject in asked.who:
        facts = [
            fact
            for fact in subject.facts
            if fact.attribute in wanted and fact.verified_at <= asked.at
        ]
        for fact in sorted(facts, key=lambda item: (item.attribute, item.verified_at, item.issuer)):
            yield subject.id, fact


def _attributes(predicate: Predicate) -> Iterator[str]:
    for expression in (predicate.person, predicate.organisation):
        for atom in atoms(expression):
            if isinstance(atom, Listed):
                yield atom.attribute
            elif not isinstance(atom, Given):
                yield from attributes([atom])
