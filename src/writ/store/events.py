"""Event rows: what was decided, one canonical row for each change, in its transaction.

1. `seq` counts from 1 without a gap; a row's bytes repeat its seq and kind.
2. A row is under 64 KiB, so that it fits a transparency log's entry; what is bigger goes to
   `writ.store.documents` and is named by its digest.
3. Each row has a salt of its own: what a public log says of the row is their common digest, which
   nobody can guess and which says nothing once the salt is destroyed.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from writ.canonical import Plain, decode, digest_bytes, encode
from writ.errors import Refused
from writ.store.database import Connection, Store
from writ.store.tables import event

MAX_BYTES = 65_535
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Event:
    """One row; `bytes` is the canonical form of `{kind, payload, seq}`."""

    seq: int
    kind: str
    salt: bytes
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
        event.insert().values(
            seq=seq,
            kind=kind,
            bytes=data,
            digest=digest_bytes(data),
            salt=secrets.token_bytes(SALT_BYTES),
        )
    )
    return seq


def read_events(
    connection: Connection, after: int = 0, kinds: Collection[str] = ()
) -> Iterator[Event]:
    """Give the rows after `after`, in order; of some kinds only, where any are named."""
    query = event.select().where(event.c.seq > after).order_by(event.c.seq)
    if kinds:
        query = query.where(event.c.kind.in_(kinds))
    for row in connection.execute(query):
        yield Event(row.seq, row.kind, row.salt, row.bytes, row.digest)


def last_event(connection: Connection, kinds: Collection[str]) -> int:
    """Return the number of the last row of some kinds; 0: there is none."""
    query = event.select().where(event.c.kind.in_(kinds)).order_by(event.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return 0 if row is None else row.seq


def destroy_salts(connection: Connection, words: Collection[str]) -> int:
    """Destroy the salts of rows that have one of some words in them; return how many (rule 3)."""
    sought = [word.encode() for word in words]
    named = [
        row.seq
        for row in read_events(connection)
        if row.salt and any(word in row.bytes for word in sought)
    ]
    for seq in named:
        connection.execute(event.update().where(event.c.seq == seq).values(salt=b""))
    return len(named)


def read_payload(row: Event) -> Mapping[str, Plain]:
    """Return what a row says, proved to be what its digest, seq and kind say; else Refused."""
    altered = Refused(f"event {row.seq} in the store was altered")
    data: object = row.bytes  # SQLite holds text in a BLOB column if told to
    if not isinstance(data, bytes) or digest_bytes(data) != row.digest:
        raise altered
    try:
        value = decode(data)
    except ValueError:
        raise altered from None
    if not isinstance(value, Mapping):
        raise altered
    if value.get("seq") != row.seq or value.get("kind") != row.kind:
        raise Refused(f"event {row.seq} in the store stands in another's place")
    payload = value.get("payload")
    if not isinstance(payload, Mapping):
        raise Refused(f"event {row.seq} in the store says nothing")
    return payload


def verify_events(store: Store) -> int:
    """Return how many rows there are, each proved by `read_payload`, none missing; else Refused."""
    count = 0
    with store.view() as connection:
        for row in read_events(connection):
            count += 1
            if row.seq != count:
                raise Refused(f"event {count} is missing from the store")
            read_payload(row)
    return count
