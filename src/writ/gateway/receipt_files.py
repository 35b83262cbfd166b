"""The files a gateway's receipts lie in: append-only, one after the other, never with half a batch.

1. The last one is written. When a batch would make it larger than it may be, the next is begun; it is
   in its folder for good before anything is in it. What is before it is whole, and changes no more:
   who has taken it over may remove it.
2. A batch that could not be written whole is cut off again before the next one.
3. Whoever writes holds a lock on a file beside them, so that one process writes at a time.
"""

import fcntl
import os
from pathlib import Path

from writ.errors import Failed
from writ.model.receipt_names import file_name, read_file_name

_ENOUGH = 2
"""Line feeds before and after the last whole line."""


class ReceiptFiles:
    """One gateway's; every one of at most `most` bytes, but for a batch that is larger by itself."""

    def __init__(self, folder: Path, name: str, most: int) -> None:
        self._folder, self._name, self._most = folder, name, most
        self._lock = _locked(folder / f"{name}.lock")
        found = (read_file_name(path.name) for path in folder.glob("*.jsonl"))
        self._number = max(
            (number for whose, number in filter(None, found) if whose == name), default=1
        )
        try:
            self._descriptor = self._open(self._number)
        except OSError as error:
            os.close(self._lock)
            raise Failed(f"cannot open receipts of `{name}`: {error.strerror}") from None
        self._torn = False
        self._size = 0

    def recover(self) -> bytes:
        """Remove a torn last line; return the last whole one (empty: nothing was ever written).

        A file that follows others and is empty was never closed: that is told as an empty line.
        """
        size = os.fstat(self._descriptor).st_size
        tail, reach = b"", 0
        while tail.count(b"\n") < _ENOUGH and reach < size:
            reach = min(size, 2 * reach or 65536)
            tail = os.pread(self._descriptor, reach, size - reach)
        whole = tail[: tail.rfind(b"\n") + 1]
        self._size = size - len(tail) + len(whole)
        if self._size != size:
            os.ftruncate(self._descriptor, self._size)
        if not whole and self._number > 1:
            return b"\n"
        return whole[whole.rfind(b"\n", 0, -1) + 1 :]

    def append(self, data: bytes) -> None:
        """Write and sync, or leave the files as they were and raise OSError."""
        if self._torn:
            os.ftruncate(self._descriptor, self._size)
            self._torn = False
        if self._size and self._size + len(data) > self._most:
            self._begin_next()
        self._torn = True
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        os.fdatasync(self._descriptor)
        self._torn = False
        self._size += len(data)

    def close(self) -> None:
        """Let go of the file, and then of the lock."""
        os.close(self._descriptor)
        os.close(self._lock)

    def _begin_next(self) -> None:
        """Rule 1."""
        after = self._open(self._number + 1)
        os.close(self._descriptor)
        self._descriptor, self._size = after, 0
        self._number += 1

    def _open(self, number: int) -> int:
        path = self._folder / file_name(self._name, number)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        except OSError:
            os.close(descriptor)
            raise
        finally:
            os.close(folder)
        return descriptor


def _locked(path: Path) -> int:
    """Take the lock (rule 3)."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Failed(f"cannot open `{path}`: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Failed(f"another gateway of this name holds `{path}`") from None
    return descriptor
