"""Cells of a CSV file (RFC 4180) that people open in a spreadsheet.

1. Before what a spreadsheet would take for a formula stands an apostrophe; so it does before what
   would be read as such a cell. Whoever reads a cell takes one away, and has what was written.
"""

import re
from collections.abc import Sequence

FORMULA = "^'*[=+@\uff1d\uff0b\uff0d\uff20\t\r\n-]"
"""What is such a text, as a regular expression; some programs read wide signs as the narrow ones."""
_FORMULA = re.compile(FORMULA)


def cell(value: object) -> str:
    """Write a value (rule 1); several are written with `;` between them."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def read_cell(text: str) -> str:
    """Read back what was written (rule 1)."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
