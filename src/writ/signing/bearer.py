"""Bearer tokens that others come with (RFC 6750): only their digest is kept.

1. A token is 32 random bytes, so that its plain SHA-256 is enough.
2. Digests are compared in constant time.
"""

import hmac
import secrets

from writ.canonical import digest_bytes

_BYTES = 32


def new_token(prefix: str) -> tuple[str, str]:
    """Make a token, with the digest by which it is known."""
    token = f"{prefix}_{secrets.token_urlsafe(_BYTES)}"
    return token, digest_bytes(token.encode())


def bears(header: str, known: str) -> bool:
    """Whether an `Authorization` header bears the token of this digest."""
    scheme, _, token = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        digest_bytes(token.strip().encode()), known
    )
