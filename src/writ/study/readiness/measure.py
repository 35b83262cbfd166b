"""Who would keep working if one of the plausible orders came into force now, counted by class.

1. An account is a person or a service: organisations ask through theirs. A row that cannot be read
   counts as an account, and as nobody who would keep working.
2. It is counted if it is served today with one of the models that the order names, and counts for
   the worst that becomes of it on those: it keeps working at once, with the model or with a
   substitute; it would have to show something; or it is barred, by what is known of it.
3. Readiness is the share of those served today that keep working at once.
4. What it would have to show is the cheapest evidence that the decision lists, told as a simulation
   tells it (see `writ.study.verdicts`). Whether that helps is tried: the account is judged again, by
   the compiled meaning, with the evidence shown.
5. Classes are judged, people are counted: a population is read once, whatever is asked of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.settle_derived import SOMEBODY
from writ.model.decision import LinkName, Settlement
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY
from writ.study.classes import NOBODY, Asked, Classes, lists_of, thresholds
from writ.study.engine import Engine
from writ.study.population import (
    COLUMNS,
    REQUIRED,
    Population,
    open_columns,
    read_population,
)
from writ.study.readiness.library import Plausible
from writ.study.subject_lines import Held
from writ.study.traffic import Asker
from writ.study.verdicts import UNJUDGED, Evidence, Verdict, Verdicts, cheapest, kind_of

Standing: TypeAlias = Literal["at_once", "replaced", "verify", "barred", "unjudged"]
STANDINGS: tuple[Standing, ...] = ("at_once", "replaced", "verify", "barred", "unjudged")
LARGEST = 5
_SERVED = frozenset({Outcome.PERMIT.word, Outcome.SUBSTITUTE.word})


@dataclass(frozen=True, slots=True)
class Account:
    """Accounts alike, and how many."""

    asker: Asker
    kind: str
    count: int


@dataclass(slots=True)
class Reading:
    """One template, measured; `helped` has the accounts that each evidence would let go on."""

    plausible: Plausible
    by_kind: dict[str, Counter[Standing]] = field(default_factory=dict)
    asked: Counter[Evidence] = field(default_factory=Counter)
    helped: dict[Evidence, list[Account]] = field(default_factory=dict)

    def counts(self) -> Counter[Standing]:
        """Count all kinds together."""
        return sum(self.by_kind.values(), Counter[Standing]())

    @property
    def served(self) -> int:
        """How many are served today (rule 2)."""
        return self.counts().total()

    def ready(self, more: int = 0) -> float | None:
        """Return the readiness (rule 3), with so many more; None: nobody is served."""
        counts = self.counts()
        served = counts.total()
        return (counts["at_once"] + counts["replaced"] + more) / served if served else None


@dataclass(frozen=True, slots=True)
class Measured:
    """Every template, against one population at one instant."""

    at: Instant
    population: Population
    readings: tuple[Reading, ...]


def largest(engine: Engine, source: str | Held) -> tuple[str, ...]:
    """Return the organisations that most accounts act for."""
    table, _ = open_columns(engine, source, REQUIRED, COLUMNS)
    acting = table.filter(
        table.acts_for.notnull() & (table.acts_for != "") & ~table.acts_for.startswith("[")
    )
    counted = acting.group_by("acts_for").agg(accounts=acting.count())
    first = counted.order_by(counted.accounts.desc(), counted.acts_for).limit(LARGEST)
    return tuple(row["acts_for"] for row in engine.rows(first))


def measure(
    engine: Engine, base: Lawbook, library: Sequence[Plausible], source: str | Held, at: Instant
) -> Measured:
    """Measure every template (rule 5)."""
    books = (base, *(item.book for item in library))
    compiled = [Compiled(book) for book in books]
    asked = (Asked(one, at, item.models) for one, item in zip(compiled[1:], library, strict=True))
    classes = Classes((Asked(compiled[0], at), *asked))
    edges = thresholds(compiled, [at])
    population = read_population(engine, source, classes, lists_of(compiled), edges)
    verdicts = Verdicts(classes)
    accounts = tuple(_accounts(engine, population, classes))
    readings = tuple(
        _reading(verdicts, accounts, item, place) for place, item in enumerate(library, 1)
    )
    return Measured(at, population, readings)


def _accounts(engine: Engine, population: Population, classes: Classes) -> Iterator[Account]:
    """Give the accounts alike (rule 1)."""
    table = population.alike
    total = table.subjects.sum().cast("int64")
    grouped = table.group_by("number", "organisation").agg(accounts=total)
    for row in engine.rows(grouped):
        number = row["number"]
        kind = classes[number].subject.kind if number > NOBODY else UNJUDGED
        if kind != "organisation":
            asker = Asker(number, row["organisation"], NOBODY)
            yield Account(asker, kind, row["accounts"])


def _reading(
    verdicts: Verdicts, accounts: Iterable[Account], item: Plausible, place: int
) -> Reading:
    found = Reading(item)
    tried: dict[object, tuple[Evidence, bool]] = {}
    for account in accounts:
        standings = _standings(verdicts, account.asker, item, place)
        if not standings:
            continue
        worst = max(standings.values(), key=STANDINGS.index)
        found.by_kind.setdefault(account.kind, Counter())[worst] += account.count
        if worst == "verify":
            model = next(name for name, standing in standings.items() if standing == worst)
            key = (model, *standings), verdicts.alike(account.asker, place)
            if key not in tried:
                tried[key] = _tried(verdicts, account.asker, place, (model, *standings))
            evidence, helps = tried[key]
            found.asked[evidence] += account.count
            if helps:
                found.helped.setdefault(evidence, []).append(account)
    return found


def _standings(
    verdicts: Verdicts, asker: Asker, item: Plausible, place: int
) -> dict[str, Standing]:
    """Say how an asker stands on each model that it is served with today (rule 2)."""
    before = {model: verdicts.of(asker, 0, model).outcome for model in item.models}
    return {
        model: _standing(outcome, verdicts.of(asker, place, model))
        for model, outcome in before.items()
        if outcome in _SERVED or outcome == UNJUDGED
    }


def _standing(before: str, verdict: Verdict) -> Standing:
    if verdict.outcome == UNJUDGED:
        return "unjudged"
    if verdict.outcome in (Outcome.PERMIT.word, before):
        return "at_once"
    if verdict.outcome == Outcome.SUBSTITUTE.word:
        return "replaced"
    return "verify" if verdict.open else "barred"


def _tried(
    verdicts: Verdicts, asker: Asker, place: int, models: tuple[str, ...]
) -> tuple[Evidence, bool]:
    """Say what would settle the first model, and whether it helps with all of them (rule 4)."""
    asked, chain = verdicts.classes.asked[place], verdicts.chain(asker)
    decision = decide_compiled(asked.compiled, chain, models[0], asked.at)
    found = cheapest(decision.would_settle)
    told = tuple(kind_of(item, _link(chain, item.link), asked.at) for item in found)
    return told, _helps(asked, chain, found, models)


def _helps(asked: Asked, chain: Chain, evidence: Evidence, models: Iterable[str]) -> bool:
    """Whether showing it lets the asker go on with every model that it is served with (rule 4)."""
    if not evidence or any(item.subject == SOMEBODY for item in evidence):
        return False  # nothing to try, or shown by an owner whom no fact names yet
    for item in evidence:
        chain = _shown(chain, item, asked)
    outcomes = (
        decide_compiled(asked.compiled, chain, model, asked.at, settling=False).outcome
        for model in models
    )
    return all(outcome.word in _SERVED for outcome in outcomes)


def _shown(chain: Chain, item: Settlement, asked: Asked) -> Chain:
    """Let a link of a chain show one piece of evidence; whoever was not named is named by it."""
    values = item.values if item.completeness == "exhaustive" else item.values[:1]
    members = _members(asked.compiled.book)
    fact = Fact(
        item.attribute,
        tuple(Value((members.get(parts[0], parts[0]), *parts[1:])) for parts in values),
        item.completeness,
        item.assurance,
        "readiness",
        "readiness",
        asked.at,
    )
    link = _link(chain, item.link)
    if item.subject is None:
        shown = replace(link, facts=(*link.facts, fact))
    else:
        kind = min(VOCABULARY[item.attribute].kinds)
        owner = link.related.get(item.subject, Subject(item.subject, kind))
        told = replace(owner, facts=(*owner.facts, fact))
        shown = replace(link, related={**link.related, owner.id: told})
    return replace(chain, **{item.link: shown})


def _link(chain: Chain, name: LinkName) -> Subject:
    found: Subject | None = getattr(chain, name)
    return found or Subject("", "organisation" if name == "organisation" else "person")


def _members(book: Lawbook) -> dict[str, str]:
    """Return one member of every list that evidence may name in place of its members."""
    found = {"self": book.catalogue.provider}
    for version in book.versions:
        for name, group in version.annexes.items():
            if group.members:
                found.setdefault(name, min(group.members))
    return found
