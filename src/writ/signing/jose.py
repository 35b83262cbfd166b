"""How JOSE writes bytes and values: base64url without padding, and JSON within a budget.

1. Base64url is spelt as an encoder spells it (RFC 7515 section 2), so that one value has one text.
2. JSON has every name once, no `NaN`, and as much nesting as the budget allows.
"""

import base64
import binascii
import json
from typing import NoReturn

from writ.errors import Refused

MAX_DEPTH = 16


def to_base64url(data: bytes) -> str:
    """Write bytes as text."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str, what: str) -> bytes:
    """Read text back; a second spelling of the same bytes is Refused (rule 1)."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{what} is not base64url") from None
    if to_base64url(data) != text:
        raise Refused(f"{what} is not base64url as an encoder writes it")
    return data


def read_json(data: bytes, what: str) -> object:
    """Read JSON that others wrote; what breaks rule 2 is Refused."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(f"{what} is not JSON with every name once") from None
    _check_depth(value, MAX_DEPTH, what)
    return value


def read_object(data: bytes, what: str) -> dict[str, object]:
    """Read a JSON object that others wrote."""
    value = read_json(data, what)
    if not isinstance(value, dict):
        raise Refused(f"{what} is not a JSON object")
    return value


def _check_depth(value: object, left: int, what: str) -> None:
    if not isinstance(value, dict | list):
        return
    if left == 0:
        raise Refused(f"{what} is nested deeper than {MAX_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, left - 1, what)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice")
    return read


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
