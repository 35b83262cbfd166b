"""To whom an order closes a model, as receivers of signals are told: that it is, and when no more.

1. Asked are the orders in force whose disclosure is `existence` or `full`. A sealed order tells
   nothing, in either direction: what it alone closes was never told to be closed.
2. Told is what differs from what was told before: closed, once an order closes a model to somebody;
   open, once they may use it again, whatever other order there is.
3. Barred and asked to verify are the same to a receiver, and nothing says which attribute it was.
4. A round is one event row for each receiver: how many were closed, how many opened.
"""

import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from writ.canonical import Plain
from writ.clock import Clock, Instant
from writ.desk.affected import People
from writ.law.compiled.book import Compiled
from writ.model.order import Lawbook
from writ.model.subject import Subject
from writ.people.end_users import named_only
from writ.people.registry import Registry
from writ.people.signals.receivers import Receiver
from writ.store.database import Store
from writ.store.events import append
from writ.store.tellings import Access, Telling, add_tellings, closed_to

TOLD = "signals.told"


class Accesses:
    """Rules 1 to 4 for one deployment."""

    def __init__(self, store: Store, registry: Registry, clock: Clock) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock

    def tell(self, book: Lawbook, receivers: Sequence[Receiver]) -> int:
        """Put what is due into the outbox; return how many changes that is."""
        now = self._clock.now()
        with self._store.view() as connection:  # judging takes long, and keeps nobody from writing
            everybody = self._registry.facts.known(connection, None)
            told, named = closed_to(connection), named_only(connection)
        people = People(Compiled(book), everybody, named)
        closed = _closed(people, book, now)
        rows = [
            row
            for receiver in receivers
            for subject in people.subjects()
            if _concerns(receiver, subject)
            for row in _due(
                people,
                (receiver.name, subject.id),
                closed.get(subject.id, set()),
                told.get((receiver.name, subject.id), set()),
                now,
            )
        ]
        if rows:
            self._put(rows, now)
        return len(rows)

    def _put(self, rows: Sequence[Telling], now: Instant) -> None:
        with self._store.unit() as connection:
            add_tellings(connection, rows)
            for receiver in sorted({row.receiver for row in rows}):
                counts: Counter[str] = Counter(
                    row.access for row in rows if row.receiver == receiver
                )
                said: dict[str, Plain] = {"at": now, "receiver": receiver, **dict(counts)}
                append(connection, TOLD, said)


def phase(book: Lawbook, at: Instant) -> int:
    """Number the span between two changes of rules, holds, stays or licences that an instant is in."""
    return bisect_right(book.boundaries(), at)


def _closed(people: People, book: Lawbook, now: Instant) -> Mapping[str, set[str]]:
    """Return the models closed to people by orders that may be told of (rule 1)."""
    named = {item.version.order for item in book.rules_at(now) if item.version.disclosure != "none"}
    found: dict[str, set[str]] = {}
    for order in sorted(named):
        for item in people.affected(order, now):
            found.setdefault(item.subject.id, set()).add(item.model)
    return found


def _due(
    people: People, whom: tuple[str, str], closed: set[str], told: set[str], now: Instant
) -> Iterator[Telling]:
    """Rule 2."""
    again = {name for name in told - closed if people.permitted(whom[1], name, now)}
    changes: tuple[tuple[Access, set[str]], ...] = (("closed", closed - told), ("open", again))
    for access, models in changes:
        if models:
            yield Telling(
                *whom[:1], secrets.token_hex(16), whom[1], tuple(sorted(models)), access, now
            )


def _concerns(receiver: Receiver, subject: Subject) -> bool:
    known = receiver.organisations
    return subject.kind == "person" and (not known or not known.isdisjoint(subject.acts_for))
