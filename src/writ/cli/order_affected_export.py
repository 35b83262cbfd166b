"""`writ order affected export`: the approved list, once, on record."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.cli.private import create_private


class _List(msgspec.Struct):
    subjects: int
    rows: int
    unjudged: int
    digest: str
    csv: str


def export(
    name: Annotated[str, typer.Argument(metavar="ID", help="as `writ order affected list` has it")],
    out: Annotated[Path, typer.Option(help="a new CSV file, readable by you only")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Write an approved list to a file; its purpose, size and digest are recorded first.

    Example: writ order affected export a1 --out calls.csv

    It is made once, of those whom the order affects now.
    """
    with create_private(out) as file:
        answer = ask(config, Call("POST", f"/lists/{quote(name, safe='')}/export"))
        found = msgspec.convert(answer, _List)
        file.write(found.csv.encode())
    told = {key: item for key, item in answer.items() if key != "csv"}
    unjudged = f"; {found.unjudged} could not be judged" if found.unjudged else ""
    text = f"{found.subjects} subjects in {found.rows} rows, {found.digest}, in `{out}`{unjudged}"
    show({**told, "file": str(out)}, text, as_json=as_json)
