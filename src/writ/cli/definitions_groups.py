"""`writ definitions groups`: every group of countries, who is in it, and what is not certain of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from writ.cli.output import show
from writ.clock import Instant, format_instant, parse_instant
from writ.law.folder import read_groups_of
from writ.law.groups import CountryGroup, shipped_groups


def list_groups(
    *,
    at: Annotated[
        str | None, typer.Option(help="an instant; without one, whoever was ever a member")
    ] = None,
    orders: Annotated[
        Path | None, typer.Option(help="a folder of orders, for its own groups too")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """List the groups of countries that an order may name, with their members and limits.

    Example: writ definitions groups --at 2026-06-12T17:21:00-04:00
    """
    moment = None if at is None else parse_instant(at)
    groups = shipped_groups() if orders is None else read_groups_of(orders)
    show(
        [
            {
                "name": group.name,
                "title": group.title,
                "cites": list(group.cites),
                "members": list(group.at(moment)),
                "limits": list(group.limits),
                "own": group.name not in shipped_groups(),
                "digest": group.digest,
            }
            for group in groups.values()
        ],
        "\n".join(_lines(groups, moment)),
        as_json=as_json,
    )


def _lines(groups: Mapping[str, CountryGroup], moment: Instant | None) -> Iterator[str]:
    when = "ever" if moment is None else f"at {format_instant(moment)}"
    for group in groups.values():
        yield f"{group.name}: {group.title}"
        yield f"  {'; '.join(group.cites)}"
        yield f"  members {when}: {', '.join(group.at(moment)) or 'none known'}"
        yield from (f"  - {limit}" for limit in group.limits)
