"""The second method, without a solver: everybody in a bounded domain, asked of both meanings.

1. People and companies that depart in one attribute from having shown nothing, or from complete lists,
   with every id that lists tell apart; by themselves, for companies that name them, and companies that
   name nobody. Each is asked at every instant at which rules change, and just before.
2. The literal meaning counts out worlds; the compiled one reads the rows that gateways get.
3. Where there are more than a number of requests, some are asked, evenly. What is left out so, or because the literal meaning cannot count so many
   cells, is said.
"""

from collections.abc import Iterator
from dataclasses import replace

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

MOST = 300
"""So many requests are asked at each instant."""


def count(subject: equal.Subject, most: int) -> Counted:
    """Ask everybody about one model, `most` of them in all (rule 1)."""
    asked, differing, left = 0, list[tuple[Chain, Instant]](), set[int]()
    place = subject.deployments[0] if subject.deployments else None
    book, instants = served_at(subject.book, place), _instants(subject)
    each = max(1, min(MOST, most // max(1, len(instants))))

    def counted(left_out: str | None) -> Counted:
        return Counted(subject.model, subject.places, asked, tuple(differing), left_out)

    for at in instants:
        everybody = list(_everybody(subject, book, at))
        step = -(-len(everybody) // each)
        left |= {step} - {0, 1}
        for chain in everybody[::step] if everybody else ():
            try:
                right = _literally(book, chain, subject.model, at)
            except Failed as error:
                return counted(str(error))
            asked += 1
            if right is not _by_rows(subject, chain, at) and len(differing) < most:
                differing.append((chain, at))
    return counted(f"all but one request in {max(left)}, at some instants" if left else None)


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
