"""`writ log prove`: one event, opened, with the proof that the log has it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class Opened(msgspec.Struct, forbid_unknown_fields=True):
    """An event row and its salt, each in base64."""

    salt: str
    row: str


class _Proved(msgspec.Struct):
    proof: str
    opening: Opened


def prove(
    seq: Annotated[int, typer.Argument(min=1, help="the event's number, from 1")],
    out: Annotated[Path, typer.Option(help="folder for the two files")] = Path(),
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Write an event's proof and what opens it: two files that need no server.

    Example: writ log prove 12 --out proofs

    `event-12.tlog-proof` says that something stands in the log; `event-12.json` is what it is.
    """
    from writ.cli.lines import write_file

    found = msgspec.convert(ask(config, Call("GET", f"/log/events/{seq}")), _Proved)
    files = {
        "proof": (out / f"event-{seq}.tlog-proof", found.proof.encode()),
        "opening": (out / f"event-{seq}.json", msgspec.json.encode(found.opening)),
    }
    for path, data in files.values():
        write_file(path, data)
    names = {name: str(path) for name, (path, _) in files.items()}
    show(names, f"wrote {names['proof']} and {names['opening']}", as_json=as_json)
