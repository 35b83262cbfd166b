"""The store: one SQLite file, opened, migrated and written to in whole units.

1. A unit is one transaction: all of it is durable when it ends, or none of it ever was.
2. One unit writes at a time (BEGIN IMMEDIATE); a view reads one consistent state beside it.
3. The schema is brought up to date before anything is read; a newer one is refused.
4. The file is made readable by its owner only. What is deleted is overwritten in it, and in the
   file of the last writes once that is scrubbed.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from writ.errors import Failed, Refused

__all__ = ["Connection", "Store", "open_store"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 30_000
_WRITES = "writ_writes"


class Store:
    """An open store; safe to share between threads."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """Give a connection inside one writing transaction; an exception undoes all of it."""
        with self._used(), self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def view(self) -> Iterator[Connection]:
        """Give a connection that reads one state of the store, whatever is written meanwhile."""
        with self._used(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _used(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if type(error) not in {DatabaseError, OperationalError}:
                raise  # a mistake of ours, not of the file
            raise Failed(f"cannot use the store `{self.path}`: {error.orig}") from None

    def scrub(self, patience: int = _BUSY_MS) -> bool:
        """Leave nothing of what was deleted in the file of the last writes (rule 4).

        Whoever reads an earlier state is waited for, so many milliseconds, and nobody writes
        meanwhile; False: that was not enough, and something is left.
        """
        with self._used(), self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            cursor.close()
        return not busy

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(path: Path) -> Store:
    """Open the store at `path`, making it and bringing its schema up to date as needed.

    Raises Refused for a store written by a newer Writ, Failed for a file that cannot be used.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Failed(f"cannot open the store `{path}`: {error.strerror}") from None
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)  # errors would show values
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    store = Store(path, engine)
    try:
        _migrate(store)
    except CommandError:
        store.close()
        raise Refused(f"the store `{path}` was written by a newer writ; update writ") from None
    except Failed:
        store.close()
        raise
    return store


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, not by the driver
    for setting in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with store.unit() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
