"""The record as its pages show it: orders from their editions, and what each edition changed.

1. What is shown of an order is its last edition. When a version was published is when the first
   edition came that has it.
2. Every edition says what it changed, in words: nothing is corrected silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.ledger.record.editions import Edition
from writ.ledger.record.places import folder_of
from writ.ledger.record.statements import FIELDS
from writ.model.record import Security
from writ.signing.note import Note

Told = Mapping[str, Plain]
NAMES = {
    "evaluation": "whether an evaluation was supplied",
    "told_beforehand": "whether the flaw was told before",
    "restoration": "what has to be so for it to end",
    "challenge": "whether it is contested",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One edition as it is listed."""

    number: int
    published: str
    changes: tuple[str, ...]
    document: bytes
    opening: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `versions` ascend, `published` says since when each is told."""

    id: str
    versions: tuple[Told, ...]
    published: Mapping[int, str]
    people: tuple[Told, ...]
    statements: Told
    withdrawn: str | None
    editions: tuple[Shown, ...]

    @property
    def folder(self) -> str:
        """Where its editions are."""
        return folder_of(self.id)

    @property
    def last(self) -> Told:
        """The last version."""
        return self.versions[-1]

    @property
    def models(self) -> list[str]:
        """The models that its last version speaks of."""
        return cast(list[str], self.last["models"])

    @property
    def corrections(self) -> Sequence[Told]:
        """What was said to have been wrong, and when."""
        return _rows(self.statements["corrections"])


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is told; `existing` counts orders of which only that may be said."""

    address: str
    operator: str
    note: Note
    size: int
    root: str
    signed: Instant
    vkey: str
    policy: str
    orders: tuple[Order, ...]
    existing: int = 0
    security: Security | None = None


def order_of(editions: Sequence[Edition], proofs: Mapping[int, tuple[bytes, bytes]]) -> Order:
    """Return an order as it is shown; `proofs` has, by edition, what opens its event and proves it."""
    told = editions[-1].told
    published: dict[int, str] = {}
    shown, before = [], None
    for edition in editions:
        at = format_instant(edition.at)
        for version in _rows(edition.told["versions"]):
            published.setdefault(_number(version), at)
        changes = tuple(changes_of(before, edition.told))
        shown.append(Shown(edition.number, at, changes, edition.document, *proofs[edition.number]))
        before = edition.told
    return Order(
        editions[-1].order,
        tuple(_rows(told["versions"])),
        published,
        tuple(_rows(told["people"])),
        cast(Told, told["statements"]),
        cast(str | None, told["withdrawn"]),
        tuple(shown),
    )


def changes_of(before: Told | None, now: Told) -> Iterator[str]:
    """Say what an edition changed (rule 2)."""
    if before is None:
        yield "first told"
        return
    old = {_number(item): item for item in _rows(before["versions"])}
    for version in _rows(now["versions"]):
        number = _number(version)
        if number not in old:
            yield f"version {number} added"
        elif version != old[number]:
            keys = [key for key in version if version[key] != old[number].get(key)]
            yield f"version {number}: {', '.join(keys).replace('_', ' ')}"
    if now["people"] != before["people"]:
        yield "numbers of people"
    if now["withdrawn"] != before["withdrawn"]:
        yield "taken out of force" if now["withdrawn"] else "in force again"
    yield from _said(cast(Told, before["statements"]), cast(Told, now["statements"]))


def _said(before: Told, now: Told) -> Iterator[str]:
    for name in FIELDS[:-1]:
        if now[name] != before[name]:
            was = f"; it said “{before[name]}”" if before[name] else ""
            yield f"{NAMES[name]}: “{now[name]}”{was}"
    if now["corrections"] != before["corrections"]:
        yield "a correction"


def _rows(value: Plain) -> list[Told]:
    return cast(list[Told], value)


def _number(version: Told) -> int:
    return cast(int, version["version"])
