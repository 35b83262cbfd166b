from pathlib import Path

from writ.store.database import open_store
from writ.store.marks import raise_mark, read_mark


def test_a_mark_only_grows(tmp_path: Path) -> None:
    """The mark starts at 0, is raised, and never goes back."""
    store = open_store(tmp_path / "writ.db")
    seen = []
    for instant in (5, 3, 7):
        with store.unit() as connection:
            seen.append(read_mark(connection))
            raise_mark(connection, instant)
    with store.view() as connection:
        seen.append(read_mark(connection))
    assert [0, 5, 5, 7] == seen
