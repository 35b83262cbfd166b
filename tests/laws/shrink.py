"""Make a question smaller for as long as something stays true of it.

1. Whole versions go first, then rules with their exceptions, stays, exceptions, people, facts, values, and
   those whom people are related to.
2. Each step that keeps the property is taken, and all are tried again, until none does.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from tests.laws.agreement import Asked
from tests.worlds.chains import links, relating
from writ.model.order import Lawbook, OrderVersion
from writ.model.subject import Chain, Fact, Subject

Item = TypeVar("Item")
Holds = Callable[[Lawbook, Asked], bool]


def shrunk(book: Lawbook, asked: Asked, holds: Holds) -> tuple[Lawbook, Asked]:
    """Return the smallest question found of which `holds` is true, as it is of this one."""
    for smaller in _smaller(book, asked):
        if holds(*smaller):
            return shrunk(*smaller, holds)
    return book, asked


def _smaller(book: Lawbook, asked: Asked) -> Iterator[tuple[Lawbook, Asked]]:
    for versions in _without_one(book.versions):
        yield replace(book, versions=versions), asked
    for holds in _without_one(book.holds):
        yield replace(book, holds=holds), asked
    for place, version in enumerate(book.versions):
        for less in _version(version):
            before, after = book.versions[:place], book.versions[place + 1 :]
            yield replace(book, versions=(*before, less, *after)), asked
    chain, model, at, deployment = asked
    for fewer in _chain(chain):
        yield book, (relating(fewer, fewer.requester.related), model, at, deployment)
    if deployment is not None:
        yield book, (chain, model, at, None)


def _version(version: OrderVersion) -> Iterator[OrderVersion]:
    for rules in _without_one(version.rules):
        if rules:
            known = {rule.id for rule in rules}
            left = tuple(item for item in version.exemptions if item.to in known)
            stays = (replace(stay, rules=stay.rules & known) for stay in version.stays)
            kept = tuple(stay for stay in stays if stay.rules)
            yield replace(version, rules=rules, exemptions=left, stays=kept)
    for stays_left in _without_one(version.stays):
        yield replace(version, stays=stays_left)
    for exemptions in _without_one(version.exemptions):
        yield replace(version, exemptions=exemptions)


def _chain(chain: Chain) -> Iterator[Chain]:
    if chain.end_user is not None:
        yield replace(chain, end_user=None)
        yield from (replace(chain, end_user=less) for less in _subject(chain.end_user))
    if chain.organisation is not None:
        yield replace(chain, organisation=None)
        yield from (replace(chain, organisation=less) for less in _subject(chain.organisation))
    yield from (replace(chain, requester=less) for less in _subject(chain.requester))
    yield from _related(chain)


def _subject(subject: Subject) -> Iterator[Subject]:
    for facts in _without_one(subject.facts):
        yield replace(subject, facts=facts)
    for place, fact in enumerate(subject.facts):
        for less in _fact(fact):
            before, after = subject.facts[:place], subject.facts[place + 1 :]
            yield replace(subject, facts=(*before, less, *after))


def _related(chain: Chain) -> Iterator[Chain]:
    others = chain.requester.related
    here = {item.id for item in links(chain)}
    for name, other in others.items():
        if name in here:
            continue
        yield relating(chain, {key: item for key, item in others.items() if key != name})
        for less in _subject(other):
            yield relating(chain, {**others, name: less})


def _fact(fact: Fact) -> Iterator[Fact]:
    for values in _without_one(fact.values):
        yield replace(fact, values=values)


def _without_one(items: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    for place in range(len(items)):
        yield items[:place] + items[place + 1 :]
