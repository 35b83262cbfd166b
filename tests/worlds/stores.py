"""Stores in which nothing is kept yet: migrated once in a process, and copied from then on.

What the migrations do is for the tests of `store`, which open stores as Writ does.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from writ.store.database import Store, open_store


def store_at(path: Path) -> Store:
    """Open the store at `path`, made if there is none."""
    if not path.exists():
        lay_store(path)
    return open_store(path)


def lay_store(path: Path) -> None:
    """Put a store where Writ will open it."""
    path.touch(0o600)
    path.write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "writ.sqlite"
        open_store(path).close()
        return path.read_bytes()
