"""The data folder has one writer at a time: whoever holds its lock file (flock, so a crash lets go)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from writ.errors import Failed, Refused


@contextmanager
def locked(folder: Path, lock: Path) -> Iterator[None]:
    """Hold the lock of a data folder; Refused where somebody else does, Failed without a folder."""
    try:
        folder.chmod(0o700)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise Failed(f"no data folder `{folder}`; make one with `writ init`") from None
    except OSError as error:
        raise Failed(f"cannot use the data folder `{folder}`: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        os.close(descriptor)
        raise Refused(f"`{folder}` is in use by process {holder or 'unknown'}") from None
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
