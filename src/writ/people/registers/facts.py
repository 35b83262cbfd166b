"""An extract of a register as lines of facts: what it says, of those whom the operator knows by number.

1. The operator says which number is whom: a CSV file with the columns `number` and `subject`.
2. What is said of others than those is passed over. An owner or parent without a subject is a fault,
   for a fact that leaves owners out says something else; every one is told at once.
3. Names and addresses of the extract go nowhere. Each fact is read once more as every fact is.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput, Refused
from writ.law.subjects import ASSURANCES, read_fact
from writ.people.registers.bods import is_bods, read_bods
from writ.people.registers.lei import is_lei, read_lei
from writ.people.registers.said import LARGEST, Said
from writ.signing.jose import read_json

METHOD = "register"
_COLUMNS = ["number", "subject"]


def read_numbers(data: bytes, file: str) -> dict[str, str]:
    """Read which number is which subject (rule 1)."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput([Fault(file, 1, 1, "this is not CSV in UTF-8")]) from None
    if not rows or rows[0] != _COLUMNS:
        raise InvalidInput([Fault(file, 1, 1, "the first line is `number,subject`")])
    found: dict[str, str] = {}
    faults = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(_COLUMNS) or not all(row):
            faults.append(Fault(file, line, 1, "write a number and a subject"))
        elif row[0] in found:
            faults.append(Fault(file, line, 1, f"`{row[0]}` stands twice"))
        else:
            found[row[0]] = row[1]
    if faults:
        raise InvalidInput(faults)
    return found


def register_facts(
    data: bytes, file: str, numbers: Mapping[str, str], issuer: str
) -> list[dict[str, Plain]]:
    """Return the facts that an extract tells, as `writ facts import` takes them."""
    said = [item for item in _read(data, file) if _subject(item.names, numbers) is not None]
    unknown = sorted(
        {
            others[0]
            for item in said
            for others in item.others.values()
            if _subject(others, numbers) is None
        }
    )
    if unknown:
        why = "is an owner or a parent without a subject; add the number to the file of numbers"
        raise InvalidInput([Fault(file, 0, 0, f"`{name}` {why}") for name in unknown])
    if not said:
        raise InvalidInput([Fault(file, 0, 0, "says nothing of anybody in the file of numbers")])
    return [_line(item, numbers, issuer) for item in said]


def _read(data: bytes, file: str) -> Sequence[Said]:
    if len(data) > LARGEST:
        raise InvalidInput([Fault(file, 0, 0, f"more than {LARGEST >> 20} MiB; cut it in parts")])
    try:
        document = read_json(data, "the extract")
    except Refused as error:
        raise InvalidInput([Fault(file, 1, 1, str(error))]) from None
    try:
        if is_lei(document):
            return read_lei(document)
        if is_bods(document):
            return read_bods(document)
    except InvalidInput as error:
        rows = [Fault(file, 0, 0, f"entry {at.line}: {at.message}") for at in error.faults]
        raise InvalidInput(rows) from None
    why = "neither records of GLEIF nor statements of the Beneficial Ownership Data Standard"
    raise InvalidInput([Fault(file, 1, 1, why)])


def _subject(names: Sequence[str], numbers: Mapping[str, str]) -> str | None:
    return next((numbers[name] for name in names if name in numbers), None)


def _line(said: Said, numbers: Mapping[str, str], issuer: str) -> dict[str, Plain]:
    fact: dict[str, Plain] = {
        "attribute": said.attribute,
        "value": list(_values(said, numbers)),
        "completeness": said.completeness,
        "assurance": ASSURANCES[said.assurance],
        "method": METHOD,
        "issuer": issuer,
        "verified_at": said.verified_at,
    }
    if said.expires_at is not None:
        fact["expires_at"] = said.expires_at
    read_fact(fact)
    return {"subject": _subject(said.names, numbers), **fact}


def _values(said: Said, numbers: Mapping[str, str]) -> Iterator[Plain]:
    for place, value in enumerate(said.values):
        other = _subject(said.others.get(place, ()), numbers)
        if other is None:
            yield value
        else:
            yield {**value, "owner": other} if isinstance(value, Mapping) else other
