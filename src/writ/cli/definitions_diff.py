"""`writ definitions diff`: what differs between two versions, and whom a newer one would move."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from writ.canonical import Plain
from writ.cli.definitions_show import find
from writ.cli.movers import MISSING, moved_lines, movers_plain
from writ.cli.output import show
from writ.law.definitions import Definition, Library
from writ.law.difference import Moved, Mover, moved
from writ.law.difference_definitions import adopting, definition_words, naming, of_whom
from writ.law.folder import read_folder, read_library_of
from writ.law.truth import SAID
from writ.model.order import OrderVersion


@dataclass(frozen=True, slots=True)
class _Difference:
    words: tuple[str, ...]
    whom: Moved
    named: tuple[OrderVersion, ...] = ()
    orders: Moved | None = None


def diff(
    old: Annotated[str, typer.Argument(help="NAME@VERSION")],
    new: Annotated[str, typer.Argument(help="NAME@VERSION of the same or another definition")],
    *,
    orders: Annotated[
        Path | None,
        typer.Option(help="a folder of orders: its own definitions too, and whom they would move"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Say how two definitions differ, of whom they do not say the same, and whom orders would move.

    With a folder, its orders are asked as they are, and with NEW wherever they name OLD.

    Example: writ definitions diff ear.us_person@1 ear.us_person_744_6@1 --orders orders/june-2026

    Exit 0 whether or not they differ, 3 where a name is unknown or a file has faults.
    """
    library = Library() if orders is None else read_library_of(orders)
    was, now = find(library, old), find(library, new)
    found = _compared(was, now, orders)
    show(_plain(found), "\n".join(_lines(was, now, found)), as_json=as_json)


def _compared(was: Definition, now: Definition, orders: Path | None) -> _Difference:
    words, whom = tuple(definition_words(was, now)), of_whom(was, now)
    if orders is None:
        return _Difference(words, whom)
    book = read_folder(orders)
    people = moved(book, adopting(book, was.name, now.predicate))
    return _Difference(words, whom, naming(book, was.name), people)


def _lines(was: Definition, now: Definition, found: _Difference) -> Iterator[str]:
    yield f"{was.name} and {now.name}"
    yield from found.words or ["no difference in words"]
    yield ""
    if not found.whom.movers:
        yield f"they say the same of everybody, of {found.whom.asked} examples asked"
    for mover in found.whom.movers:
        before, after = _said(mover)
        yield f"{before} becomes {after}: {mover.who}"
    if not found.whom.complete:
        yield MISSING
    if found.orders is not None:
        yield ""
        named = ", ".join(f"{item.order} version {item.version}" for item in found.named)
        yield f"named by {named}" if named else f"no order here names {was.name}"
        yield from moved_lines(found.orders) if named else ()


def _said(mover: Mover) -> tuple[str, str]:
    return SAID[mover.before[0]], SAID[mover.after[0]]


def _plain(found: _Difference) -> dict[str, Plain]:
    return {
        "words": list(found.words),
        "whom": [
            {"before": _said(mover)[0], "after": _said(mover)[1], "who": mover.who}
            for mover in found.whom.movers
        ],
        "asked": found.whom.asked,
        "complete": found.whom.complete,
        "named_by": [{"order": item.order, "version": item.version} for item in found.named],
        "people": [] if found.orders is None else movers_plain(found.orders),
    }
