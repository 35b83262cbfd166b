"""Extracts of registers: two companies at GLEIF, and the same with their owners as BODS has it."""

from typing import Any

ACME, PARENT = "549300MLUDYVRQOOXS22", "5493001KJTIIGC8Y1R12"


def record(lei: str = ACME, **changes: Any) -> dict[str, Any]:
    """A record of GLEIF's API."""
    entity = {
        "legalName": {"name": "ACME SECRET NAME LTD"},
        "jurisdiction": "US-DE",
        "headquartersAddress": {"country": "US", "region": "US-CA", "city": "Secret City"},
        "status": "ACTIVE",
    } | changes.pop("entity", {})
    registration = {
        "status": "ISSUED",
        "corroborationLevel": "FULLY_CORROBORATED",
        "lastUpdateDate": "2026-05-01T08:00:00Z",
        "nextRenewalDate": "2027-05-01T08:00:00Z",
    } | changes.pop("registration", {})
    return {
        "type": "lei-records",
        "attributes": {"lei": lei, "entity": entity, "registration": registration},
    }


def relationship(kind: str = "IS_ULTIMATELY_CONSOLIDATED_BY", **changes: Any) -> dict[str, Any]:
    """A relationship record of GLEIF's API: the first company is the second's."""
    said = {
        "startNode": {"id": ACME, "type": "LEI"},
        "endNode": {"id": PARENT, "type": "LEI"},
        "type": kind,
        "status": "ACTIVE",
    } | changes
    registration = record()["attributes"]["registration"] | {"status": "PUBLISHED"}
    return {
        "type": "relationship-records",
        "attributes": {"relationship": said, "registration": registration},
    }


def statement(kind: str, name: str, details: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A statement of the Beneficial Ownership Data Standard."""
    return {
        "statementId": f"{name}-0123456789012345678901234567",
        "statementDate": "2026-04-01",
        "declarationSubject": "c1",
        "recordId": name,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": details,
        "publicationDetails": {"bodsVersion": "0.4", "publisher": {"name": "A register"}},
        "source": {"type": ["officialRegister", "verified"]},
    } | changes


def company(name: str, lei: str, country: str = "US") -> dict[str, Any]:
    """A company's statement."""
    identifiers = [{"scheme": "XI-LEI", "id": lei}, {"scheme": "GB-COH"}]
    jurisdiction = {"name": "somewhere", "code": country}
    return statement("entity", name, {"identifiers": identifiers, "jurisdiction": jurisdiction})


def holding(name: str, owner: object, share: object = None, **changes: Any) -> dict[str, Any]:
    """A statement that somebody holds shares in the first company."""
    interest: dict[str, Any] = {"type": "shareholding", "directOrIndirect": "direct"}
    if share is not None:
        interest["share"] = share if isinstance(share, dict) else {"exact": share}
    interest |= changes.pop("interest", {})
    interests = [{"type": "votingRights"}, interest]
    details = {"subject": "c1", "interestedParty": owner, "interests": interests}
    return statement("relationship", name, details, **changes)
