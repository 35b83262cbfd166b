"""Two states of law compared by their outcomes: the fewest example people who show every change.

1. Both are asked at the same instants: each at which some rules change on either side and the
   digests of the rules then differ.
2. Examples are those of the rules of both sides together: people and companies that depart in at
   most two attributes, people by themselves and for companies, companies naming nobody, somebody,
   or one whom all pass. Who has the same profile on both sides is asked once.
3. A kind of change is a model, an outcome before and one after. One example is kept for each: who
   has shown least, then the earlier in the list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as chained
from itertools import islice

from writ.clock import FOREVER, Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.law.compiled.rule import LinkKind
from writ.law.digest import Digests
from writ.law.explain.people import Sketches, Telling, masks
from writ.model.expression import Group
from writ.model.order import ActiveRule, Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

SERVICE = "example-service"
DEPARTURES = 2
MOST = 20_000
"""So many requests are asked per model and instant; beyond, the rest are left out and it is said."""

Found = tuple[Outcome, str | None]


@dataclass(frozen=True, slots=True)
class Mover:
    """An example of one kind of change; `spans` are the [from, until) in which it occurs."""

    model: str
    before: Found
    after: Found
    chain: Chain
    at: Instant
    who: str
    spans: tuple[tuple[Instant, Instant], ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Everybody found, of how many asked, and whether nobody was left out.

    `listed` are the rows of the annexes on both sides, which are not for showing.
    """

    movers: tuple[Mover, ...]
    asked: int
    complete: bool
    listed: frozenset[str] = field(repr=False)


@dataclass(slots=True)
class _Search:
    """What was found so far: per kind of change the best example and its weight."""

    best: dict[tuple[str, Found, Found], tuple[int, Mover]] = field(default_factory=dict)
    asked: int = 0
    complete: bool = True

    def keep(self, weight: int, mover: Mover) -> None:
        """Keep a mover where none is simpler (rule 3); add up the spans of its kind."""
        kind = (mover.model, mover.before, mover.after)
        if kind not in self.best:
            self.best[kind] = (weight, mover)
            return
        least, known = self.best[kind]
        spans = _after(known.spans, mover.spans[0])
        if weight < least and mover.at == known.at:
            self.best[kind] = (weight, replace(mover, spans=spans))
        else:
            self.best[kind] = (least, replace(known, spans=spans))


def _after(
    spans: tuple[tuple[Instant, Instant], ...], last: tuple[Instant, Instant]
) -> tuple[tuple[Instant, Instant], ...]:
    """Add the span that comes last, which may be there already; what only touches is one."""
    if spans[-1][1] == last[0]:
        return (*spans[:-1], (spans[-1][0], last[1]))
    return spans if spans[-1][1] == last[1] else (*spans, last)


def moved(old: Lawbook, new: Lawbook) -> Moved:
    """Compare two lawbooks (rule 1)."""
    pair = (Compiled(old), Compiled(new))
    search = _Search()
    models = sorted(set(old.catalogue.models) & set(new.catalogue.models))
    digests = (Digests(old), Digests(new))
    edges = sorted({*old.boundaries(), *new.boundaries()})
    for at, until in zip(edges, (*edges[1:], FOREVER), strict=True):
        if len({side.at(at) for side in digests}) > 1:
            for model in models:
                _compare(pair, model, (at, until), search)
    movers = sorted(
        (mover for _, mover in search.best.values()),
        key=lambda mover: (mover.model, mover.at, mover.before, mover.after[0]),
    )
    versions = chained(old.versions, new.versions)
    annexes = chained.from_iterable(item.annexes.values() for item in versions)
    listed = frozenset[str]().union(*(group.members for group in annexes))
    return Moved(tuple(movers), search.asked, search.complete, listed)


def _compare(
    pair: tuple[Compiled, Compiled], model: str, span: tuple[Instant, Instant], search: _Search
) -> None:
    at = span[0]
    asking = Asking(pair, model, at)
    requests = asking.requests()
    for chain in islice(requests, MOST):
        search.asked += 1
        before, after = (outcome_of(side, chain, model, at) for side in pair)
        if before != after:
            who = asking.telling(chain)
            mover = Mover(model, before, after, chain, at, who, (span,))
            search.keep(_weight(chain), mover)
    if next(requests, None) is not None:
        search.complete = False


def _weight(chain: Chain) -> int:
    """How much an example has to say: facts, and everybody there is to tell of."""
    subjects = [item for item in (chain.requester, chain.organisation, chain.end_user) if item]
    return len(subjects) + sum(len(subject.facts) for subject in subjects)


