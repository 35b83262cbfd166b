"""`writ log checkpoint`: sign what the log commits to at this moment."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.log_name import LogName, WhichLog
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class Signed(msgspec.Struct):
    """A checkpoint, as the control process tells it."""

    origin: str
    size: int
    root: str
    note: str


def checkpoint(
    out: Annotated[Path | None, typer.Option(help="write the signed note here")] = None,
    log: WhichLog = LogName.GOVERNANCE,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a checkpoint over everything so far.

    Example: writ log checkpoint --out today.checkpoint
    """
    answer = ask(config, Call("POST", f"/logs/{log}/checkpoints"))
    signed = msgspec.convert(answer, Signed)
    if out is not None:
        from writ.cli.lines import write_file

        write_file(out, signed.note.encode())
    show(answer, f"{signed.origin}: {signed.size} entries, root {signed.root}", as_json=as_json)
