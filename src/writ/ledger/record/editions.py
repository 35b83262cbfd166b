"""Editions of the public record: each time something else is told of an order, from its first on.

1. What an edition tells is a document in canonical form. That it was published is an event row that
   names it by its digest, so the log has it; the row is opened to everybody.
2. An edition is never changed or taken back: where it was wrong, the next one says so, and both stay.
3. Numbers of people are event rows too, which nobody opens: they are what later numbers are held
   against (`writ.ledger.record.bands`).
4. What no order file says, people say with their own signed word (`writ.ledger.record.statements`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from writ.canonical import Plain, decode, encode
from writ.clock import Instant, format_instant
from writ.ledger.record.bands import band_of, tellable
from writ.signing.form import Form, as_form
from writ.store.database import Connection
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

PUBLISHED, COUNTED = "record.published", "record.counted"
FORMAT = "writ-record-1"


@dataclass(frozen=True, slots=True)
class Edition:
    """The `number`-th thing that was told of an order; `seq` is the event that published it."""

    order: str
    number: int
    seq: int
    at: Instant
    document: bytes
    told: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Count:
    """How many people of a kind a version was found to concern at an instant; `told` has a figure."""

    order: str
    version: int
    of: str
    count: int
    told: bool
    at: Instant


class _Published(Form, frozen=True):
    order: str
    edition: int
    document: str
    at: Instant


class _Counted(Form, frozen=True):
    order: str
    version: int
    of: str
    count: int
    told: bool
    at: Instant


def read_editions(connection: Connection) -> dict[str, list[Edition]]:
    """Return the editions of every order that has any, the first one first, orders by id."""
    found: dict[str, list[Edition]] = {}
    for row in read_events(connection, 0, (PUBLISHED,)):
        form = as_form(read_payload(row), _Published, f"event {row.seq}")
        document = fetch(connection, form.document)
        told = cast(Mapping[str, Plain], cast(Mapping[str, Plain], decode(document))["told"])
        edition = Edition(form.order, form.edition, row.seq, form.at, document, told)
        found.setdefault(form.order, []).append(edition)
    return dict(sorted(found.items()))


def publish(connection: Connection, order: str, told: Mapping[str, Plain], now: Instant) -> bool:
    """Add an edition inside the caller's unit, if it tells anything that the last one does not."""
    before = read_editions(connection).get(order, [])
    if before and encode(before[-1].told) == encode(told):
        return False
    number = len(before) + 1
    document: dict[str, Plain] = {
        "format": FORMAT,
        "order": order,
        "edition": number,
        "published": format_instant(now),
        "told": told,
    }
    payload: dict[str, Plain] = {
        "order": order,
        "edition": number,
        "document": keep(connection, encode(document)),
        "at": now,
    }
    append(connection, PUBLISHED, payload)
    return True


def read_counts(connection: Connection, order: str) -> list[Count]:
    """Return every number that was taken of an order, the first one first."""
    forms = (
        as_form(read_payload(row), _Counted, f"event {row.seq}")
        for row in read_events(connection, 0, (COUNTED,))
    )
    return [
        Count(form.order, form.version, form.of, form.count, form.told, form.at)
        for form in forms
        if form.order == order
    ]


def count(
    connection: Connection, version: tuple[str, int], numbers: Mapping[str, int], now: Instant
) -> None:
    """Take numbers of a version inside the caller's unit: those that get a figure, and the first."""
    order, number = version
    known = read_counts(connection, order)
    for of, found in sorted(numbers.items()):
        series = [item for item in known if item.of == of]
        told = tellable(found, (item.count for item in series if item.told))
        if told or not any(item.version == number for item in series):
            payload: dict[str, Plain] = {
                "order": order,
                "version": number,
                "of": of,
                "count": found,
                "told": told,
                "at": now,
            }
            append(connection, COUNTED, payload)


def figures(counts: Iterable[Count]) -> list[Plain]:
    """Write numbers as they are told: a band, or that there is no figure; never the number."""
    found: list[Plain] = []
    for item in counts:
        band = band_of(item.count)
        bounds: dict[str, Plain] = {"least": band.least, "below": band.below}
        found.append(
            {
                "version": item.version,
                "of": item.of,
                "at": format_instant(item.at),
                "band": bounds if item.told else None,
            }
        )
    return found
