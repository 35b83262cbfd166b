"""Editions of the public record: each time something else is told of an order, from its first on.

1. What an edition tells is a document in canonical form. That it was published is an event row that
   names it by its digest, so the log has it; the row is opened to everybody.
2. An edition is never changed or taken back: where it was wrong, the next one says so, and both stay.
3. Numbers of people are event rows too, which nobody opens: they are what later numbers are held
   against (`writ.ledger.record.bands`).
4. What no order file says, people say with their own signed word (`writ.ledger.record.statements`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from writ.canonical import Plain, decode, encode
from writ.clock import Instant, format_instant
from writ.ledger.record.bands import band_of, tellable
from writ.signing.form import Form, as_form
from writ.store.database import Connection
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

PUBLISHED, COUNTED = "record.published", "record.counted"
ANNEX = "annex"
"""Begins what a number of people is `of` where it is how many an annex lists."""
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


class Count(Form, frozen=True):
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


def publish(
    connection: Connection,
    order: str,
    before: Sequence[Edition],
    told: Mapping[str, Plain],
    now: Instant,
) -> bool:
    """Add an edition inside the caller's unit, if it tells anything that the last one does not."""
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


def read_counts(connection: Connection) -> dict[str, list[Count]]:
    """Return every number that was taken of each order, the first one first."""
    found: dict[str, list[Count]] = {}
    for row in read_events(connection, 0, (COUNTED,)):
        item = as_form(read_payload(row), Count, f"event {row.seq}")
        found.setdefault(item.order, []).append(item)
    return found


def count(
    connection: Connection,
    version: tuple[str, int],
    known: Sequence[Count],
    numbers: Mapping[str, int],
    now: Instant,
) -> list[Count]:
    """Take numbers of a version inside the caller's unit: those that get a figure, and the first.

    `known` are those of the order so far; they are returned with the new ones.
    """
    order, number = version
    found = list(known)
    for of, people in sorted(numbers.items()):
        series = [item for item in found if _kind(item.of) == _kind(of)]
        told = tellable(people, (item.count for item in series if item.told))
        if told or (number, of) not in {(item.version, item.of) for item in series}:
            found.append(Count(order, number, of, people, told, now))
            append(connection, COUNTED, msgspec.to_builtins(found[-1]))
    return found


def _kind(of: str) -> str:
    """Return the series that a number is in: annexes are one, for a name is soon another."""
    return ANNEX if of.startswith(f"{ANNEX} ") else of


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
