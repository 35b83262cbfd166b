"""`writ order explain`: read back in plain English what orders will do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.clock import Instant, parse_instant
from writ.errors import Fault, InvalidInput
from writ.law.explain.reading import explain as explained
from writ.law.explain.reading import markdown as as_markdown
from writ.law.explain.reading import plain, text
from writ.law.folder import check_folder, load_folder
from writ.model.order import Lawbook, OrderVersion


def explain(
    path: Annotated[Path, typer.Argument(help="an order file, or a folder of them")],
    at: Annotated[
        str | None, typer.Option(help="only what governs at this instant, with zone")
    ] = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="print Markdown")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Say in plain English what orders will do: who, what, when, exceptions, and who gets what.

    It is said from the compiled rules. Of a file, the whole folder is read, for what changes when.

    Example: writ order explain orders/june-2026 --at 2026-06-27T00:00:00Z

    Exit 0, or 3 where the folder has faults.
    """
    if markdown and as_json:
        raise InvalidInput("give `--markdown` or `--json`, not both")
    instant = None if at is None else parse_instant(at)
    book, versions = _read(path)
    parts = explained(book, _governing(book, versions, instant), instant)
    if as_json:
        print(msgspec.json.encode(plain(parts)).decode())
    else:
        print(as_markdown(parts) if markdown else text(parts))


def _read(path: Path) -> tuple[Lawbook, tuple[OrderVersion, ...]]:
    """Read the folder; of a file, pick its version."""
    if path.is_dir():
        book = check_folder(path, load_folder(path)).book
        return book, book.versions
    if not path.is_file():
        raise InvalidInput([Fault(str(path), 0, 0, "no such file or directory")])
    checked = check_folder(path.parent, load_folder(path.parent))
    found = tuple(item.version for item in checked.orders if item.place.file == path.name)
    if not found:
        raise InvalidInput(f"`{path}` is no order file")
    return checked.book, found


def _governing(
    book: Lawbook, versions: Sequence[OrderVersion], at: Instant | None
) -> tuple[OrderVersion, ...]:
    if at is None:
        return tuple(versions)
    return tuple(version for version in versions if version in book.in_force(at))
