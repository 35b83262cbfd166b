"""`writ evidence export`: a pack of everything that shows what was done about an order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import InvalidInput

_MOST_DRAWN = 10_000


class _Pack(msgspec.Struct):
    pack: str


def export(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    order: Annotated[str, typer.Argument(help="the order's id")],
    out: Annotated[Path, typer.Option(help="the pack to write")],
    attach: Annotated[
        list[Path] | None,
        typer.Option(help="a file or folder to enclose: reports, a drill; repeat it"),
    ] = None,
    beside: Annotated[
        list[str] | None, typer.Option(help="another order that may be shown too; repeat it")
    ] = None,
    receipts: Annotated[
        str, typer.Option(help="how many receipts to draw, or `all`: the order's own as well")
    ] = "50",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    annexes: Annotated[bool, typer.Option("--annexes", help="with the rows of annexes")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a pack: the same deployment and files give the same bytes.

    Example: writ evidence export us-bis-2026-06-12 --out evidence.zip --attach proof --attach simulated

    It has no attribute of anybody, and rows of annexes only if asked. Whoever gets it checks it
    with `writ evidence verify`, or with the script in it.
    """
    from writ.canonical import digest_bytes
    from writ.cli.lines import read_file, write_file
    from writ.signing.form import from_base64, to_base64

    every = receipts == "all"
    if not every and not (receipts.isdecimal() and int(receipts) <= _MOST_DRAWN):
        raise InvalidInput(f"`{receipts}` is neither `all` nor a number up to {_MOST_DRAWN}")
    wish = {
        "beside": beside or [],
        "draw": 50 if every else int(receipts),
        "every": every,
        "annexes": annexes,
        "attached": {name: to_base64(read_file(path)) for name, path in _files(attach or ())},
    }
    answer = ask(config, Call("POST", f"/evidence/{quote(order, safe='')}", wish))
    data = from_base64(msgspec.convert(answer, _Pack).pack, "the pack")
    write_file(out, data)
    told = {"pack": str(out), "bytes": len(data), "digest": digest_bytes(data)}
    show(told, f"{out}: {len(data)} bytes, {told['digest']}", as_json=as_json)


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Yield files by name: those of a folder under its own name."""
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"`{path}` is not there to be enclosed")
        within = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else ()
        yield from ((f"{path.name}/{item.relative_to(path).as_posix()}", item) for item in within)
        if not path.is_dir():
            yield path.name, path
