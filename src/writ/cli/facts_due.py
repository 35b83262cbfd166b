"""`writ facts due`: facts that ended so long ago that they are to be deleted, listed or deleted."""

from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Due(msgspec.Struct):
    id: str
    since: str


class _Answer(msgspec.Struct):
    due: list[_Due]
    deleted: int


def due(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    delete: Annotated[bool, typer.Option("--delete", help="delete them, for good")] = False,
    as_json: AsJson = False,
) -> None:
    """List facts that are to be deleted, by the ids of their attestations, and since when.

    Example: writ facts due --delete

    They expired or were revoked, and count for nothing any more; `writ serve` deletes them within
    the hour. A duty to preserve facts suspends that.
    """
    call = Call("POST", "/facts/due/delete") if delete else Call("GET", "/facts/due")
    answer = ask(config, call)
    found = msgspec.convert(answer, _Answer)
    lines = [f"{item.id} since {item.since}" for item in found.due]
    said = f"{found.deleted} deleted" if delete else f"{len(lines)} due"
    show(answer, "\n".join([said, *lines]), as_json=as_json)
