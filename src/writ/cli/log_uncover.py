"""`writ log uncover`: show that an event stood there when a commitment was published."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Answer(msgspec.Struct):
    uncovered: str


def uncover(
    event: Annotated[int, typer.Argument(help="the event's number, from 1")],
    out: Annotated[Path, typer.Option(help="the file to write")],
    seen: Annotated[
        Path | None,
        typer.Option(help="a checkpoint of the cover log that somebody kept: prove to that one"),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Write an event with the first commitment made after it, both opened, with their proofs.

    Example: writ log uncover 12 --out uncovered-12.json --seen kept.checkpoint

    Whoever kept a checkpoint of the cover log from then checks it with `writ log uncovered`. While a
    seal holds, nothing is uncovered: two people lift it first.
    """
    from writ.cli.lines import read_file, write_file

    kept = None if seen is None else read_file(seen).decode(errors="replace")
    answer = ask(config, Call("POST", "/uncovered", {"event": event, "seen": kept}))
    write_file(out, msgspec.convert(answer, _Answer).uncovered.encode())
    show({"event": event, "file": str(out)}, f"wrote {out}", as_json=as_json)
