"""Commitments at a fixed pace: a row for each period, with how much the governance log had then."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from writ.clock import Instant
from writ.store.database import Connection
from writ.store.events import SALT_BYTES
from writ.store.tables import cover


@dataclass(frozen=True, slots=True)
class Row:
    """The commitment of the period that began at `period`; `seq` counts from 1 without a gap."""

    seq: int
    period: Instant
    salt: bytes
    bytes: bytes


def add_covers(connection: Connection, size: int, rows: Iterable[tuple[Instant, bytes]]) -> None:
    """Add (period, bytes) inside the caller's unit, when the governance log has `size` entries."""
    last = last_cover(connection)
    first = 1 if last is None else last.seq + 1
    values = [
        {
            "seq": seq,
            "period": period,
            "size": size,
            "salt": secrets.token_bytes(SALT_BYTES),
            "bytes": data,
        }
        for seq, (period, data) in enumerate(rows, first)
    ]
    if values:
        connection.execute(cover.insert(), values)


def read_covers(connection: Connection, after: int = 0) -> Iterator[Row]:
    """Give the rows after `after`, in order."""
    for row in connection.execute(cover.select().where(cover.c.seq > after).order_by(cover.c.seq)):
        yield Row(row.seq, row.period, bytes(row.salt), bytes(row.bytes))


def last_cover(connection: Connection) -> Row | None:
    """Return the last row; None: there is none yet."""
    row = connection.execute(cover.select().order_by(cover.c.seq.desc()).limit(1)).first()
    return None if row is None else Row(row.seq, row.period, bytes(row.salt), bytes(row.bytes))


def first_cover(connection: Connection, size: int) -> Row | None:
    """Return the first row made when the governance log had at least `size` entries."""
    here = cover.select().where(cover.c.size >= size).order_by(cover.c.seq).limit(1)
    row = connection.execute(here).first()
    return None if row is None else Row(row.seq, row.period, bytes(row.salt), bytes(row.bytes))
