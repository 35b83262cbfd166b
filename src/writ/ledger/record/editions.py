"""Editions of the public record: each time something else is told of an order, from its first on.

1. What an edition tells is a document in canonical form. That it was published is an event row that
   names it by its digest, so the log has it; the row is opened to everybody.
2. An edition is never changed or taken back: where it was wrong, the next one says so, and both stay.
3. A number of people is taken once for a version, whoever comes and goes later, and told in a band
   (`writ.ledger.record.bands`). The number itself is an event row that is not opened to everybody:
   whoever is shown it can check the figure.
4. What no order file says, people say with their own signed word (`writ.ledger.record.statements`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from writ.canonical import Plain, decode, encode
from writ.clock import Instant, format_instant
from writ.ledger.record.bands import APART, NEAR, Band, figure, rest
from writ.signing.form import Form, as_form
from writ.store.database import Connection
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

PUBLISHED, COUNTED = "record.published", "record.banded"
PEOPLE, AFFECTED, UNAFFECTED, ANNEX = "people", "affected", "not affected", "annex"
"""What numbers are `of`: all on the books, those affected, the rest of them; an annex, by its name."""
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
    """How many people of a kind a version was found to concern at an instant, and how that is told."""

    order: str
    version: int
    of: str
    count: int
    least: int
    below: int
    at: Instant

    @property
    def band(self) -> Band:
        """The figure."""
        return Band(self.least, self.below)


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


def read_counts(connection: Connection) -> list[Count]:
    """Return every number that was taken, the first one first."""
    return [
        as_form(read_payload(row), Count, f"event {row.seq}")
        for row in read_events(connection, 0, (COUNTED,))
    ]


def count(
    connection: Connection,
    version: tuple[str, int],
    known: Sequence[Count],
    numbers: Mapping[str, int],
    now: Instant,
) -> list[Count]:
    """Take numbers of a version inside the caller's unit; returns all that are `known` then (rule 3)."""
    found = taken(version, known, numbers, now)
    for item in found[len(known) :]:
        append(connection, COUNTED, msgspec.to_builtins(item))
    return found


def taken(
    version: tuple[str, int], known: Sequence[Count], numbers: Mapping[str, int], now: Instant
) -> list[Count]:
    """Return the numbers that are known, and after them those that are new; the whole comes first."""
    found, there = list(known), {(item.order, item.version, item.of) for item in known}
    for of, people in sorted(numbers.items(), key=lambda item: (item[0] != PEOPLE, item[0])):
        if (*version, of) not in there:
            told = (item.band for item in _nearest(version, of, found))
            band = figure(people, told, APART if of == PEOPLE else NEAR)
            found.append(Count(*version, of, people, band.least, band.below, now))
    return found


def _nearest(version: tuple[str, int], of: str, known: Sequence[Count]) -> list[Count]:
    """Sort numbers by how much one has to do with them: the later the more, where else they are alike.

    First is how many there are in all, which the number is a part of; then its own kind in earlier
    versions, then in other orders. How many annexes list is one kind: a name is soon another.
    """

    def near(item: Count) -> tuple[bool, bool, bool]:
        whole = item.of == PEOPLE and (item.order, item.version) == version
        alike = _kind(item.of) == _kind(of)
        return whole, alike and item.order == version[0], alike

    latest = known[::-1]
    return sorted(latest, key=near, reverse=True)


def _kind(of: str) -> str:
    return ANNEX if of.startswith(f"{ANNEX} ") else of


def figures(counts: Iterable[Count]) -> list[Plain]:
    """Write numbers as they are told: never the number, and those not affected by the others' bands."""
    found: list[Plain] = []
    every: dict[int, Band] = {}
    for item in counts:
        found.append(_figure(item, item.of, item.band))
        if item.of == PEOPLE:
            every[item.version] = item.band
        if item.of == AFFECTED:
            found.append(_figure(item, UNAFFECTED, rest(every[item.version], item.band)))
    return found


def _figure(item: Count, of: str, band: Band) -> Plain:
    return {
        "version": item.version,
        "of": of,
        "at": format_instant(item.at),
        "band": {"least": band.least, "below": band.below},
    }
