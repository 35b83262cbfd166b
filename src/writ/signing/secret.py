"""A secret of this machine's: 32 random bytes in a file that only its owner can read.

1. It is made once. A missing one is made anew only where nothing depends on the old one.
2. Whoever comes second to make it reads the first one's.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from writ.errors import Failed

SECRET_BYTES = 32
_OTHERS = 0o077


def read_secret(path: Path, *, may_make: bool) -> bytes:
    """Read a secret; make it where there is none yet and it may be made."""
    try:
        if may_make:
            with suppress(FileExistsError):
                _write(path, secrets.token_bytes(SECRET_BYTES))
        mode = stat.S_IMODE(path.stat().st_mode)
        secret = path.read_bytes()
    except FileNotFoundError:
        raise Failed(
            f"`{path}` is missing; restore it from your backup, or everybody is renamed"
        ) from None
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    if mode & _OTHERS:
        raise Failed(f"`{path}` can be read by others; run `chmod 600 {path}`")
    if len(secret) != SECRET_BYTES:
        raise Failed(f"`{path}` is damaged: {len(secret)} bytes instead of {SECRET_BYTES}")
    return secret


def _write(path: Path, secret: bytes) -> None:
    """Write it whole under another name first, so that nobody reads half of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()
