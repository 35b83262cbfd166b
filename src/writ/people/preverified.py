"""Facts that people chose to show before any order asked: as little as settles, and not for long.

1. Each is one value, `at_least`: what settles a question, and no list of what else there is.
2. The day on which it is deleted is in the statement that its method signed: `expires_at`, a year
   after it was verified at most. From then on it counts for nothing, deleted or not.
3. Deleting takes the whole attestation out of the registry (`writ.people.deleted`).
4. One that was taken back is due at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import DAY, Instant
from writ.people import deleted
from writ.people.books import Books
from writ.people.statement import Attestation
from writ.people.subjects import batches
from writ.signing.form import Form, as_form
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import attestation

PRE_VERIFIED = "facts.preverified"
LONGEST = 366 * DAY
_IN_AN_EVENT = 400


class _Marked(Form, frozen=True):
    id: str
    until: Instant


class _Event(Form, frozen=True):
    at: Instant
    attestations: list[_Marked]


@dataclass(frozen=True, slots=True)
class Due:
    """A pre-verified fact to be deleted: its attestation's id, and since when it is due."""

    id: bytes
    since: Instant


def unfit(item: Attestation) -> str | None:
    """Say why this cannot be kept as pre-verified, if so (rules 1, 2)."""
    fact = item.fact
    if fact.completeness != "at_least" or len(fact.values) != 1:
        return "a pre-verified fact is one value, `at_least`: what settles a question, and no more"
    if fact.expires_at is None or fact.expires_at > fact.verified_at + LONGEST:
        return "a pre-verified fact has an `expires_at` within 366 days: it is deleted then"
    return None


def mark(connection: Connection, now: Instant, items: Iterable[Attestation]) -> None:
    """Record that these are pre-verified, inside the unit that takes them in."""
    rows: list[Plain] = [{"id": item.id.hex(), "until": item.fact.expires_at} for item in items]
    for part in batches(rows, _IN_AN_EVENT):
        events.append(connection, PRE_VERIFIED, {"at": now, "attestations": part})


class PreVerified:
    """The pre-verified facts on the books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def due(self) -> tuple[Due, ...]:
        """Return those whose day has come, or that were taken back."""
        with self._books.store.view() as connection:
            return tuple(_due(connection, self._books.clock.now()))

    def delete(self) -> int:
        """Delete those that are due, and return how many (rule 3)."""
        with self._books.store.unit() as connection:
            now = self._books.clock.now()
            found = list(_due(connection, now))
            deleted.delete(connection, now, [item.id for item in found])
        return len(found)


def _due(connection: Connection, now: Instant) -> Iterator[Due]:
    """Hold what was recorded as pre-verified against what is still there."""
    until = dict(_recorded(connection))
    if not until:
        return
    columns = attestation.select().with_only_columns(attestation.c.id, attestation.c.revoked_at)
    for row in connection.execute(columns.order_by(attestation.c.id)):
        ends = until.get(row.id)
        if ends is not None and row.revoked_at is not None:
            yield Due(row.id, min(ends, row.revoked_at))
        elif ends is not None and ends <= now:
            yield Due(row.id, ends)


def _recorded(connection: Connection) -> Iterator[tuple[bytes, Instant]]:
    for row in events.read_events(connection, 0, (PRE_VERIFIED,)):
        for item in as_form(events.read_payload(row), _Event, "the event").attestations:
            yield bytes.fromhex(item.id), item.until
