"""Cells of a CSV file (RFC 4180) that people open in a spreadsheet."""

from collections.abc import Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """Write a value; what a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
