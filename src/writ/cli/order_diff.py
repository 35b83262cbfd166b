"""`writ order diff`: what differs between two orders in words, and as people who fare differently."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.canonical import Plain
from writ.cli.movers import moved_lines, movers_plain, request_plain
from writ.errors import Failed, InvalidInput
from writ.law.catalogue import FILE
from writ.law.difference import Moved, moved
from writ.law.difference_words import book_words, catalogue_words, version_words
from writ.law.folder import check_folder, load_files, lying_beside, read_folder
from writ.model.order import Lawbook, OrderVersion


@dataclass(frozen=True, slots=True)
class _Difference:
    words: tuple[str, ...]
    people: Moved


def diff(
    old: Annotated[Path, typer.Argument(help="an order file, or a folder of them")],
    new: Annotated[Path, typer.Argument(help="another of the same")],
    write: Annotated[
        Path | None, typer.Option(help="a new folder for the people, as `writ decide` reads them")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Say how two orders or folders differ, and show for every kind of change a person it moves.

    Of two files, the rules are compared as if both were in force when the later one takes effect;
    of two folders, at every instant at which some rules change. Where a person stands for the rows
    of an annex, only --write tells the row that was asked about; without it `request` is null.

    Example: writ order diff orders/june-2026/us-bis-2026-06-12.v1.yaml orders/june-2026/us-bis-2026-06-12.v2.yaml

    Exit 0 whether or not they differ, 3 where a file has faults.
    """
    if old.is_dir() != new.is_dir():
        raise InvalidInput("give two files or two folders")
    found = _folders(old, new) if old.is_dir() else _files(old, new)
    if write is not None:
        _write(found.people, write)
    if as_json:
        print(msgspec.json.encode(_plain(found, whole=write is not None)).decode())
    else:
        print(_text(found))


def _folders(old: Path, new: Path) -> _Difference:
    before, after = read_folder(old), read_folder(new)
    return _Difference(tuple(book_words(before, after)), moved(before, after))


def _files(old: Path, new: Path) -> _Difference:
    (was, before), (now, after) = _read(old), _read(new)
    at = max(was.effective, now.effective)
    words = (
        *catalogue_words(before.catalogue, after.catalogue),
        *version_words(was, now),
    )
    pair = [
        Lawbook(book.catalogue, (replace(version, effective=at, until=None),))
        for version, book in ((was, before), (now, after))
    ]
    return _Difference(words, moved(*pair))


def _read(path: Path) -> tuple[OrderVersion, Lawbook]:
    """Read one version with what lies beside it, and no other order."""
    folder = path.parent
    beside = [item for item in (folder / FILE, *lying_beside(folder)) if item.is_file()]
    checked = check_folder(folder, load_files([path, *(item for item in beside if item != path)]))
    if len(checked.orders) != 1:
        raise InvalidInput(f"`{path}` is no order file")
    return checked.orders[0].version, checked.book


def _text(found: _Difference) -> str:
    lines = [*(found.words or ["no difference in words"]), *moved_lines(found.people)]
    return "\n".join(lines) if found.words or found.people.movers else "no difference"


def _plain(found: _Difference, *, whole: bool) -> dict[str, Plain]:
    return {
        "words": list(found.words),
        "people": movers_plain(found.people, whole=whole),
        "asked": found.people.asked,
        "complete": found.people.complete,
    }


def _write(people: Moved, folder: Path) -> None:
    """Write one request a file into a folder that has nothing in it yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidInput(f"`{folder}` is not empty; name a new folder")
        for number, mover in enumerate(people.movers, 1):
            name = f"{number:02}-{mover.model}-{mover.before[0].word}-{mover.after[0].word}.json"
            (folder / name).write_bytes(msgspec.json.encode(request_plain(mover)) + b"\n")
    except OSError as error:
        raise Failed(f"cannot write `{folder}`: {error.strerror}") from None
