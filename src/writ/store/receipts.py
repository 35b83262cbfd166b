"""Receipts as taken over from gateways' files: lines in their order, each with a salt of its own."""

import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from writ.store.database import Connection
from writ.store.events import SALT_BYTES
from writ.store.tables import receipt, receipt_file

REMOVED = -1
"""In place of how far a file was read: it was taken over whole, and removed. See `removed`."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line; `seq` counts from 1 without a gap."""

    seq: int
    salt: bytes
    bytes: bytes


def add_receipts(connection: Connection, lines: Iterable[tuple[str | None, bytes]]) -> int:
    """Add (decision id, line) inside the caller's unit; returns how many there are now."""
    last = connection.execute(receipt.select().order_by(receipt.c.seq.desc()).limit(1)).first()
    first = 1 if last is None else int(last.seq) + 1
    rows = [
        {"seq": seq, "id": name, "salt": secrets.token_bytes(SALT_BYTES), "bytes": line}
        for seq, (name, line) in enumerate(lines, first)
    ]
    if rows:
        connection.execute(receipt.insert(), rows)
    return first + len(rows) - 1


def read_receipts(connection: Connection, after: int = 0) -> Iterator[Receipt]:
    """Give the receipts after `after`, in order."""
    query = receipt.select().where(receipt.c.seq > after).order_by(receipt.c.seq)
    for row in connection.execute(query):
        yield Receipt(row.seq, bytes(row.salt), bytes(row.bytes))


def find_receipt(connection: Connection, name: str) -> int | None:
    """Return the seq of a decision's first receipt; None: there is none."""
    query = receipt.select().where(receipt.c.id == name).order_by(receipt.c.seq).limit(1)
    row = connection.execute(query).first()
    return None if row is None else int(row.seq)


def destroy_receipt_salts(connection: Connection, words: Collection[str]) -> int:
    """Destroy the salts of lines that have one of some words in them; return how many."""
    sought = [word.encode() for word in words]
    named = [
        item.seq
        for item in read_receipts(connection)
        if item.salt and any(word in item.bytes for word in sought)
    ]
    for seq in named:
        connection.execute(receipt.update().where(receipt.c.seq == seq).values(salt=b""))
    return len(named)


def removed(size: int) -> int:
    """Return what stands in place of how far a file was read, once all its bytes were and it goes."""
    return REMOVED - size


def taken(connection: Connection, name: str) -> int:
    """Return how many bytes of a file were taken over; `REMOVED` or less: all, and it was removed."""
    row = connection.execute(receipt_file.select().where(receipt_file.c.name == name)).first()
    return 0 if row is None else int(row.taken)


def read_end(connection: Connection, name: str) -> str | None:
    """Return the digest of the end of what was taken over of a file; None: it is not known."""
    row = connection.execute(receipt_file.select().where(receipt_file.c.name == name)).first()
    return None if row is None else row.ending


def read_chain(connection: Connection, name: str) -> str | None:
    """Return the digest over every line that was taken over of a file; None: it is not known."""
    row = connection.execute(receipt_file.select().where(receipt_file.c.name == name)).first()
    return None if row is None else row.chain


def set_taken(
    connection: Connection,
    name: str,
    place: int,
    end: str | None = None,
    chain: str | None = None,
) -> None:
    """Remember how far a file was read, what ended there, and a digest over every line before.

    It is said in the unit that takes the lines over.
    """
    here = receipt_file.c.name == name
    told = {"taken": place, "ending": end, "chain": chain}
    if connection.execute(receipt_file.select().where(here)).first() is None:
        connection.execute(receipt_file.insert().values(name=name, **told))
    connection.execute(receipt_file.update().where(here).values(**told))
