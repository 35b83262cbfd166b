"""What the files are called that a gateway's receipts lie in, one after the other.

1. `NAME.jsonl` is the first, then come `NAME+2.jsonl`, `NAME+3.jsonl` and so on. A gateway's name has
   no plus sign in it.
"""

import re

_NAME = re.compile(r"(?P<gateway>[^+]+?)(?:\+(?P<number>[1-9][0-9]{0,8}))?\.jsonl")


def file_name(gateway: str, number: int) -> str:
    """Name the file of a number, from 1."""
    return f"{gateway}.jsonl" if number == 1 else f"{gateway}+{number}.jsonl"


def read_file_name(name: str) -> tuple[str, int] | None:
    """Return whose file it is and its number; None: it is no file of receipts."""
    match = _NAME.fullmatch(name)
    return None if match is None else (match["gateway"], int(match["number"] or 1))
