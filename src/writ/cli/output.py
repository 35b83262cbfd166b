"""What commands print: a sentence or a table for people, one JSON value for programs."""

from collections.abc import Iterable, Sequence

import msgspec

_GAP = "  "


def show(value: object, sentence: str, *, as_json: bool) -> None:
    """Print a result either way."""
    print(msgspec.json.encode(value).decode() if as_json else sentence)


def show_table(
    value: object, head: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool
) -> None:
    """Print a list either way, never cut; None is shown as nothing, a list with commas."""
    if as_json:
        print(msgspec.json.encode(value).decode())
        return
    cells = [tuple(head), *(tuple(map(_cell, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        print(_GAP.join(padded).rstrip())


def _cell(item: object) -> str:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "yes" if item else "no"
    return ", ".join(map(str, item)) if isinstance(item, list | tuple) else str(item)
