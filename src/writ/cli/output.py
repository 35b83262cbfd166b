"""What commands print: a sentence or a table for people, one JSON value for programs."""

from collections.abc import Iterable, Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table


def show(value: object, sentence: str, *, as_json: bool) -> None:
    """Print a result either way."""
    print(msgspec.json.encode(value).decode() if as_json else sentence)


def show_table(
    value: object, head: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool
) -> None:
    """Print a list either way; None is shown as nothing, a list with commas."""
    if as_json:
        print(msgspec.json.encode(value).decode())
        return
    table = Table(*head, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(item) for item in row))
    Console(soft_wrap=True).print(table)


def _cell(item: object) -> str:
    if item is None:
        return ""
    if isinstance(item, list | tuple):
        return ", ".join(map(str, item))
    return {True: "yes", False: "no"}.get(item, str(item)) if isinstance(item, bool) else str(item)
