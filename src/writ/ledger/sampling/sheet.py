"""The sheet that people fill in: a row for each decision that was drawn, as CSV.

1. `mark` is theirs: right, wrong, or unclear; an empty one was not looked at. Other columns are for
   them, and not read again.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from writ.cells import cell
from writ.errors import Fault, InvalidInput

Mark: TypeAlias = Literal["right", "wrong", "unclear"]
MARKS: tuple[Mark, ...] = get_args(Mark)
COLUMNS = (
    "sample", "entry", "mark", "note", "outcome", "decision", "model", "at", "until", "requests",
    "rules", "rules_digest", "epoch", "evidence",
)  # fmt: skip


def write_sheet(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Write a sheet with nothing marked."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell(value) for name, value in row.items()})
    return text.getvalue().encode()


def read_sheet(data: bytes, name: str) -> tuple[int, dict[int, Mark]]:
    """Return which sample a sheet is of and what was marked; InvalidInput has every bad line."""
    rows = _rows(data, name)
    faults, marks = list[Fault](), dict[int, Mark]()
    for number, row in enumerate(rows, 2):
        entry, mark = row["entry"] or "", (row["mark"] or "").strip().lower()
        if not entry.isdecimal():
            faults.append(Fault(name, number, 1, f"`{entry}` is no entry's number"))
        elif int(entry) in marks:
            faults.append(Fault(name, number, 1, f"entry {entry} is marked twice"))
        elif mark in MARKS:
            marks[int(entry)] = mark
        elif mark:
            faults.append(Fault(name, number, 1, f"`{mark}` is not one of {', '.join(MARKS)}"))
    samples = {row["sample"] or "" for row in rows}
    if len(samples) != 1 or not all(map(str.isdecimal, samples)):
        faults.append(Fault(name, 1, 1, "a sheet is of one sample, named in each row"))
    if faults:
        raise InvalidInput(faults)
    return int(samples.pop()), marks


def _rows(data: bytes, name: str) -> list[dict[str, str | None]]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        rows: list[dict[str, str | None]] = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidInput(f"`{name}` is no CSV in UTF-8: {error}") from None
    if not {"sample", "entry", "mark"} <= set(reader.fieldnames or ()):
        raise InvalidInput(f"`{name}` lacks one of the columns sample, entry and mark")
    return rows
