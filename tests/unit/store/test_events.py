from pathlib import Path

import pytest

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.store.database import Store, open_store
from writ.store.events import Event, append, read_events, read_payload, verify_events


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Hold three events."""
    store = open_store(tmp_path / "writ.db")
    with store.unit() as connection:
        for kind in ("a", "b", "a"):
            append(connection, kind, {"it": kind})
    return store


def test_rows_are_canonical_and_count_from_one(store: Store) -> None:
    """A row has its seq and kind in its bytes, and their digest beside them."""
    data = b'{"kind":"a","payload":{"it":"a"},"seq":1}'
    with store.view() as connection:
        rows = list(read_events(connection))
    assert Event(1, "a", rows[0].salt, data, digest_bytes(data)) == rows[0]
    assert (16, 16, False) == (len(rows[0].salt), len(rows[1].salt), rows[0].salt == rows[1].salt)
    assert [1, 2, 3] == [row.seq for row in rows]
    assert {"it": "b"} == read_payload(rows[1])
    assert 3 == verify_events(store)


def test_rows_are_read_by_place_and_kind(store: Store) -> None:
    """A reader may start later and name kinds."""
    with store.view() as connection:
        assert [2, 3] == [row.seq for row in read_events(connection, 1)]
        assert [3] == [row.seq for row in read_events(connection, 1, ("a",))]


@pytest.mark.parametrize(("size", "fits"), [(65_495, True), (65_496, False)])
def test_a_row_fits_a_logs_entry(tmp_path: Path, size: int, fits: bool) -> None:  # noqa: FBT001 - a test's parameter
    """A row of 65,535 bytes is taken, one of 65,536 is a mistake of ours."""
    with open_store(tmp_path / "big.db").unit() as connection:
        if fits:
            assert 1 == append(connection, "a", {"it": "x" * size})
        else:
            with pytest.raises(ValueError, match="of 65536 bytes"):
                append(connection, "a", {"it": "x" * size})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DELETE FROM event WHERE seq = 1", "event 1 is missing"),
        ("DELETE FROM event WHERE seq = 2", "event 2 is missing"),
        ("UPDATE event SET seq = 9 WHERE seq = 3", "event 3 is missing"),
        ("UPDATE event SET bytes = 'x' WHERE seq = 2", "event 2 in the store was altered"),
        ("UPDATE event SET bytes = x'78' WHERE seq = 2", "event 2 in the store was altered"),
        ("UPDATE event SET digest = 'x' WHERE seq = 2", "event 2 in the store was altered"),
        ("UPDATE event SET kind = 'c' WHERE seq = 2", "in another's place"),
        (
            "UPDATE event SET (bytes, digest) = (SELECT bytes, digest FROM event WHERE seq = 1)",
            "in another's place",
        ),
    ],
)
def test_altered_rows_are_refused(store: Store, change: str, why: str) -> None:
    """A row edited, moved, replaced or taken away is found."""
    with store.unit() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(Refused, match=why):
        verify_events(store)


@pytest.mark.parametrize(
    "data", [b"[]", b'{"kind":"a","seq":1}', b'{"kind":"a","payload":1,"seq":1}', b"{"]
)
def test_rows_that_say_nothing_are_refused(data: bytes) -> None:
    """A row whose digest fits but which is no event is refused."""
    with pytest.raises(Refused):
        read_payload(Event(1, "a", b"", data, digest_bytes(data)))
