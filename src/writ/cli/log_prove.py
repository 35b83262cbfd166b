"""`writ log prove`: one event or receipt, opened, with the proof that its log has it."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.log_name import LogName, WhichLog
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
    entry: Annotated[str, typer.Argument(help="the entry's number, from 1, or a decision's id")],
    out: Annotated[Path, typer.Option(help="folder for the two files")] = Path(),
    log: WhichLog = LogName.GOVERNANCE,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Write an entry's proof and what opens it: two files that need no server.

    Example: writ log prove 12 --out proofs

    `governance-12.tlog-proof` says that something stands in the log; `governance-12.json` is what
    it is. A decision's id is what a refusal tells whom it refuses: --log decisions finds it.
    """
    from writ.cli.lines import write_file

    found = msgspec.convert(
        ask(config, Call("GET", f"/logs/{log}/entries/{quote(entry, safe='')}")), _Proved
    )
    files = {
        "proof": (out / f"{log}-{entry}.tlog-proof", found.proof.encode()),
        "opening": (out / f"{log}-{entry}.json", msgspec.json.encode(found.opening)),
    }
    for path, data in files.values():
        write_file(path, data)
    names = {name: str(path) for name, (path, _) in files.items()}
    show(names, f"wrote {names['proof']} and {names['opening']}", as_json=as_json)
