"""The record as its pages show it: orders from their editions, and what each edition changed.

1. What is shown of an order is its last edition. When a version was published is when the first
   edition came that has it.
2. Every edition says what it changed: nothing is corrected silently.
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


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an edition changed; `key` and `parts` are said in the reader's language."""

    key: str
    version: int = 0
    parts: tuple[str, ...] = ()
    now: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One edition as it is listed."""

    number: int
    published: str
    changes: tuple[Change, ...]
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


def changes_of(before: Told | None, now: Told) -> Iterator[Change]:
    """Give what an edition changed (rule 2)."""
    if before is None:
        yield Change("first")
        return
    old = {_number(item): item for item in _rows(before["versions"])}
    for version in _rows(now["versions"]):
        number = _number(version)
        if number not in old:
            yield Change("added", number)
        elif version != old[number]:
            keys = [key for key in version if version[key] != old[number].get(key)]
            yield Change("changed", number, tuple(f"part.{key}" for key in keys))
    if now["people"] != before["people"]:
        yield Change("people")
    if now["withdrawn"] != before["withdrawn"]:
        yield Change("withdrawn" if now["withdrawn"] else "back")
    yield from _said(cast(Told, before["statements"]), cast(Told, now["statements"]))


def _said(before: Told, now: Told) -> Iterator[Change]:
    for name in FIELDS[:-1]:
        if now[name] != before[name]:
            key = "corrected" if before[name] else "said"
            was, said = str(before[name] or ""), str(now[name])
            yield Change(key, parts=(f"said.{name}",), now=said, was=was)
    if now["corrections"] != before["corrections"]:
        yield Change("correction")


def _rows(value: Plain) -> list[Told]:
    return cast(list[Told], value)


def _number(version: Told) -> int:
    return cast(int, version["version"])
