"""Instants that only grow, kept across restarts: the legal clock's high-water mark."""

from writ.store.database import Connection
from writ.store.tables import mark

_LEGAL = "legal"


def read_mark(connection: Connection) -> int:
    """Return the latest legal instant acted on, in microseconds (0: none yet)."""
    row = connection.execute(mark.select().where(mark.c.name == _LEGAL)).first()
    return 0 if row is None else int(row.instant)


def raise_mark(connection: Connection, instant: int) -> None:
    """Remember `instant` if it is later than the mark; a mark never goes back."""
    here = mark.c.name == _LEGAL
    if connection.execute(mark.select().where(here)).first() is None:
        connection.execute(mark.insert().values(name=_LEGAL, instant=instant))
    connection.execute(mark.update().where(here, mark.c.instant < instant).values(instant=instant))
