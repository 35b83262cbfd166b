"""A folder's `expected.csv` as cases: one row for each chain, model and instant.

1. Chains are ids of the folder's `subjects.jsonl`, read as requests for a decision are.
2. A row may ask for a model that the catalogue does not have, and be denied.
3. All faults of the file are reported together, with their lines.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from writ.clock import parse_instant
from writ.errors import Fault, InvalidInput
from writ.law.cases import Case, Wanted
from writ.law.document import Place, quoted
from writ.law.request import read_request, resolve
from writ.law.scenarios import OUTCOMES
from writ.model.subject import Subject

FILE = "expected.csv"
COLUMNS = ("case", "requester", "organisation", "end_user", "model", "at", "outcome")


def read_table(data: bytes, file: str, people: Mapping[str, Subject]) -> tuple[Case, ...]:
    """Read a table of expected outcomes; InvalidInput has every fault."""
    cases: list[Case] = []
    faults: list[Fault] = []
    for line, cells in _rows(data, file):
        try:
            cases.append(_case(cells, Place(file, line, 1), people))
        except InvalidInput as error:
            faults += [Fault(file, line, 1, fault.message) for fault in error.faults]
    if not cases and not faults:
        faults.append(Fault(file, 1, 1, "has no rows"))
    if faults:
        raise InvalidInput(faults)
    return tuple(cases)


def _rows(data: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if tuple(next(rows, [])) != COLUMNS:
            raise InvalidInput([Fault(file, 1, 1, f"the columns are {','.join(COLUMNS)}")])
        yield from [(rows.line_num, cells) for cells in rows if cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput([Fault(file, 1, 1, f"not a CSV file: {error}")]) from None


def _case(cells: list[str], place: Place, people: Mapping[str, Subject]) -> Case:
    if len(cells) != len(COLUMNS):
        raise InvalidInput(f"has {len(cells)} cells, not {len(COLUMNS)}")
    row = dict(zip(COLUMNS, cells, strict=True))
    if row["outcome"] not in OUTCOMES:
        listed = ", ".join(map(quoted, OUTCOMES))
        raise InvalidInput(f"{quoted(row['outcome'])} is none of {listed}")
    asked = {
        "subject": row["requester"] or None,
        "organisation": row["organisation"] or None,
        "end_user": row["end_user"] or None,
        "model": row["model"],
        "at": row["at"],
    }
    request = read_request(asked, people, parse_instant(row["at"]))
    wanted = Wanted(OUTCOMES[row["outcome"]])
    return Case(row["case"], place, resolve(request), request.model, request.at, wanted)
