from pathlib import Path

import pytest

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.store.database import open_store
from writ.store.documents import fetch, keep


def test_documents_are_kept_by_digest(tmp_path: Path) -> None:
    """The same bytes are kept once and come back as they were."""
    with open_store(tmp_path / "writ.db").unit() as connection:
        assert digest_bytes(b"a") == keep(connection, b"a") == keep(connection, b"a")
        assert b"a" == fetch(connection, digest_bytes(b"a"))


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    """A digest that nothing was kept under names it."""
    with (
        open_store(tmp_path / "writ.db").view() as connection,
        pytest.raises(Refused, match="has no document `sha256:00`"),
    ):
        fetch(connection, "sha256:00")


def test_an_altered_document_is_refused(tmp_path: Path) -> None:
    """Bytes that are no longer what their digest says are not given out."""
    with open_store(tmp_path / "writ.db").unit() as connection:
        digest = keep(connection, b"a")
        connection.exec_driver_sql("UPDATE document SET bytes = 'b'")
        with pytest.raises(Refused, match="was altered"):
            fetch(connection, digest)
