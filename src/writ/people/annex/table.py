"""CSV tables as they come from outside: a header, and rows numbered as a spreadsheet numbers them.

1. Columns are found by name, in any order and whatever their case; others are left alone.
2. The header is row 1. A row whose every cell is blank is no row, but counts.
3. A row with more cells than the header has names is a fault: a comma is not quoted somewhere.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from writ.errors import Fault, InvalidInput
from writ.law.annexes import LARGEST
from writ.law.document import quoted
from writ.law.reading import nearest

SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, and its cells by column, without space around them."""

    number: int
    cells: Mapping[str, str]

    def many(self, column: str) -> tuple[str, ...]:
        """Read a cell that holds several texts with `;` between them."""
        items = (item.strip() for item in self.cells.get(column, "").split(SEPARATOR))
        return tuple(item for item in items if item)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read; `left` are the columns that nobody asked for."""

    rows: tuple[Row, ...]
    left: tuple[str, ...]


def read_table(data: bytes, file: str, needed: Sequence[str], more: Sequence[str] = ()) -> Table:
    """Read a table with the columns `needed`, and perhaps `more`; InvalidInput has every fault."""
    if len(data) > LARGEST:
        raise InvalidInput([Fault(file, 1, 1, f"larger than {LARGEST} bytes")])
    try:
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise InvalidInput([Fault(file, 1, 1, "not UTF-8; save it as CSV UTF-8")]) from None
    lines = csv.reader(text, strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        faults = list(_header_faults(header, file, needed))
        if faults:
            raise InvalidInput(faults)
        found = tuple(_rows(lines, header, file, faults))
    except csv.Error as error:
        raise InvalidInput([Fault(file, lines.line_num, 1, f"not CSV: {error}")]) from None
    if not found and not faults:
        faults.append(Fault(file, 1, 1, "has no rows"))
    if faults:
        raise InvalidInput(faults)
    return Table(found, tuple(name for name in header if name not in (*needed, *more)))


def _header_faults(header: Sequence[str], file: str, needed: Sequence[str]) -> Iterator[Fault]:
    for name in needed:
        if name not in header:
            yield Fault(file, 1, 1, f"no column {quoted(name)}{nearest(name, header)}")
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        yield Fault(file, 1, 1, f"the column {quoted(name)} stands twice")


def _rows(
    rows: Iterator[list[str]], header: Sequence[str], file: str, faults: list[Fault]
) -> Iterator[Row]:
    for number, row in enumerate(rows, 2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) > len(header):
            faults.append(Fault(file, number, 1, f"{len(cells)} cells, but {len(header)} columns"))
        yield Row(number, dict(zip(header, cells, strict=False)))
