"""The caller's API key: from `Authorization: Bearer` or `x-api-key`, never from two places."""

import hashlib

from writ.gateway.request import Malformed, Request

_LONGEST = 512


def digest_of_key(request: Request) -> bytes:
    """Return the SHA-256 of the API key's text; Malformed with 401 if there is none, 400 if two."""
    found = [value.strip() for value in request.values(b"x-api-key")]
    for value in request.values(b"authorization"):
        scheme, _, token = value.strip().partition(b" ")
        if scheme.lower() != b"bearer":
            raise Malformed(401, "invalid_api_key", "send the API key as a Bearer token")
        found.append(token.strip())
    if len(found) > 1:
        raise Malformed(400, "two_credentials", "two credentials in one request; send one")
    key = found[0] if found else b""
    if not key or len(key) > _LONGEST:
        raise Malformed(401, "invalid_api_key", "no API key in the request")
    return hashlib.sha256(key).digest()
