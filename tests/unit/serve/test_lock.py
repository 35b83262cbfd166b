import os
from pathlib import Path

import pytest

from writ.errors import Failed, Refused
from writ.serve.lock import locked


def test_one_at_a_time(tmp_path: Path) -> None:
    """Who holds the lock is named to who wants it; it is free again afterwards."""
    with locked(tmp_path, tmp_path / "lock"):
        second = locked(tmp_path, tmp_path / "lock")
        with pytest.raises(Refused, match=f"is in use by process {os.getpid()}"):
            second.__enter__()
    with locked(tmp_path, tmp_path / "lock"):
        assert 0o700 == tmp_path.stat().st_mode & 0o777


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    """A data folder is made by `writ init` only."""
    missing = locked(tmp_path / "data", tmp_path / "data" / "lock")
    with pytest.raises(Failed, match="make one with `writ init`"):
        missing.__enter__()

    assert not (tmp_path / "data").exists()
