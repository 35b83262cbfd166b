"""A new file that only its owner can read; nothing is left of it where making it fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from writ.errors import Failed, Refused


@contextmanager
def create_private(path: Path) -> Iterator[BinaryIO]:
    """Make a file and give it; one that is there already is never written over."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"`{path}` exists; name a new file") from None
    except OSError as error:
        raise Failed(f"cannot write `{path}`: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
