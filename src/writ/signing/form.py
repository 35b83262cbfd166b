"""Reading what was signed: one byte form, exact fields, exact types, within a budget.

1. Signed JSON is canonical (RFC 8785 without floats): other bytes for the same value are refused,
   so doubled keys, odd escapes and second encodings never reach a check.
2. Base64 is the standard alphabet with padding, and only the spelling an encoder would write.
"""

import base64
import binascii
from typing import TypeVar

import msgspec

from writ.canonical import decode
from writ.errors import Refused

T = TypeVar("T")

MAX_BYTES = 32 * 1024 * 1024


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON object with exactly the fields of its class."""


def read_form(data: bytes, kind: type[T], what: str) -> T:
    """Read canonical JSON as `kind`; anything else is Refused, naming `what` it should have been."""
    if len(data) > MAX_BYTES:
        raise Refused(f"{what} is larger than {MAX_BYTES} bytes")
    try:
        value = decode(data)
    except ValueError as error:
        raise Refused(f"{what} is not canonical JSON: {error}") from None
    return as_form(value, kind, what)


def as_form(value: object, kind: type[T], what: str) -> T:
    """Read plain values as `kind`, with nothing missing and nothing over."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"{what} is not in its form: {_lower(str(error))}") from None


def to_base64(data: bytes) -> str:
    """Write bytes as text."""
    return base64.b64encode(data).decode()


def from_base64(text: str, what: str) -> bytes:
    """Read text back; a second spelling of the same bytes is Refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{what} is not base64") from None
    if to_base64(data) != text:
        raise Refused(f"{what} is not base64 as an encoder writes it")
    return data


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
