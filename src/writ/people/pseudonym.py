"""The names under which subjects leave the registry: keyed, so that nobody outside can guess back.

1. A pseudonym is HMAC-SHA-256 (RFC 2104) of the subject's id under the deployment's secret, cut to
   sixteen bytes.
2. The secret is made once, beside the store, readable by its owner only. Losing it would rename
   everybody, so a missing one is made anew only while the registry is empty.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from writ.errors import Failed

NAME_BYTES = 16
SECRET_BYTES = 32


def pseudonym(secret: bytes, subject: str) -> bytes:
    """Return the sixteen bytes that stand for a subject."""
    return hmac.digest(secret, subject.encode(), hashlib.sha256)[:NAME_BYTES]


def read_secret(path: Path, *, may_make: bool) -> bytes:
    """Read the deployment's secret; make it where there is none yet and nobody was named by it."""
    try:
        if not path.exists() and may_make:
            _write(path, secrets.token_bytes(SECRET_BYTES))
        mode = stat.S_IMODE(path.stat().st_mode)
        secret = path.read_bytes()
    except FileNotFoundError:
        raise Failed(
            f"`{path}` is missing; restore it from your backup, or everybody is renamed"
        ) from None
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    if mode & 0o077:
        raise Failed(f"`{path}` can be read by others; run `chmod 600 {path}`")
    if len(secret) != SECRET_BYTES:
        raise Failed(f"`{path}` is damaged: {len(secret)} bytes instead of {SECRET_BYTES}")
    return secret


def _write(path: Path, secret: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
