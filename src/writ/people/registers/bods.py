"""Statements of beneficial ownership, as the Beneficial Ownership Data Standard 0.4 has them.

1. A statement is of a record: an entity, a person or a relationship. Of several statements of one record
   the last counts; a record that is closed is gone.
2. An entity says where it is incorporated (`jurisdiction`). A relationship says who holds what in an
   entity: what counts here is a direct shareholding that has not ended.
3. A share is told where it is exact, else left out: a range is no number. Owners are `at_least`, and
   `exhaustive` only where the exact shares add up to all of it.
4. What its source says was verified reaches A2, anything else A1. Nothing of a person is read but
   the number of their record.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput
from writ.people.registers.said import Said, at, instant_text, text_at

VERSION = "0.4"
_WHOLE = Decimal(100)


def is_bods(document: object) -> bool:
    """Whether a document is a list of statements."""
    rows = document if isinstance(document, list) else []
    return any(text_at(row, "statementId") for row in rows)


def read_bods(document: object) -> list[Said]:
    """Read every statement; InvalidInput says of each what is wrong with it."""
    rows = document if isinstance(document, list) else []
    faults = [
        Fault("", number, 1, why) for number, row in enumerate(rows, 1) if (why := _wrong(row))
    ]
    if faults:
        raise InvalidInput(faults)
    records = _last(rows)
    names = {name: _names(row) for name, row in records.items()}
    found = [said for row in records.values() for said in _incorporated(row)]
    held: dict[str, list[Mapping[str, object]]] = {}
    for row in records.values():
        subject = text_at(row, "recordDetails", "subject")
        if text_at(row, "recordType") == "relationship" and subject:
            held.setdefault(subject, []).append(row)
    for subject, relationships in held.items():
        found += _owners(names.get(subject, [subject]), relationships, names)
    return found


def _wrong(row: object) -> str:
    if not isinstance(row, Mapping) or not text_at(row, "recordId"):
        return "this is no statement; it has no `recordId`"
    if text_at(row, "publicationDetails", "bodsVersion") != VERSION:
        return f"only version {VERSION} of the standard is read"
    try:
        instant_text(at(row, "statementDate"), f"statement `{text_at(row, 'statementId')}`")
    except InvalidInput as error:
        return error.faults[0].message
    return ""


def _last(rows: Sequence[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    """Rule 1; statements of one day stand in the order in which they were published."""
    found: dict[str, Mapping[str, object]] = {}
    for row in sorted(rows, key=lambda row: instant_text(at(row, "statementDate"), "it")):
        name = text_at(row, "recordId")
        found.pop(name, None)
        if text_at(row, "recordStatus") != "closed":
            found[name] = row
    return found


def _names(row: Mapping[str, object]) -> list[str]:
    """Return how a record is named: by its identifiers at registers, and by its own number."""
    listed = at(row, "recordDetails", "identifiers")
    schemes = [
        f"{'LEI' if text_at(item, 'scheme') == 'XI-LEI' else text_at(item, 'scheme')}:{text_at(item, 'id')}"
        for item in (listed if isinstance(listed, list) else [])
        if text_at(item, "scheme") and text_at(item, "id")
    ]
    return [*schemes, text_at(row, "recordId")]


def _incorporated(row: Mapping[str, object]) -> Iterator[Said]:
    code = text_at(row, "recordDetails", "jurisdiction", "code")
    if text_at(row, "recordType") == "entity" and code:
        yield Said(_names(row), "incorporated_in", [code], "at_least", _assurance(row), _date(row))


def _owners(
    whose: Sequence[str],
    relationships: Sequence[Mapping[str, object]],
    names: Mapping[str, Sequence[str]],
) -> Iterator[Said]:
    values: list[Plain] = []
    others: dict[int, Sequence[str]] = {}
    counted: list[Mapping[str, object]] = []
    total: Decimal | None = Decimal(0)
    for row in relationships:
        owner = text_at(row, "recordDetails", "interestedParty")
        share = _share(row)
        if share is None or not owner:
            continue
        others[len(values)] = names.get(owner, [owner])
        values.append({"owner": ""} if share < 0 else {"owner": "", "share": f"{share:f}"})
        total = None if total is None or share < 0 else total + share
        counted.append(row)
    if counted:
        yield Said(
            whose,
            "owners",
            values,
            "exhaustive" if total == _WHOLE else "at_least",
            min(_assurance(row) for row in counted),
            min(_date(row) for row in counted),
            others=others,
        )


def _share(row: Mapping[str, object]) -> Decimal | None:
    """Return the share that is held directly; below zero: it is not exact; None: there is none."""
    listed = at(row, "recordDetails", "interests")
    for item in listed if isinstance(listed, list) else []:
        kind, way = text_at(item, "type"), text_at(item, "directOrIndirect")
        if (kind, way) == ("shareholding", "direct") and not text_at(item, "endDate"):
            exact = at(item, "share", "exact")
            known = isinstance(exact, int | float) and not isinstance(exact, bool)
            return Decimal(str(exact)) if known else Decimal(-1)
    return None


def _assurance(row: Mapping[str, object]) -> int:
    kinds = at(row, "source", "type")
    return 2 if isinstance(kinds, list) and "verified" in kinds else 1


def _date(row: Mapping[str, object]) -> str:
    return instant_text(at(row, "statementDate"), "a statement")
