"""Records of the Global LEI System, as the API of GLEIF gives them (ISO 17442; LEI and RR CDF).

1. A record says where an organisation is incorporated (`jurisdiction`) and where its head office is;
   a relationship record, who ultimately consolidates it.
2. Only records that are `ISSUED`, of entities that are `ACTIVE`, count. They count from when they were
   last updated until they are to be renewed.
3. What the issuer has fully corroborated reaches A2, anything else A1. A record knows of one place of
   incorporation, and not that there is no other: `at_least`.
"""

from collections.abc import Iterator, Mapping

from writ.errors import Fault, InvalidInput
from writ.people.registers.said import Said, at, instant_text, text_at

SCHEME = "LEI"
ULTIMATE = "IS_ULTIMATELY_CONSOLIDATED_BY"
_LENGTH = 20


def is_lei(document: object) -> bool:
    """Whether a document is an answer of GLEIF's: `data` with records."""
    return any(text_at(row, "type") in _READERS for row in _rows(document))


def read_lei(document: object) -> list[Said]:
    """Read every record; InvalidInput says of each what is wrong with it."""
    found: list[Said] = []
    faults: list[Fault] = []
    for number, row in enumerate(_rows(document), 1):
        try:
            found += _READERS.get(text_at(row, "type"), _other)(row)
        except InvalidInput as error:
            faults += [Fault("", number, 1, fault.message) for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return found


def _rows(document: object) -> list[object]:
    data = at(document, "data")
    return data if isinstance(data, list) else [data]


def _record(row: object) -> Iterator[Said]:
    lei = _checked(text_at(row, "attributes", "lei"))
    entity, registration = at(row, "attributes", "entity"), at(row, "attributes", "registration")
    _check_current(lei, registration)
    if text_at(entity, "status") != "ACTIVE":
        raise InvalidInput(
            f"`{lei}` is no active organisation; its record says `{text_at(entity, 'status')}`"
        )
    head = text_at(entity, "headquartersAddress", "region")
    head = head or text_at(entity, "headquartersAddress", "country")
    for attribute, place in (
        ("incorporated_in", text_at(entity, "jurisdiction")),
        ("headquarters", head),
    ):
        if place:
            yield _said(lei, attribute, place, registration)


def _relationship(row: object) -> Iterator[Said]:
    relationship = at(row, "attributes", "relationship")
    registration = at(row, "attributes", "registration")
    if text_at(relationship, "type") != ULTIMATE:
        return
    child = _checked(text_at(relationship, "startNode", "id"))
    parent = _checked(text_at(relationship, "endNode", "id"))
    _check_current(child, registration)
    if text_at(relationship, "status") != "ACTIVE":
        raise InvalidInput(f"the parent of `{child}` is no more; its record says so")
    said = _said(child, "ultimate_parent", "", registration)
    yield Said(
        said.names, said.attribute, said.values, said.completeness, said.assurance,
        said.verified_at, said.expires_at, {0: [f"{SCHEME}:{parent}"]},
    )  # fmt: skip


def _other(row: object) -> Iterator[Said]:
    raise InvalidInput(f"`{text_at(row, 'type')}` is no record of an organisation")


_READERS = {"lei-records": _record, "relationship-records": _relationship}


def _said(lei: str, attribute: str, value: str, registration: object) -> Said:
    corroborated = text_at(registration, "corroborationLevel") == "FULLY_CORROBORATED"
    return Said(
        [f"{SCHEME}:{lei}"],
        attribute,
        [value],
        "at_least",
        2 if corroborated else 1,
        instant_text(at(registration, "lastUpdateDate"), f"the record of `{lei}`"),
        instant_text(at(registration, "nextRenewalDate"), f"the renewal of `{lei}`"),
    )


def _check_current(lei: str, registration: object) -> None:
    status = text_at(registration, "status")
    if not isinstance(registration, Mapping) or status not in {"ISSUED", "PUBLISHED"}:
        raise InvalidInput(
            f"`{lei}` is `{status}` at its register; have it renewed, and fetch it again"
        )


def _checked(lei: str) -> str:
    """Return an LEI whose check digits are right (ISO 17442, ISO/IEC 7064 MOD 97-10)."""
    fit = len(lei) == _LENGTH and lei.isascii() and lei.isalnum() and lei.isupper()
    if not fit or int("".join(str(int(sign, 36)) for sign in lei)) % 97 != 1:
        raise InvalidInput(f"`{lei}` is no LEI; its check digits are wrong")
    return lei
