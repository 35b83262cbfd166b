"""Pages of orders that have what few orders have."""

import pytest

from tests.unit.ledger.test_record_told import PROGRAMME, REQUIREMENT, rich, version
from tests.worlds.signers import NOW, letter
from writ.canonical import Plain
from writ.ledger.record.editions import Edition
from writ.ledger.record.pages import order_page
from writ.ledger.record.statements import statements_plain
from writ.ledger.record.told import told_of
from writ.ledger.record.view import Record, order_of
from writ.signing.note import Note


def page(data: bytes, language: str = "en") -> str:
    """The page of an order with one version."""
    force: dict[str, Plain] = {
        "activated": "2026-06-12T22:00:00Z", "took_ms": 61_000, "acknowledged": 2, "lapsed": 0,
    }  # fmt: skip
    told: dict[str, Plain] = {
        "versions": [{**told_of(version(data)), "in_force": force, "duties": []}],
        "people": [],
        "statements": statements_plain([]),
        "withdrawn": None,
    }
    order = order_of([Edition("o", 1, 1, NOW, b"{}", told)], {1: (b"{}", b"")})
    record = Record("https://r.example", "Acme AI", Note("", ()), 1, "", NOW, "", "", (order,))
    return order_page(record, order, language).decode()


OWN = (
    letter()
    .replace(b"kind: restriction", b"kind: programme")
    .replace(b"only: ear.us_person@1", b"only: {person: {member_of: [defenders]}}")
)

ANSWERED = rich().replace(
    b"answered_at: null, answer: null", b"answered_at: 2026-06-19T09:00:00Z, answer: They are."
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (rich(), "`ca9`, by Court of Appeals"),
        (rich(), "(26-1234)"),
        (rich(), "1 licence of the authority; who holds them is not told."),
        (rich(), "Are weights meant? Asked"),
        (rich(), "Not answered, due"),
        (rich(), "receipts: kept from"),
        (rich(), "2 organisations"),
        (rich(), "on every gateway 1 min 1 s later (2 had it)"),
        (ANSWERED, "Answered <time"),
        (REQUIREMENT, "must be served opus-4-8"),
        (REQUIREMENT, "as is said below"),
        (OWN + PROGRAMME, "Programme `defenders`: head of trust admits, on a letter."),
        (OWN + PROGRAMME, "as is said below"),
    ],
)
def test_what_few_orders_have_is_told(data: bytes, words: str) -> None:
    """Stays, licences, questions, what is kept, whom to serve, whose order it is."""
    assert words in page(data)
