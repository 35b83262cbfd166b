"""Whose access to a model ends soon, by what it rests on: of everybody on the books, so that they learn of it.

1. Asked is what an account's own page asks (`writ.desk.renewal`), of everybody as orders are told to
   them (`writ.desk.affected`): what is open now, and closes within thirty days.
2. Who is named by companies is told where their own link is among the reasons; how a company stands is
   not theirs to know.
3. Told is as much as the strictest order among the reasons lets be told. Where that is sealed, only
   to whom showed something for that very model.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from writ.clock import Instant
from writ.desk.affected import People
from writ.desk.renewal import SOON, Closing, closing, closings
from writ.model.decision import Reason
from writ.model.order import Disclosure, Lawbook, OrderVersion
from writ.model.subject import Subject

STRICTNESS: dict[Disclosure, int] = {"full": 0, "existence": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Ending:
    """When a model closes to somebody, and the order that says how much is told of it."""

    subject: Subject
    model: str
    at: Instant
    version: OrderVersion


def endings(
    people: People, now: Instant, shown_for: Callable[[str, str], bool]
) -> Iterator[Ending]:
    """Give everybody's endings, by id and model; `shown_for`: whether somebody showed something for one."""
    book = people.compiled.book
    models = sorted({name for item in book.rules_at(now) for name in item.rule.models})
    for subject in people.subjects():
        for model, found in _closing(people, subject, models, now):
            own = any(people.concerns(subject, item) for item in found.decision.reasons)
            version = strictest(book, found.decision.reasons)
            if not own or version is None:  # 2
                continue
            if version.disclosure != "none" or shown_for(subject.id, model):  # 3
                yield Ending(subject, model, found.at, version)


def strictest(book: Lawbook, reasons: Iterable[Reason]) -> OrderVersion | None:
    """Return the version among the reasons that lets least be told; None: no order is among them."""
    named = {(reason.order, reason.version) for reason in reasons}
    against = [item for item in book.versions if (item.order, item.version) in named]
    return max(against, key=lambda item: (STRICTNESS[item.disclosure], item.order), default=None)


def _closing(
    people: People, subject: Subject, models: list[str], now: Instant
) -> Iterator[tuple[str, Closing]]:
    """Give when models close to somebody, the soonest of the ways in which they ask (rule 1)."""
    compiled = people.compiled
    soon = [
        (chain, points)
        for chain in people.chains(subject)
        if (points := [at for at in closings(compiled, chain, now) if at <= now + SOON])
    ]
    for model in models if soon else ():
        if people.permitted(subject.id, model, now):
            found = [closing(compiled, chain, model, now, points) for chain, points in soon]
            first = min((item for item in found if item), key=lambda item: item.at, default=None)
            if first is not None:
                yield model, first
