"""The second method, without a solver: everybody in a bounded domain, asked of both meanings.

1. People and companies that depart in one attribute from having shown nothing, or from complete lists,
   with every id that lists tell apart; by themselves, for companies that name them, and companies that
   name nobody. Each is asked at every instant at which rules change, and just before.
2. The literal meaning counts out worlds; the compiled one reads the rows that gateways get.
3. Where there are more requests than a number, some are asked at each instant, evenly, and the
   rest as far as the number goes. What is left out so, or because the literal meaning cannot count
   so many cells, is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from writ.clock import FOREVER, Instant
from writ.errors import Failed
from writ.law.compiled.decide import joined, links
from writ.law.explain.people import Sketches
from writ.law.literal.decide import served_at, triple
from writ.model.cell import OUTCOMES
from writ.model.order import ActiveRule, Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.study.proof import equal
from writ.study.proof.findings import Counted
from writ.study.proof.witness import SERVICE


def count(subject: equal.Subject, most: int) -> Counted:
    """Ask everybody about one model, `most` of them in all (rule 1)."""
    place = subject.deployments[0] if subject.deployments else None
    asking = _Asking(subject, served_at(subject.book, place), most)
    try:
        left = asking.everybody()
    except Failed as error:
        told: str | None = str(error)
    else:
        told = f"all but one request in {left}, at some instants" if left else None
    return Counted(subject.model, subject.places, asking.asked, tuple(asking.differing), told)


@dataclass
class _Asking:
    """Who was asked so far, and on whom the two differ."""

    subject: equal.Subject
    book: Lawbook
    most: int
    asked: int = 0
    differing: list[tuple[Chain, Instant]] = field(default_factory=list)

    def everybody(self) -> int:
        """Ask (rule 3); return of how many one alone was asked where it was fewest, 0: all were."""
        instants = _instants(self.subject)
        each = max(1, self.most // max(1, len(instants)))
        rests = list[tuple[int, Instant, list[Chain]]]()
        for at in instants:
            chains = list(_everybody(self.subject, self.book, at))
            step = max(1, -(-len(chains) // each))
            self._ask(at, chains[::step])
            if step > 1:
                rests.append((step, at, [one for n, one in enumerate(chains) if n % step]))
        left = 0
        for step, at, rest in sorted(rests, key=lambda item: (len(item[2]), item[1])):
            if len(rest) > self.most - self.asked:
                left = max(left, step)
            else:
                self._ask(at, rest)
        return left

    def _ask(self, at: Instant, chains: Iterable[Chain]) -> None:
        for chain in chains:
            right = _literally(self.book, chain, self.subject.model, at)
            self.asked += 1
            differs = right is not _by_rows(self.subject, chain, at)
            if differs and len(self.differing) < self.most:
                self.differing.append((chain, at))


def _instants(subject: equal.Subject) -> list[Instant]:
    edges = {item.since for item in subject.spans}
    edges |= {item.since for item in subject.phases}
    found = {at for edge in edges if edge > -FOREVER for at in (edge - 1, edge)}
    return sorted(found)


def _literally(book: Lawbook, chain: Chain, model: str, at: Instant) -> Outcome:
    if any(hold.model == model for hold in book.holds_at(at)):
        return Outcome.DENY
    return triple(book, chain, model, at).outcome


def _by_rows(subject: equal.Subject, chain: Chain, at: Instant) -> Outcome:
    named = links(subject.compiled, chain, at)
    return OUTCOMES[joined(subject.compiled, named, subject.model, at)]


def _everybody(subject: equal.Subject, book: Lawbook, at: Instant) -> Iterator[Chain]:
    rules: tuple[ActiveRule, ...] = tuple(
        active for active in book.rules_at(at) if subject.model in active.rule.models
    )
    models = {subject.model}
    people = Sketches(rules, models, "person", at)
    companies = Sketches(rules, models, "organisation", at)
    some = [replace(one, id=name) for name in _ids(people) for one in people.subjects(1)]
    firms = [replace(one, id=name) for name in _ids(companies) for one in companies.subjects(1)]
    yield from (Chain(person) for person in some)
    yield from (Chain(_service(firm), firm) for firm in firms)
    plain = [replace(Subject("", "organisation"), id=name) for name in _ids(companies)]
    for firm in plain:
        yield from (Chain(_service(firm), firm, person) for person in some)


def _ids(sketches: Sketches) -> tuple[str, ...]:
    return (sketches.nobody, *sketches.ids)


def _service(company: Subject) -> Subject:
    return Subject(SERVICE, "service", (company.id,))
