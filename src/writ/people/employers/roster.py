"""A file of determinations: CSV, a person a row, with a detached signature of the employer's key.

1. The columns are `user`, and those of a determination; a list has spaces between its values, such
   as `FR DE` or `refugee:US`. Columns that are not needed may be missing.
2. `left` as employment says that somebody left; nothing else is said of them then.
3. What the file says is signed by its digest, together with whose file it is and the declaration
   that nothing of Form I-9 or E-Verify was used: a DSSE envelope in a file of its own.
4. All faults are reported at once, with their lines.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from writ.canonical import digest_bytes, encode
from writ.clock import Instant
from writ.errors import Fault, InvalidInput, Refused
from writ.law.reading import nearest
from writ.people.employers.determination import (
    DECLARATION,
    LISTS,
    Said,
    eligibility_field,
    read_determination,
)
from writ.people.subjects import MAX_ID, fit
from writ.signing.dsse import Envelope, sign, verify
from writ.signing.form import Form, read_form
from writ.signing.keys import KeyPair

PAYLOAD_TYPE = "application/vnd.writ.determinations.v1+json"
LEFT = "left"
_MANY = (*LISTS, "complete")
COLUMNS = ("user", *(name for name in Said.__struct_fields__ if name != "declaration"))


@dataclass(frozen=True, slots=True)
class Row:
    """What a file says of one person; `said` None: they left."""

    line: int
    user: str
    said: Said | None


class _Statement(Form, frozen=True):
    organisation: str
    file: str
    declaration: Literal["no-employment-eligibility-data"]


def read_roster(data: bytes, organisation: str, now: Instant) -> list[Row]:
    """Read a file of an organisation's; InvalidInput lists every fault (rule 4)."""
    reader = _Reader(organisation, now)
    rows = reader.read(data)
    if reader.faults:
        raise InvalidInput(reader.faults)
    return rows


def sign_roster(data: bytes, organisation: str, pair: KeyPair) -> Envelope:
    """Sign for a file, and declare what was not used for it (rule 3)."""
    said = {
        "organisation": organisation,
        "file": digest_bytes(data),
        "declaration": DECLARATION,
    }
    return sign(encode(said), PAYLOAD_TYPE, [pair])


def signed_for(envelope: Envelope, data: bytes) -> str:
    """Return whose file an envelope says that this is; nothing is proved by that."""
    statement = read_form(envelope.payload, _Statement, "the signature")
    if statement.file != digest_bytes(data):
        raise Refused("the signature is for another file than this")
    return statement.organisation


def signed_by(envelope: Envelope, publics: Iterable[bytes]) -> bytes:
    """Return the one key that signed; it is among `publics`, or the file is Refused."""
    proved = verify(envelope, publics, PAYLOAD_TYPE)
    if len(proved.keys) != 1:
        raise Refused("one key of the employer signs a file")
    return proved.keys[0]


class _Reader:
    def __init__(self, organisation: str, now: Instant) -> None:
        self._organisation = organisation
        self._now = now
        self._lines: dict[str, int] = {}
        self.faults: list[Fault] = []

    def read(self, data: bytes) -> list[Row]:
        try:
            lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            header = next(lines, [])
            self._header(header)
            if self.faults:
                return []
            return [
                row
                for cells in lines
                if cells and (row := self._row(lines.line_num, header, cells)) is not None
            ]
        except UnicodeDecodeError:
            raise InvalidInput("the file is not UTF-8") from None
        except csv.Error as error:
            raise InvalidInput(f"the file is not CSV: {error}") from None

    def _header(self, header: Sequence[str]) -> None:
        carries = eligibility_field(header)
        if carries is not None:
            self._fault(
                1, f"`{carries}` looks like Form I-9 or E-Verify data, which is not for this"
            )
        for name in header:
            if name not in COLUMNS and name != carries:
                self._fault(1, f"unknown column `{name}`{nearest(name, COLUMNS)}")
            if header.count(name) > 1:
                self._fault(1, f"column `{name}` stands twice")
        if "user" not in header:
            self._fault(1, "there is no column `user`, which says who is meant")

    def _row(self, line: int, header: Sequence[str], cells: Sequence[str]) -> Row | None:
        if len(cells) != len(header):
            self._fault(line, f"has {len(cells)} cells, not {len(header)}")
            return None
        said = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        user = said.pop("user")
        if not fit(user):
            self._fault(line, f"`user`: write up to {MAX_ID} printable characters")
        first = self._lines.setdefault(user, line)
        if first != line:
            self._fault(line, f"`{user}` stands in line {first} already")
        if said.get("employment") == LEFT:
            if any(cell for name, cell in said.items() if name != "employment"):
                self._fault(line, "nothing is determined about somebody who left")
            return Row(line, user, None)
        return Row(line, user, self._said(line, said))

    def _said(self, line: int, cells: Mapping[str, str]) -> Said:
        values: dict[str, object] = {
            name: tuple(cell.split()) if name in _MANY else cell for name, cell in cells.items()
        }
        said = msgspec.convert({**values, "declaration": DECLARATION}, Said)
        try:
            read_determination(said, self._organisation, self._now)
        except InvalidInput as error:
            for fault in error.faults:
                self._fault(line, fault.message)
        return said

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault("", line, 1, message))
