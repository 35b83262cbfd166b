"""Event rows: what was decided, one canonical row for each change, in its transaction.

1. `seq` counts from 1 without a gap; a row's bytes repeat its seq and kind.
2. A row is under 64 KiB, so that it fits a transparency log's entry; what is bigger goes to
   `writ.store.documents` and is named by its digest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from writ.canonical import Plain, digest_bytes, encode
from writ.store.database import Connection
from writ.store.tables import event

MAX_BYTES = 65_535


@dataclass(frozen=True, slots=True)
class Event:
    """One row; `bytes` is the canonical form of `{kind, payload, seq}`."""

    seq: int
    kind: str
    bytes: bytes
    digest: str


def append(connection: Connection, kind: str, payload: Mapping[str, Plain]) -> int:
    """Add a row inside the caller's unit and return its seq; too large a row is a ValueError."""
    last = connection.execute(event.select().order_by(event.c.seq.desc()).limit(1)).first()
    seq: int = 1 if last is None else last.seq + 1
    data = encode({"kind": kind, "payload": payload, "seq": seq})
    if len(data) > MAX_BYTES:
        raise ValueError(f"event `{kind}` of {len(data)} bytes; keep its documents by digest")
    connection.execute(
        event.insert().values(seq=seq, kind=kind, bytes=data, digest=digest_bytes(data))
    )
    return seq


def read_events(connection: Connection, after: int = 0) -> Iterator[Event]:
    """Give the rows after `after`, in order."""
    rows = connection.execute(event.select().where(event.c.seq > after).order_by(event.c.seq))
    for row in rows:
        yield Event(row.seq, row.kind, row.bytes, row.digest)
