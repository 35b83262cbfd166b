"""`writ annex diff`: how many rows come and go between two files of an annex."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.law.annexes import annex_limit, read_members


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="the annex as it is")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="the annex as it is to be")],
    column: Annotated[
        str, typer.Option(help="the column, which the order calls `key`")
    ] = "organisation",
    *,
    as_json: AsJson = False,
) -> None:
    """Count what differs between two files of an annex; who it is, is not printed.

    Example: writ annex diff annex-a.csv annex-a.new.csv

    A change of more than a tenth of the rows, either way, has to be said in the order's next
    version as `annex_change`.
    """
    was, now = read_members(old, column), read_members(new, column)
    come, go, limit = len(now - was), len(was - now), annex_limit(len(was))
    large = max(come, go) > limit
    said = f"annex_change: {{ANNEX: {{come: {come}, go: {go}}}}}"
    told = {
        "before": len(was),
        "after": len(now),
        "come": come,
        "go": go,
        "stay": len(was & now),
        "limit": limit,
        "large": large,
    }
    lines = [f"{come} rows come, {go} go, {len(was & now)} stay: {len(now)} rows, were {len(was)}"]
    if large:
        lines.append(f"more than {limit} at once; the order's next version must say `{said}`")
    show(told, "\n".join(lines), as_json=as_json)
