"""The floor under epochs: what it refuses, and how it is kept."""

from pathlib import Path

import pytest

from writ.errors import Failed, Refused
from writ.gateway.floor import Floor


def test_without_a_file_every_epoch_may_come(tmp_path: Path) -> None:
    """A new gateway has nothing to hold an epoch against."""
    floor = Floor(tmp_path / "g.floor")
    floor.check(0, "")
    floor.check(7, "sha256:a")
    assert not (tmp_path / "g.floor").exists()


def test_the_floor_outlives_the_process(tmp_path: Path) -> None:
    """Older epochs, and the same one with other rules, are refused by the next process too."""
    path = tmp_path / "g.floor"
    Floor(path).lift(7, "sha256:a")
    assert 0o600 == path.stat().st_mode & 0o777
    floor = Floor(path)
    floor.check(7, "sha256:a")
    floor.check(8, "sha256:b")
    with pytest.raises(Refused, match="epoch 6 is older than epoch 7"):
        floor.check(6, "sha256:a")
    with pytest.raises(Refused, match="epoch 7 was in force here with other rules"):
        floor.check(7, "sha256:b")


def test_a_floor_that_says_nothing_stops_the_gateway(tmp_path: Path) -> None:
    """A damaged file is no leave to start from nothing."""
    path = tmp_path / "g.floor"
    for data in (b"", b"{", b'{"epoch": "7"}', b'{"epoch": 7, "digest": "", "more": 1}'):
        path.write_bytes(data)
        with pytest.raises(Failed, match="does not say which epoch"):
            Floor(path)
    with pytest.raises(Failed, match="cannot read"):
        Floor(tmp_path)


def test_a_disk_that_takes_nothing_stops_no_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The epoch is the floor of this process all the same, and the log says what is wrong."""
    floor = Floor(tmp_path / "gone" / "g.floor")
    floor.lift(7, "sha256:a")
    assert "floor not kept" in capfd.readouterr().out
    with pytest.raises(Refused, match="older"):
        floor.check(6, "sha256:a")


def test_the_same_floor_is_written_once(tmp_path: Path) -> None:
    """A reconnection that brings the epoch in force again costs the disk nothing."""
    path = tmp_path / "g.floor"
    floor = Floor(path)
    floor.lift(7, "sha256:a")
    path.unlink()
    floor.lift(7, "sha256:a")
    assert not path.exists()
