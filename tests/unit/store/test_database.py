import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from writ.errors import Failed, Refused
from writ.store import employer_tables, people_tables, review_tables, signal_tables
from writ.store.database import open_store
from writ.store.events import append, read_events
from writ.store.tables import metadata


def test_a_store_is_durable_and_its_owners(tmp_path: Path) -> None:
    """A store writes ahead, waits for the disk, keeps its references and is readable by its owner."""
    store = open_store(tmp_path / "writ.db")
    with store.view() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert ["wal", 2, 1] == found
    for file in tmp_path.iterdir():
        assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_the_schema_is_what_the_tables_say(tmp_path: Path) -> None:
    """Migrations make exactly the tables that queries are built from."""
    store = open_store(tmp_path / "writ.db")
    with store.view() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
        assert people_tables.subject.metadata is metadata
        assert review_tables.review.metadata is metadata
        assert employer_tables.personnel.metadata is metadata
        assert signal_tables.signal.metadata is metadata


def test_an_error_shows_no_values(tmp_path: Path) -> None:
    """A trace in a log says which statement failed, and not what was in it."""
    store = open_store(tmp_path / "writ.db")
    twice = [{"id": "a-name-to-keep", "kind": "person"}] * 2
    with pytest.raises(IntegrityError) as caught, store.unit() as connection:
        connection.execute(people_tables.subject.insert(), twice)
    assert "INSERT INTO subject" in str(caught.value)
    assert "a-name-to-keep" not in str(caught.value)


def test_a_store_opens_again(tmp_path: Path) -> None:
    """What one process wrote the next one reads."""
    store = open_store(tmp_path / "writ.db")
    with store.unit() as connection:
        append(connection, "test", {"a": 1})
    store.close()
    with open_store(tmp_path / "writ.db").view() as connection:
        assert ["test"] == [row.kind for row in read_events(connection)]


def test_a_failed_unit_leaves_nothing(tmp_path: Path) -> None:
    """An exception inside a unit undoes all of it."""
    store = open_store(tmp_path / "writ.db")

    def fail() -> None:
        with store.unit() as connection:
            append(connection, "test", {"a": 1})
            raise Refused("no")

    with pytest.raises(Refused):
        fail()
    with store.view() as connection:
        assert [] == list(read_events(connection))


def test_a_view_stands_still(tmp_path: Path) -> None:
    """A view reads one state, whatever is committed while it is open."""
    store = open_store(tmp_path / "writ.db")
    with store.view() as view:
        before = list(read_events(view))
        with store.unit() as connection:
            append(connection, "test", {"a": 1})
        assert before == list(read_events(view))


def test_scrubbing_waits_no_longer_than_it_is_told(tmp_path: Path) -> None:
    """While somebody reads an earlier state something is left; once they are done it is scrubbed."""
    store = open_store(tmp_path / "writ.db")
    with store.view() as view:
        list(read_events(view))
        with store.unit() as connection:
            append(connection, "test", {"a": "a-word-to-erase"})
        assert not store.scrub(1)
        assert b"a-word-to-erase" in (tmp_path / "writ.db-wal").read_bytes()
    assert (True, b"") == (store.scrub(1), (tmp_path / "writ.db-wal").read_bytes())
    with store.view() as view:
        assert 30_000 == view.exec_driver_sql("PRAGMA busy_timeout").scalar_one()


def test_units_wait_for_each_other(tmp_path: Path) -> None:
    """Threads that write at once lose nothing and leave no gap."""
    store = open_store(tmp_path / "writ.db")

    def write() -> None:
        for _ in range(10):
            with store.unit() as connection:
                append(connection, "test", {})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.view() as connection:
        assert list(range(1, 41)) == [row.seq for row in read_events(connection)]


def test_a_mistake_of_ours_is_not_the_files(tmp_path: Path) -> None:
    """Breaking a key of the schema is shown as what it is."""
    store = open_store(tmp_path / "writ.db")
    with store.unit() as connection:
        append(connection, "test", {})
    with pytest.raises(IntegrityError), store.unit() as connection:
        connection.exec_driver_sql("INSERT INTO event VALUES (1, 'x', x'', 'x', x'')")


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    """A schema this release does not know is left alone."""
    store = open_store(tmp_path / "writ.db")
    with store.unit() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(Refused, match="written by a newer writ"):
        open_store(tmp_path / "writ.db")


def test_a_file_that_is_no_store_fails(tmp_path: Path) -> None:
    """Another file is not taken for a store, and is left as it was."""
    (tmp_path / "writ.db").write_bytes(b"hello" * 1000)
    with pytest.raises(Failed, match=r"cannot use the store .*: file is not a database"):
        open_store(tmp_path / "writ.db")
    assert b"hello" * 1000 == (tmp_path / "writ.db").read_bytes()


def test_a_place_that_cannot_be_written_fails(tmp_path: Path) -> None:
    """A missing folder is named in one line."""
    with pytest.raises(Failed, match=r"cannot open the store .*: No such file"):
        open_store(tmp_path / "none" / "writ.db")


def test_a_torn_file_fails(tmp_path: Path) -> None:
    """A page of garbage under an open store is the file's fault, said in one line."""
    store = open_store(tmp_path / "writ.db")
    with store.unit() as connection:
        append(connection, "test", {"a": "x" * 60_000})
    store.close()
    data = bytearray((tmp_path / "writ.db").read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (tmp_path / "writ.db").write_bytes(data)
    with pytest.raises(Failed, match="cannot use the store"):
        open_store(tmp_path / "writ.db")
