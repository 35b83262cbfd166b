"""`writ definitions list`: every definition by name, with its sources."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.output import show_table
from writ.law.definitions import Library
from writ.law.folder import read_library_of


def list_definitions(
    *,
    orders: Annotated[
        Path | None, typer.Option(help="a folder of orders, for its own definitions too")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """List the definitions that an order may name.

    Example: writ definitions list --orders orders/june-2026
    """
    library = Library() if orders is None else read_library_of(orders)
    found = [item for name in library.names if (item := library.get(name))]
    show_table(
        [
            {
                "name": item.name,
                "title": item.title,
                "cites": list(item.cites),
                "own": item.name in library.own,
                "digest": item.predicate.digest,
            }
            for item in found
        ],
        ("definition", "title", "sources"),
        ((item.name, item.title, "; ".join(item.cites)) for item in found),
        as_json=as_json,
    )
