"""`writ annex diff`: how many rows come and go between two files of an annex, and whom it reaches."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.canonical import Plain
from writ.cli.lines import read_file
from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import Fault, InvalidInput
from writ.law.annex_moves import come_words, go_words
from writ.law.annexes import annex_limit, read_alone, said_numbers, shifted
from writ.law.wording import counted
from writ.model.order import AnnexChange


class _Subject(msgspec.Struct):
    id: str
    acts_for: list[str] = []


def diff(  # noqa: PLR0913  one parameter per option of the command
    old: Annotated[Path, typer.Argument(metavar="OLD", help="the annex as it is")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="the annex as it is to be")],
    column: Annotated[
        str, typer.Option(help="the column, which the order calls `key`")
    ] = "organisation",
    subsidiary_of: Annotated[
        str | None,
        typer.Option(help="the column that tells of whom a row is a subsidiary, if there is one"),
    ] = None,
    subjects: Annotated[
        Path | None, typer.Option(help="JSONL as `writ subject add` takes it: who is on the books")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Count what differs between two files of an annex; who it is, is not printed.

    Example: writ annex diff annex-a.csv annex-a.new.csv

    A change of more than a tenth of the rows, either way, has to be said in the order's next
    version as `annex_change`. With --subjects, also how many of the rows that come and go are on
    the books, and how many subjects act for those.
    """
    was, now = (read_alone(file, column, subsidiary_of) for file in (old, new))
    come, go = now.members - was.members, was.members - now.members
    stay, shift = len(was.members & now.members), len(shifted(was, now))
    limit = annex_limit(len(was.members))
    large = max(len(come), len(go), shift) > limit
    told: dict[str, Plain] = {
        "before": len(was.members),
        "after": len(now.members),
        "come": len(come),
        "go": len(go),
        "shift": shift,
        "stay": stay,
        "limit": limit,
        "large": large,
    }
    moved = f"{come_words(len(come))}, {go_words(len(go))}, {stay} stay"
    moved += f", {shift} become subsidiaries or cease to be" if shift else ""
    lines = [f"{moved}: {counted(len(now.members), 'row')}, were {len(was.members)}"]
    if large:
        said = said_numbers(AnnexChange(len(come), len(go), shift))
        lines.append(
            f"more than {limit} at once; the order's next version must say"
            f" `annex_change: {{ANNEX: {{{said}}}}}`"
        )
    if subjects is not None:
        books = _read_subjects(subjects)
        reach = {"come": _reach(books, come), "go": _reach(books, go)}
        told |= {
            "registered": {way: registered for way, (registered, _) in reach.items()},
            "acting": {way: acting for way, (_, acting) in reach.items()},
        }
        lines += [
            f"of those that {way}, {registered} are on the books, and {acting} act for them"
            for way, (registered, acting) in reach.items()
        ]
    show(told, "\n".join(lines), as_json=as_json)


def _reach(books: Iterable[_Subject], rows: AbstractSet[str]) -> tuple[int, int]:
    """Count who of `books` is among the rows, and who acts for one that is."""
    known = {item.id: item for item in books}
    listed = rows & known.keys()
    return len(listed), sum(not listed.isdisjoint(item.acts_for) for item in known.values())


def _read_subjects(file: Path) -> list[_Subject]:
    decoder, found, faults = msgspec.json.Decoder(_Subject), list[_Subject](), list[Fault]()
    for number, line in enumerate(read_file(file).split(b"\n"), 1):
        try:
            found += [decoder.decode(line)] if line.strip() else []
        except msgspec.MsgspecError as error:
            faults.append(Fault(str(file), number, 1, f"not a subject: {str(error).lower()}"))
    if faults:
        raise InvalidInput(faults)
    return found
