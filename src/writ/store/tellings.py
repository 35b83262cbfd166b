"""What receivers of signals are told: one row for each change of somebody's access, in order.

1. A row is waiting until it was taken or refused; it is never changed otherwise.
2. What somebody is closed to, as a receiver knows it, is what its rows add up to.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.store.database import Connection
from writ.store.signal_tables import telling

Access: TypeAlias = Literal["closed", "open"]
State: TypeAlias = Literal["waiting", "sent", "refused"]


@dataclass(frozen=True, slots=True)
class Telling:
    """One change."""

    receiver: str
    jti: str
    subject: str
    models: tuple[str, ...]
    access: Access
    made_at: Instant
    seq: int = 0


def add_tellings(connection: Connection, rows: Iterable[Telling]) -> None:
    """Add rows, at least one, inside the caller's unit."""
    last = connection.execute(telling.select().order_by(telling.c.seq.desc()).limit(1)).first()
    first = 1 if last is None else int(last.seq) + 1
    values = [
        {
            "seq": seq,
            "receiver": row.receiver,
            "jti": row.jti,
            "subject": row.subject,
            "models": "\n".join(row.models),
            "access": row.access,
            "made_at": row.made_at,
            "state": "waiting",
        }
        for seq, row in enumerate(rows, first)
    ]
    connection.execute(telling.insert(), values)


def closed_to(connection: Connection) -> dict[tuple[str, str], set[str]]:
    """Return the models that people are closed to, by receiver and subject (rule 2)."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in connection.execute(telling.select().order_by(telling.c.seq)):
        models = set(row.models.split("\n"))
        known = found.setdefault((row.receiver, row.subject), set())
        if row.access == "closed":
            known |= models
        else:
            known -= models
    return found


def first_waiting(connection: Connection, receiver: str) -> Telling | None:
    """Return what a receiver is told next."""
    found = those_waiting(connection, receiver, 1)
    return found[0] if found else None


def those_waiting(connection: Connection, receiver: str, most: int) -> list[Telling]:
    """Return what a receiver is told next, in order."""
    here = (telling.c.receiver == receiver, telling.c.state == "waiting")
    query = telling.select().where(*here).order_by(telling.c.seq).limit(most)
    return [
        Telling(
            row.receiver,
            row.jti,
            row.subject,
            tuple(row.models.split("\n")),
            row.access,
            row.made_at,
            row.seq,
        )
        for row in connection.execute(query)
    ]


def settle(connection: Connection, seq: int, state: State, at: Instant) -> None:
    """Note how a row was answered (rule 1)."""
    here = telling.c.seq == seq
    connection.execute(telling.update().where(here).values(state=state, at=at))


def settle_named(
    connection: Connection, receiver: str, jtis: Iterable[str], state: State, at: Instant
) -> None:
    """Note how a receiver answered rows that it names; what is not its own, or settled, is passed over."""
    for jti in jtis:
        here = (
            telling.c.receiver == receiver,
            telling.c.jti == jti,
            telling.c.state == "waiting",
        )
        connection.execute(telling.update().where(*here).values(state=state, at=at))


def count_tellings(connection: Connection) -> Counter[tuple[str, str]]:
    """Count rows by receiver and state."""
    return Counter((row.receiver, row.state) for row in connection.execute(telling.select()))
