"""The one byte form of a value: RFC 8785 (JCS) without floats, and its digest.

1. Keys are sorted by UTF-16 code units, strings are written as JCS writes them.
2. Floats have no place in anything we sign; numbers are integers within 2**53.
3. A digest is `sha256:` and the hex of SHA-256 over those bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = "str | int | bool | Sequence[Plain] | Mapping[str, Plain] | None"
"""What can be written: JSON without floats."""

_LARGEST = 2**53


def encode(value: Plain) -> bytes:
    """Write `value` in canonical form; a float, a large integer or an odd key is a TypeError."""
    return json.dumps(
        _ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def decode(data: bytes) -> Plain:
    """Read bytes in canonical form; any other bytes, a doubled key among them, are a ValueError."""
    try:
        value: Plain = json.loads(data)
        if encode(value) == data:
            return value
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    raise ValueError("the same value is written otherwise in canonical form")


def digest(value: Plain) -> str:
    """Digest of the canonical form."""
    return digest_bytes(encode(value))


def digest_bytes(data: bytes) -> str:
    """Digest of bytes as they are."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Begun:
    """The digest of bytes that come in parts; what goes on from it leaves it as it is."""

    def __init__(self, data: bytes) -> None:
        self._hash = hashlib.sha256(data)

    def also(self, data: bytes) -> "Begun":
        """Return this with more bytes after it."""
        more = Begun(b"")
        more._hash = self._hash.copy()
        more._hash.update(data)
        return more

    def digest(self) -> str:
        """Digest of the bytes so far, as `digest_bytes` gives it."""
        return "sha256:" + self._hash.hexdigest()


def _ordered(value: Plain) -> Plain:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise TypeError(f"integer {value} does not survive JSON; write it as a string")
        return int(value)
    if isinstance(value, dict | Mapping):  # asking for `dict` first is much cheaper
        return {
            key: item if type(item := value[key]) is str else _ordered(item) for key in _keys(value)
        }
    if isinstance(value, list | tuple):  # bytes are a sequence too, and have no place here
        return [item if type(item) is str else _ordered(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no canonical form")


def _keys(mapping: Mapping[str, Plain]) -> list[str]:
    """Return keys as rule 1 sorts them; those in ASCII sort the same by themselves."""
    try:
        return sorted(mapping) if "".join(mapping).isascii() else sorted(mapping, key=_utf16)
    except TypeError:
        raise TypeError("a canonical mapping has text keys only") from None


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")
