"""How long what has ended stays: facts that expired or were revoked, and all that is kept beside them.

1. A fact has ended once it expired as its statement says, or was revoked. It is deleted `keep` later
   (`writ.people.deleted`). One without an end of its own stays until it is revoked, or its person
   forgotten.
2. Of whom people decide something at present, everything waits: they may have to look at it. What
   was pre-verified does not: its day was promised (`writ.people.preverified`).
3. A credential backs an account as long as anything on the books rests on it, and `keep` after it
   was shown. One found lent stays known, and nobody's.
4. A review goes `keep` after it was decided, and where it was accepted, after what it attests has
   ended. How reviews came out stays, in numbers by document.
5. The word of an employer's for somebody it removed goes once nothing that it determined before
   could be taken in again.
6. What is deleted is overwritten in the store, and in the file of its last writes.
"""

from dataclasses import dataclass
from typing import NamedTuple

from writ.clock import Instant
from writ.people import decided, deleted
from writ.people.books import Change
from writ.people.employers.determination import LONGEST
from writ.people.preverified import Due
from writ.people.registry import Registry
from writ.store.database import Connection
from writ.store.employer_tables import personnel
from writ.store.people_tables import attestation, struck
from writ.store.review_tables import backing, count_review, decided_on, opinion, review, source

AT_ONCE = 1000
"""Facts deleted in one unit, so that others write in between."""

PATIENCE = 1000
"""Milliseconds that others are kept from writing at most; where somebody reads for longer, the next time
does it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was deleted: facts, credentials with whom they backed, reviews, employers' people."""

    facts: int
    credentials: int
    reviews: int
    people: int


class _Row(NamedTuple):
    id: bytes
    subject: str
    revoked_at: Instant | None
    ends_at: Instant | None


class Retention:
    """Rules 1 to 6 over one registry; `keep` are microseconds."""

    def __init__(self, registry: Registry, keep: int) -> None:
        self._books = registry.books
        self._preverified = registry.preverified
        self._keep = keep

    def due(self) -> tuple[Due, ...]:
        """Return the facts that are to be deleted (rule 1), and those that were pre-verified."""
        with self._books.store.view() as connection:
            rows = self._ended(connection)
        ahead = self._preverified.due()
        known = {item.id for item in ahead}
        found = [
            Due(row.id, self._keep + min(at for at in row[2:] if at is not None))
            for row in rows
            if row.id not in known
        ]
        return (*ahead, *found)

    def erase(self) -> Erased:
        """Delete all that is due."""
        facts = self._preverified.delete()
        while part := self._delete_facts():
            facts += part
        with self._books.store.unit() as connection:
            now = self._books.clock.now()
            connection.execute(struck.delete().where(struck.c.until <= now))
            edge = now - self._keep
            credentials = _delete_backings(connection, edge)
            reviews = _delete_reviews(connection, edge)
            people = _delete_people(connection, min(edge, now - LONGEST))
        self._books.store.scrub(PATIENCE)
        return Erased(facts, credentials, reviews, people)

    def _delete_facts(self) -> int:
        with self._books.store.unit() as connection:
            rows = self._ended(connection, AT_ONCE)
            deleted.delete(connection, self._books.clock.now(), [row.id for row in rows])
        self._books.announce(Change(subjects=frozenset(row.subject for row in rows)))
        return len(rows)

    def _ended(self, connection: Connection, most: int | None = None) -> list[_Row]:
        """Read which facts are to be deleted (rules 1 and 2), so many at most."""
        edge = self._books.clock.now() - self._keep
        ended = (attestation.c.revoked_at <= edge) | (attestation.c.ends_at <= edge)
        here = (ended, attestation.c.subject.not_in(decided_on()))
        query = attestation.select().where(*here).order_by(attestation.c.id).limit(most)
        return [
            _Row(row.id, row.subject, row.revoked_at, row.ends_at)
            for row in connection.execute(query)
        ]


def _delete_backings(connection: Connection, edge: Instant) -> int:
    """Rule 3."""
    rests = source.select().with_only_columns(source.c.nullifier)
    asked = review.select().with_only_columns(review.c.nullifier).where(review.c.state == "open")
    here = (
        backing.c.at <= edge,
        backing.c.nullifier.not_in(rests.where(source.c.nullifier.is_not(None))),
        backing.c.nullifier.not_in(asked.where(review.c.nullifier.is_not(None))),
        backing.c.subject.not_in(decided_on()),
    )
    return connection.execute(backing.delete().where(*here)).rowcount


def _delete_reviews(connection: Connection, edge: Instant) -> int:
    """Rule 4."""
    ended = (review.c.ends_at <= edge) | (review.c.decided_at <= edge - decided.LONGEST)
    over = (review.c.state == "rejected") | ended
    here = (review.c.decided_at <= edge, over, review.c.subject.not_in(decided_on()))
    rows = list(connection.execute(review.select().where(*here)))
    for row in rows:
        count_review(connection, row.document, row.kind, row.state)
        connection.execute(opinion.delete().where(opinion.c.review == row.id))
        connection.execute(review.delete().where(review.c.id == row.id))
    return len(rows)


def _delete_people(connection: Connection, edge: Instant) -> int:
    """Rule 5."""
    here = (personnel.c.removed.is_(True), personnel.c.left_at <= edge)
    return connection.execute(personnel.delete().where(*here)).rowcount
