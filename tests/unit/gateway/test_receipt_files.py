"""Files of receipts: one after the other, whole, and nobody else's."""

from pathlib import Path

import pytest

from writ.errors import Failed
from writ.gateway.receipt_files import ReceiptFiles


def names(folder: Path) -> list[str]:
    """Return what lies in a folder besides the lock."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_a_file_is_followed_by_the_next_when_it_is_full(tmp_path: Path) -> None:
    """No batch is cut in two, none is lost, and a batch larger than any file has one of its own."""
    files = ReceiptFiles(tmp_path, "edge.1", 100)
    assert b"" == files.recover()
    batches = [b"a" * 59 + b"\n", b"b" * 39 + b"\n", b"c\n", b"d" * 500 + b"\n", b"e\n"]
    for batch in batches:
        files.append(batch)
    files.close()
    held = ["edge.1.jsonl", "edge.1+2.jsonl", "edge.1+3.jsonl", "edge.1+4.jsonl"]
    assert sorted(held) == names(tmp_path)
    written = [(tmp_path / name).read_bytes() for name in held]
    assert [b"".join(batches[:2]), *batches[2:]] == written


def test_writing_goes_on_in_the_last_file(tmp_path: Path) -> None:
    """After a restart, also where those before it were taken over and removed; others' are not ours."""
    files = ReceiptFiles(tmp_path, "edge", 10)
    for batch in (b"aaaaaaa\n", b"bbbbbbb\n", b"c\n"):
        files.append(batch)
    files.close()
    (tmp_path / "edge.jsonl").unlink()
    (tmp_path / "edge-2+9.jsonl").write_bytes(b"another\n")
    again = ReceiptFiles(tmp_path, "edge", 10)
    assert b"c\n" == again.recover()
    again.append(b"d\n")
    again.close()
    assert [b"bbbbbbb\nc\n", b"d\n"] == [
        (tmp_path / name).read_bytes() for name in ("edge+2.jsonl", "edge+3.jsonl")
    ]
    assert ["edge+2.jsonl", "edge+3.jsonl", "edge-2+9.jsonl"] == names(tmp_path)


def test_a_kill_between_two_files_is_a_gap(tmp_path: Path) -> None:
    """A file that was begun and has nothing in it, or half a line, was not closed."""
    (tmp_path / "edge.jsonl").write_bytes(b'{"kind":"closed"}\n')
    for left in (b"", b'{"kind":"refu'):
        (tmp_path / "edge+2.jsonl").write_bytes(left)
        files = ReceiptFiles(tmp_path, "edge", 10)
        assert b"\n" == files.recover()
        files.close()
        assert b"" == (tmp_path / "edge+2.jsonl").read_bytes()


def test_a_second_gateway_of_the_name_waits_for_nothing(tmp_path: Path) -> None:
    """It is refused while the first writes, whichever file that is at, and not after."""
    first = ReceiptFiles(tmp_path, "edge", 10)
    for batch in (b"aaaaaaa\n", b"bbbbbbb\n"):
        first.append(batch)
    with pytest.raises(Failed, match="another gateway of this name holds"):
        ReceiptFiles(tmp_path, "edge", 10)
    ReceiptFiles(tmp_path, "other", 10).close()
    first.close()
    ReceiptFiles(tmp_path, "edge", 10).close()


def test_files_that_cannot_be_opened_are_a_failure(tmp_path: Path) -> None:
    """In one line; and the lock is let go of."""
    (tmp_path / "edge.jsonl").mkdir()
    for _ in range(2):
        with pytest.raises(Failed, match="cannot open receipts of `edge`"):
            ReceiptFiles(tmp_path, "edge", 10)
    (tmp_path / "odd.lock").mkdir()
    with pytest.raises(Failed, match=r"cannot open `.*odd.lock`"):
        ReceiptFiles(tmp_path, "odd", 10)


def test_a_next_file_that_cannot_be_begun_loses_nothing(tmp_path: Path) -> None:
    """The batch is not written, and who waits for it hears so; it is written once there is room."""
    files = ReceiptFiles(tmp_path, "edge", 10)
    files.append(b"aaaaaaa\n")
    (tmp_path / "edge+2.jsonl").mkdir()
    for _ in range(2):
        with pytest.raises(OSError, match="Is a directory"):
            files.append(b"bbbbbbb\n")
    (tmp_path / "edge+2.jsonl").rmdir()
    files.append(b"bbbbbbb\n")
    files.close()
    assert [b"aaaaaaa\n", b"bbbbbbb\n"] == [
        (tmp_path / name).read_bytes() for name in ("edge.jsonl", "edge+2.jsonl")
    ]
    assert 0o600 == (tmp_path / "edge+2.jsonl").stat().st_mode & 0o777
