"""Notices made and not yet taken away: one row each, in the order they were made.

1. A row names its recipient by pseudonym and what it says by the digest of a document.
2. Whoever takes notices away says up to which; a row is never changed otherwise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from writ.clock import Instant
from writ.store.database import Connection
from writ.store.tables import notice


@dataclass(frozen=True, slots=True)
class Row:
    """One notice; `id` is random and all that outsiders call it by.

    One that tells of an end, before it comes, has when it is in `ends_at`.
    """

    id: str
    recipient: str
    order: str
    version: int
    phase: str
    audience: str
    models: tuple[str, ...]
    document: str
    made_at: Instant
    seq: int = 0
    taken_at: Instant | None = None
    ends_at: Instant | None = None


def add_notices(connection: Connection, rows: Iterable[Row]) -> int:
    """Add rows inside the caller's unit, and return the number of the last there is."""
    last = connection.execute(notice.select().order_by(notice.c.seq.desc()).limit(1)).first()
    first = 1 if last is None else int(last.seq) + 1
    values = [
        {
            "seq": seq,
            "id": row.id,
            "recipient": row.recipient,
            "order": row.order,
            "version": row.version,
            "phase": row.phase,
            "audience": row.audience,
            "models": "\n".join(row.models),
            "document": row.document,
            "made_at": row.made_at,
            "ends_at": row.ends_at,
        }
        for seq, row in enumerate(rows, first)
    ]
    if values:
        connection.execute(notice.insert(), values)
    return first + len(values) - 1


def read_notices(
    connection: Connection, after: int = 0, most: int | None = None, order: str | None = None
) -> Iterator[Row]:
    """Give the rows after `after`, in order; `most` of them, or of one order, if that is asked."""
    query = notice.select().where(notice.c.seq > after).order_by(notice.c.seq)
    if order is not None:
        query = query.where(notice.c.order == order)
    if most is not None:
        query = query.limit(most)
    for row in connection.execute(query):
        yield Row(
            row.id,
            row.recipient,
            row.order,
            row.version,
            row.phase,
            row.audience,
            tuple(row.models.split("\n")),
            row.document,
            row.made_at,
            row.seq,
            row.taken_at,
            row.ends_at,
        )


def take_notices(connection: Connection, through: int, at: Instant) -> int:
    """Note that the rows up to one were taken away (rule 2); returns how many that is news of."""
    here = (notice.c.seq <= through, notice.c.taken_at.is_(None))
    return connection.execute(notice.update().where(*here).values(taken_at=at)).rowcount
