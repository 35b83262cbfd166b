"""CBOR (RFC 8949) that others wrote, read within a budget.

1. One item and nothing after it, lengths told beforehand, every key once, 16 levels at most.
2. Shared references are refused: a value that holds itself has no end.
3. Tag 24 holds bytes that are CBOR themselves; digests are taken over those bytes as they came.
"""

from io import BytesIO
from typing import NoReturn

from cbor2 import CBORDecodeError, CBORDecoder, CBORTag, dumps

from writ.errors import Refused

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
_EMBEDDED = 24
_SHARED = (28, 29)


def read_cbor(data: bytes, what: str, limit: int = MAX_BYTES) -> object:
    """Read one item; what breaks rules 1 and 2 is Refused."""
    if len(data) > limit:
        raise Refused(f"{what} is larger than {limit} bytes")
    source = BytesIO(data)
    decoder = CBORDecoder(
        source,
        max_depth=MAX_DEPTH,
        allow_indefinite=False,
        allow_duplicate_keys=False,
        semantic_decoders=dict.fromkeys(_SHARED, _no_sharing),
    )
    try:
        value: object = decoder.decode()
    except (CBORDecodeError, ValueError, TypeError, OverflowError):
        raise Refused(f"{what} is not CBOR with every key once, {MAX_DEPTH} levels deep") from None
    if source.read(1):
        raise Refused(f"{what} is followed by something else")
    return value


def write_cbor(value: object) -> bytes:
    """Write an item with the shortest lengths, as RFC 8949 4.2.1 wants them."""
    return dumps(value)


def embedded(value: object, what: str) -> bytes:
    """Return the bytes that tag 24 holds (rule 3)."""
    if (
        not isinstance(value, CBORTag)
        or value.tag != _EMBEDDED
        or not isinstance(value.value, bytes)
    ):
        raise Refused(f"{what} is not CBOR in a byte string (tag 24)")
    return value.value


def embed(data: bytes) -> bytes:
    """Write bytes under tag 24."""
    return dumps(CBORTag(_EMBEDDED, data))


def _no_sharing(*_: object) -> NoReturn:
    raise ValueError("a shared reference")
