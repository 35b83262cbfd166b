"""What each row of a list means, as people decide it in a spreadsheet.

1. `match` writes one line for every row: what it found, and in `ids` the one id where a match is
   exact. People fill in the rest: an id, several with `;` between them, or `none`.
2. Every row is decided on, once, by ids that the directory has; a blank is no decision.
3. An annex has the ids decided on and, where subsidiaries are in, every id below one of them,
   with the id that the directory has above it.
4. A name that a spreadsheet would take for a formula is written with an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from writ.canonical import digest
from writ.cells import cell, read_cell
from writ.errors import Fault, InvalidInput, Refused
from writ.law.document import quoted
from writ.law.reading import nearest
from writ.people.annex.listing import NOBODY, Directory, Listing, Named
from writ.people.annex.matching import Candidate, Match
from writ.people.annex.table import SEPARATOR, Row, read_table

Subsidiaries: TypeAlias = Literal["in", "out"]
Decisions: TypeAlias = Mapping[int, Sequence[str]]
SUBSIDIARY_OF = "subsidiary_of"
COLUMNS = ("row", "name", "country", "found", "candidates", "ids")


@dataclass(frozen=True, slots=True)
class Members:
    """The ids of an annex: those that rows name, and those below them, each with its parent."""

    named: frozenset[str]
    above: Mapping[str, str]

    @property
    def below(self) -> frozenset[str]:
        """The subsidiaries."""
        return frozenset(self.above)

    @property
    def ids(self) -> list[str]:
        """Every id, sorted."""
        return sorted(self.named | self.below)

    @property
    def digest(self) -> str:
        """The digest by which a snapshot names an annex with these rows."""
        return digest(self.ids)


def draft(listing: Listing, matches: Mapping[int, Match]) -> bytes:
    """Write the decisions that are to be made (rule 1), as CSV."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for number, row in listing.rows.items():
        table.writerow([number, *map(cell, _line(row, matches[number]))])
    return text.getvalue().encode()


def read_decisions(data: bytes, file: str, listing: Listing, directory: Directory) -> Decisions:
    """Read decisions (rule 2); InvalidInput has everything undecided, unknown and double."""
    rows = [
        replace(line, cells={**line.cells, "ids": read_cell(line.cells.get("ids", ""))})
        for line in read_table(data, file, ["row", "ids"], COLUMNS).rows
    ]
    faults: list[Fault] = []
    decided: dict[int, tuple[str, ...]] = {}
    for line in rows:
        number = _number(line.cells.get("row", ""))
        wrong = list(_wrong(line, number, listing, directory))
        if number in decided:
            wrong.append(f"row {number} of the list is decided on twice")
        faults += [Fault(file, line.number, 1, message) for message in wrong]
        if number is not None:
            decided[number] = tuple(item for item in line.many("ids") if item != NOBODY)
    missing = [number for number in listing.rows if number not in decided]
    faults += [
        Fault(file, 0, 0, f"row {number} of the list is not decided on") for number in missing
    ]
    if faults:
        raise InvalidInput(faults)
    return dict(sorted(decided.items()))


def members(decisions: Decisions, directory: Directory, subsidiaries: Subsidiaries) -> Members:
    """Return whom the annex lists (rule 3); nobody at all is Refused."""
    named = frozenset(name for ids in decisions.values() for name in ids)
    if not named:
        raise Refused("no row means anybody on the directory, and an annex of nobody is no annex")
    below = directory.below(named) if subsidiaries == "in" else frozenset[str]()
    return Members(named, {name: directory.parents[name] for name in below})


def annex_file(found: Members, key: str) -> bytes:
    """Write the file that an order names: ids, and of which each is a subsidiary, if any is."""
    rows = [[key, SUBSIDIARY_OF], *([name, found.above.get(name, "")] for name in found.ids)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerows(rows if found.above else [row[:1] for row in rows])
    return text.getvalue().encode()


def _line(row: Named, match: Match) -> Iterator[str]:
    yield row.names[0] if row.names else ""
    yield row.country
    yield match.grade
    yield f"{SEPARATOR} ".join(map(_candidate, match.candidates))
    yield match.candidates[0].id if match.grade == "exact" else ""


def _candidate(item: Candidate) -> str:
    return f"{item.id} {item.score}" + (f" ({item.odd})" if item.odd else "")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _wrong(line: Row, number: int | None, listing: Listing, directory: Directory) -> Iterator[str]:
    if number not in listing.rows:
        yield f"the list has no row {quoted(line.cells.get('row', ''))}"
        return
    ids = line.many("ids")
    if not ids:
        yield f"row {number} is undecided; write ids, or {quoted(NOBODY)}"
    if NOBODY in ids and len(ids) > 1:
        yield f"row {number} means {quoted(NOBODY)} and somebody as well"
    for name in ids:
        if name != NOBODY and name not in directory.entries:
            yield f"no {quoted(name)} on the directory{nearest(name, directory.entries)}"
