"""The streams on which receivers are told, as they asked for them: how each stands, what it has to prove.

1. A receiver that never said anything has its stream enabled. Paused, what is to be told waits; disabled,
   nothing waits.
2. A verification that was asked for is owed until it was taken; a later one takes its place.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.store.database import Connection
from writ.store.signal_tables import stream, telling

Status: TypeAlias = Literal["enabled", "paused", "disabled"]


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream; `owed` is the `jti` of a verification that was not taken yet, with its `state`."""

    receiver: str
    status: Status = "enabled"
    reason: str | None = None
    owed: str | None = None
    state: str | None = None
    asked_at: Instant | None = None


def read_stream(connection: Connection, receiver: str) -> Stream:
    """Return a receiver's stream (rule 1)."""
    row = connection.execute(stream.select().where(stream.c.receiver == receiver)).first()
    return Stream(receiver) if row is None else Stream(*row)


def write_stream(connection: Connection, changed: Stream) -> None:
    """Have a stream be as it says; what waits for a disabled one is struck (rule 1)."""
    connection.execute(stream.delete().where(stream.c.receiver == changed.receiver))
    connection.execute(
        stream.insert().values(
            receiver=changed.receiver,
            status=changed.status,
            reason=changed.reason,
            owed=changed.owed,
            state=changed.state,
            asked_at=changed.asked_at,
        )
    )
    if changed.status == "disabled":
        here = (telling.c.receiver == changed.receiver, telling.c.state == "waiting")
        connection.execute(telling.delete().where(*here))