class Asking:
    """Who asks for one model at one instant, under the rules of both sides (rule 2)."""

    def __init__(self, pair: tuple[Compiled, Compiled], model: str, at: Instant) -> None:
        self._pair, self._model, self._at = pair, model, at
        rules = tuple(chained.from_iterable(_speaking(side, model, at) for side in pair))
        models = {model} | {name for active in rules for name in active.rule.models}
        self._people = Sketches(rules, models, "person", at)
        self._companies = Sketches(rules, models, "organisation", at)
        closed = frozenset((*self._people.closed, *self._companies.closed))
        sides = [self._people_groups(_speaking(side, model, at), models) for side in pair]
        self._telling = Telling(_told(*sides), closed, at)

    def requests(self) -> Iterator[Chain]:
        """Yield whom to ask about, simple ones first."""
        people = self._distinct(self._people)
        companies = self._distinct(self._companies)
        yield from (Chain(person) for person in people)
        yield from (Chain(_service(company), company) for company in companies)
        easy = self._best(Chain(one) for one in people)
        passing = self._passing(easy, companies)
        for person in people:
            for company in passing:
                own = replace(person, acts_for=(company.id,))
                yield Chain(own, company)
                yield Chain(_service(company), company, person)
        for company in companies:
            yield Chain(_service(company), company, easy)

    def telling(self, chain: Chain) -> str:
        """Say who asks, and for whom."""
        company, person = chain.organisation, chain.end_user
        if chain.requester.kind == "person":
            said = f"{self._telling.of(chain.requester)}, with a key of their own"
            return f"{said}, for {self._telling.of(company)}" if company else said
        named = self._telling.of(person) if person else "nobody"
        return f"the key of {self._telling.of(company) if company else 'nobody'}, naming {named}"

    def _people_groups(self, rules: Sequence[ActiveRule], models: set[str]) -> frozenset[Group]:
        kinds: tuple[LinkKind, ...] = ("person", "organisation")
        found = (Sketches(rules, models, kind, self._at).groups for kind in kinds)
        return frozenset(chained.from_iterable(found))

    def _distinct(self, sketches: Sketches) -> tuple[Subject, ...]:
        """Everybody whom the two sides can tell apart, in all ids."""
        seen: set[object] = set()
        found: list[Subject] = []
        subjects = tuple(sketches.subjects(DEPARTURES))
        known = [[side.known(one, self._at) for one in subjects] for side in self._pair]
        for name in (sketches.nobody, *sketches.ids):
            for place, subject in enumerate(subjects):
                one = replace(subject, id=name)
                profiles = tuple(
                    (
                        side.profile(one, self._at)
                        if side.follows_from(one)
                        else side.profile_as(one, name, shown[place]),
                        side.capacity(_company(one), self._at),
                    )
                    for side, shown in zip(self._pair, known, strict=True)
                )
                if profiles not in seen:
                    seen.add(profiles)
                    found.append(one)
        return tuple(found)

    def _passing(self, person: Subject, companies: Sequence[Subject]) -> tuple[Subject, ...]:
        """Of each id the company that its people have the least trouble with."""
        ids = dict.fromkeys(company.id for company in companies)
        return tuple(
            min(
                (company for company in companies if company.id == name),
                key=lambda company: self._trouble(Chain(_service(company), company, person)),
            )
            for name in ids
        )

    def _best(self, chains: Iterable[Chain]) -> Subject:
        return min(chains, key=self._trouble).requester

    def _trouble(self, chain: Chain) -> int:
        return sum(outcome_of(side, chain, self._model, self._at)[0] for side in self._pair)


def _company(subject: Subject) -> Subject | None:
    return subject if subject.kind == "organisation" else None


def _service(company: Subject) -> Subject:
    return Subject(SERVICE, "service", (company.id,))


def _speaking(side: Compiled, model: str, at: Instant) -> tuple[ActiveRule, ...]:
    """Return the rules on a model, and those on what stands in for it."""
    spoken = {model}
    for active in side.speaking(model, at).rules:
        effects = (active.rule.barred, active.rule.undetermined)
        spoken |= {effect.substitute for effect in effects if effect.substitute}
    rules = side.book.rules_at(at)
    return tuple(active for active in rules if spoken & active.rule.models)


def _told(before: frozenset[Group], after: frozenset[Group]) -> Mapping[str, str]:
    """Say what members stand for; of one list with other rows, on which side they are listed."""
    was, now = masks(before), masks(after)
    names = {group.name for group in before} & {group.name for group in after}
    told = was | now
    for member in set(was) ^ set(now):
        side = "before" if member in was else "after"
        if any(f"`{name}`" in told[member] for name in names):
            told[member] += f" (only {side})"
    return told
