from pathlib import Path

import pytest

from writ.errors import Failed
from writ.signing.secret import read_secret


def test_the_secret_is_kept_and_private(tmp_path: Path) -> None:
    """Reading again gives the same secret, from a file only its owner can read."""
    path = tmp_path / "secret"
    made = read_secret(path, may_make=True)

    assert made == read_secret(path, may_make=False)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lost_secret_is_not_replaced_silently(tmp_path: Path) -> None:
    """Where people were already named, a missing secret stops everything."""
    with pytest.raises(Failed, match="restore it from your backup"):
        read_secret(tmp_path / "secret", may_make=False)


def test_a_readable_or_damaged_secret_is_refused(tmp_path: Path) -> None:
    """A secret others can read, or of the wrong length, is not used."""
    path = tmp_path / "secret"
    path.write_bytes(b"short")
    path.chmod(0o644)
    with pytest.raises(Failed, match="can be read by others"):
        read_secret(path, may_make=True)
    path.chmod(0o600)
    with pytest.raises(Failed, match="is damaged: 5 bytes instead of 32"):
        read_secret(path, may_make=True)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The reason is the system's own."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Failed, match="Not a directory"):
        read_secret(tmp_path / "file" / "secret", may_make=True)
