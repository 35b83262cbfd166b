"""The names under which subjects leave the registry: keyed, so that nobody outside can guess back.

1. A pseudonym is HMAC-SHA-256 (RFC 2104) of the subject's id under the deployment's secret, cut to
   sixteen bytes.
"""

import hashlib
import hmac

NAME_BYTES = 16


def pseudonym(secret: bytes, subject: str) -> bytes:
    """Return the sixteen bytes that stand for a subject."""
    return hmac.digest(secret, subject.encode(), hashlib.sha256)[:NAME_BYTES]
