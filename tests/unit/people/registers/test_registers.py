import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.worlds.registers import (
    ACME,
    PARENT,
    company,
    holding,
    record,
    relationship,
    statement,
)
from writ.errors import InvalidInput
from writ.people.registers.facts import read_numbers, register_facts

NUMBERS = {f"LEI:{ACME}": "acme", f"LEI:{PARENT}": "parent", "p1": "zoe"}


def told(document: object, numbers: dict[str, str] = NUMBERS) -> list[tuple[Any, ...]]:
    """Say what an extract tells: whom, what, which values, how complete, how sure."""
    data = json.dumps(document).encode()
    found = register_facts(data, "extract.json", numbers, "GLEIF")
    keys = ("subject", "attribute", "value", "completeness", "assurance")
    return [tuple(item[key] for key in keys) for item in found]


def faults(document: object, numbers: dict[str, str] = NUMBERS) -> list[str]:
    """Say why an extract is not taken."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InvalidInput) as error:
        register_facts(data, "extract.json", numbers, "GLEIF")
    return [fault.message for fault in error.value.faults]


def test_a_record_tells_where_a_company_is() -> None:
    """Place of incorporation and head office, until it is to be renewed; and no name leaves."""
    data = json.dumps({"data": record()}).encode()
    first, second = register_facts(data, "e", NUMBERS, "GLEIF")
    assert {
        "subject": "acme", "attribute": "incorporated_in", "value": ["US-DE"],
        "completeness": "at_least", "assurance": "A2", "method": "register", "issuer": "GLEIF",
        "verified_at": "2026-05-01T08:00:00Z", "expires_at": "2027-05-01T08:00:00Z",
    } == first  # fmt: skip
    assert ("headquarters", ["US-CA"]) == (second["attribute"], second["value"])
    assert "Secret" not in str([first, second]).title()


def test_who_ultimately_consolidates_a_company_is_its_parent() -> None:
    """Of relationships only that one counts; what is not corroborated is A1."""
    weak = record(registration={"corroborationLevel": "ENTITY_SUPPLIED_ONLY"})
    weak["attributes"]["entity"] |= {"jurisdiction": "FR", "headquartersAddress": {"country": "FR"}}
    other = relationship("IS_DIRECTLY_CONSOLIDATED_BY")
    assert [
        ("acme", "incorporated_in", ["FR"], "at_least", "A1"),
        ("acme", "headquarters", ["FR"], "at_least", "A1"),
        ("acme", "ultimate_parent", ["parent"], "at_least", "A2"),
    ] == told({"data": [weak, relationship(), other]})


def test_what_a_record_leaves_out_is_not_told() -> None:
    """No place, no fact."""
    bare = record(entity={"jurisdiction": None, "headquartersAddress": None})
    assert ["says nothing of anybody in the file of numbers"] == faults({"data": bare})


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([record(registration={"status": "LAPSED"})], "is `LAPSED` at its register"),
        ([record() | {"attributes": {"lei": ACME}}], "is `` at its register"),
        ([record(entity={"status": "INACTIVE"})], "is no active organisation"),
        ([record("549300MLUDYVRQOOXS23")], "is no LEI; its check digits are wrong"),
        ([record("short")], "`short` is no LEI"),
        ([record(registration={"lastUpdateDate": "soon"})], "has no date that can be read"),
        ([record(registration={"nextRenewalDate": None})], "the renewal of"),
        ([relationship(status="INACTIVE")], "is no more"),
        ([record(), {"type": "isins"}], "`isins` is no record of an organisation"),
    ],
)
def test_records_that_do_not_count_are_told(rows: Sequence[Any], why: str) -> None:
    """Which entry it is, and what to do."""
    [said] = faults({"data": rows})
    assert (True, f"entry {len(rows)}: ") == (why in said, said[:9])


def test_owners_are_told_with_their_shares() -> None:
    """Exact shares that add up to all of it are all there are; persons go by the number of their record."""
    document = [
        company("c1", ACME),
        company("c2", PARENT, "FR"),
        statement("person", "p1", {"names": [{"fullName": "SECRET PERSON"}]}),
        holding("r1", "c2", 74.5),
        holding("r2", "p1", 25.5),
    ]
    owners = [{"owner": "parent", "share": "74.5"}, {"owner": "zoe", "share": "25.5"}]
    assert [
        ("acme", "incorporated_in", ["US"], "at_least", "A2"),
        ("parent", "incorporated_in", ["FR"], "at_least", "A2"),
        ("acme", "owners", owners, "exhaustive", "A2"),
    ] == told(document)


def test_a_range_is_no_share_and_leaves_owners_open() -> None:
    """Nor does what ended, is indirect, or is of nobody who is named; the weakest source counts."""
    document = [
        holding("r1", "c2", {"minimum": 25, "maximum": 50}),
        holding("r2", "p1", 75, source={"type": ["selfDeclaration"]}, statementDate="2026-02-01"),
        holding("r3", "p1", 10, interest={"endDate": "2026-01-01"}),
        holding("r4", "p1", 10, interest={"directOrIndirect": "indirect"}),
        holding("r5", {"reason": "unknown"}, 10),
        holding("r6", "p1", 10, recordStatus="closed"),
        statement("relationship", "r7", {"subject": {"reason": "x"}, "interests": 5}),
        statement("relationship", "r8", {"subject": "c1", "interests": 5}),
        statement("entity", "c9", {}),
        company("c1", ACME),
        company("c2", PARENT),
    ]
    owners = [{"owner": "zoe", "share": "75"}, {"owner": "parent"}]
    [found] = [item for item in told(document) if item[1] == "owners"]
    assert ("acme", "owners", owners, "at_least", "A1") == found
    data = json.dumps(document).encode()
    [fact] = [f for f in register_facts(data, "e", NUMBERS, "R") if f["attribute"] == "owners"]
    assert "2026-02-01T00:00:00Z" == fact["verified_at"]


def test_the_last_statement_of_a_record_counts() -> None:
    """Whoever sold is an owner no more."""
    document = [
        company("c1", ACME),
        holding("r1", "p1", 60, statementDate="2026-05-01T10:00:00Z"),
        holding("r1", "p1", 90),
    ]
    assert [[{"owner": "zoe", "share": "60"}]] == [item[2] for item in told(document)[1:]]


def test_a_company_whose_owners_are_gone_has_none_told() -> None:
    """Nothing is said of owners, which is not to say that there are none."""
    ended = holding("r1", "p1", 60, interest={"endDate": "2026-01-01"})
    assert ["incorporated_in"] == [item[1] for item in told([company("c1", ACME), ended])]


def test_a_company_that_is_known_by_its_record_alone_has_owners() -> None:
    """The number of the record names it where no statement of its own is there."""
    assert [("acme", "owners", [{"owner": "zoe", "share": "1"}], "at_least", "A2")] == told(
        [holding("r1", "p1", 1)], {"c1": "acme", "p1": "zoe"}
    )


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"{", "the extract is not JSON"),
        ({"a": 1}, "neither records of GLEIF nor statements"),
        ([5], "neither records of GLEIF nor statements"),
        ([company("c1", ACME), 5], "entry 2: this is no statement"),
        (
            [company("c1", ACME) | {"publicationDetails": {"bodsVersion": "0.3"}}],
            "entry 1: only version 0.4 of the standard is read",
        ),
        ([company("c1", ACME) | {"statementDate": None}], "entry 1: statement `c1-"),
        ([company("c9", PARENT) | {"recordDetails": {}}], "says nothing of anybody"),
        ([holding("r1", "p9", 5), company("c1", ACME)], "`p9` is an owner or a parent without"),
        (b" " * (64 * 1024 * 1024 + 1), "more than 64 MiB"),
    ],
)
def test_other_extracts_are_refused(document: object, why: str) -> None:
    """What it is not, or what is missing, stands in one line."""
    [said] = faults(document)
    assert (why, True) == (why, why in said)


def test_a_place_that_is_none_is_told() -> None:
    """A code that no country has is a fault of the extract."""
    assert [True] == [
        "XQ" in said for said in faults({"data": record(entity={"jurisdiction": "XQ"})})
    ]


def test_numbers_are_read_from_csv() -> None:
    """Two columns; spreadsheets may put a mark before them."""
    text = f"\ufeffnumber,subject\nLEI:{ACME},acme\n"
    assert {f"LEI:{ACME}": "acme"} == read_numbers(text.encode(), "n.csv")


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"", 1, "the first line is `number,subject`"),
        (b"lei,id\n", 1, "the first line is `number,subject`"),
        (b"\xff", 1, "this is not CSV in UTF-8"),
        (b"number,subject\na,b,c\n", 2, "write a number and a subject"),
        (b"number,subject\na,\n", 2, "write a number and a subject"),
        (b"number,subject\na,b\na,c\n", 3, "`a` stands twice"),
    ],
)
def test_what_is_wrong_with_numbers_is_told(data: bytes, line: int, why: str) -> None:
    """At its line."""
    with pytest.raises(InvalidInput) as error:
        read_numbers(data, "n.csv")
    assert [(line, why)] == [(fault.line, fault.message) for fault in error.value.faults]
