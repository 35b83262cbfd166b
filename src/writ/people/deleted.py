"""Attestations taken off the books: what goes with them, and the little that stays.

1. With an attestation goes what it came with, and by whom it was determined.
2. One that was revoked before its end does not come back: the digest of its salted statement and the
   keyed one of what it says stay until then, and say neither what nor of whom.
3. An event row has the ids, which say nothing once the statements are gone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import Instant
from writ.people.subjects import batches
from writ.signing.form import Form, as_form
from writ.store import events
from writ.store.database import Connection
from writ.store.employer_tables import determined
from writ.store.people_tables import attestation, struck
from writ.store.review_tables import source

DELETED = "facts.deleted"
_IN_AN_EVENT = 400


class _Event(Form, frozen=True):
    at: Instant
    attestations: list[str]


@dataclass(frozen=True, slots=True)
class Gone:
    """How many facts were deleted since the books were opened, and when last (0: never)."""

    facts: int
    last: Instant


def delete(connection: Connection, now: Instant, names: Collection[bytes]) -> None:
    """Delete attestations of these ids (rules 1 to 3), inside a unit whose owner announces it."""
    for name in names:
        row = connection.execute(attestation.select().where(attestation.c.id == name)).one()
        if row.revoked_at is not None and (row.ends_at is None or row.ends_at > now):
            for digest in (row.id, row.content):
                _strike(connection, digest, row.ends_at)
        for column in (source.c.attestation, determined.c.attestation, attestation.c.id):
            connection.execute(column.table.delete().where(column == name))
    ids: list[Plain] = [name.hex() for name in names]
    for part in batches(ids, _IN_AN_EVENT):
        events.append(connection, DELETED, {"at": now, "attestations": part})


def gone(connection: Connection) -> Gone:
    """Say how much was deleted, from the event rows."""
    facts, last = 0, 0
    for row in events.read_events(connection, 0, (DELETED,)):
        said = as_form(events.read_payload(row), _Event, "the event")
        facts, last = facts + len(said.attestations), said.at
    return Gone(facts, last)


def _strike(connection: Connection, digest: bytes, until: Instant | None) -> None:
    here = struck.c.digest == digest
    if connection.execute(struck.select().where(here)).first() is None:
        connection.execute(struck.insert().values(digest=digest, until=until))
