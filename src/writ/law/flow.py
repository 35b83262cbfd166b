"""Plain values as YAML on one line, as `writ.law.document` reads them back.

1. Text stands bare where nobody could take it for anything else, and in double quotes elsewhere.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from writ.canonical import Plain

_BARE = re.compile(
    r"[A-Za-z][\w.@/-]*( [\w.@/-]+)*|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", re.ASCII
)
_WORDS = {"true", "false", "null"}


def flow(value: Plain) -> str:
    """Write a value on one line."""
    if isinstance(value, str):
        if _BARE.fullmatch(value) and value not in _WORDS:
            return value
        return "".join(map(_visible, msgspec.json.encode(value).decode()))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return msgspec.json.encode(value).decode()


def _visible(char: str) -> str:
    """Escape what YAML does not take or nobody can see."""
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"  # noqa: PLR2004  four digits end here
