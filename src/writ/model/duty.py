"""What an order leaves to be done and to be kept: see docs/duties.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from writ.clock import Instant

Unit: TypeAlias = Literal["time", "day", "business day", "month"]
Record: TypeAlias = Literal["facts", "receipts", "subjects"]


@dataclass(frozen=True, slots=True)
class Period:
    """So many of a unit; of `time`, microseconds."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked where; days are ordinals, known in [since, until)."""

    name: str
    zone: str
    since: int
    until: int
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Mapping[int, str] = field(default_factory=dict)

    def knows(self, day: int) -> bool:
        """Whether the calendar says anything of a day."""
        return self.since <= day < self.until

    def works(self, day: int) -> bool:
        """Whether a day is a business day; ordinal 1 was a Monday."""
        return (day - 1) % 7 not in self.weekend and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty with its clock, which starts at `start`, or whenever `event` occurs.

    With neither `every` nor `within` it stands without a date. `zone` says where days begin.
    `from_effective`: `start` is the `effective` of whatever version has it.
    """

    id: str
    clauses: tuple[str, ...]
    what: str
    owner: str | None = None
    start: Instant | None = None
    event: str | None = None
    every: Period | None = None
    within: Period | None = None
    until: Instant | None = None
    zone: str = "UTC"
    calendar: Calendar | None = None
    evidence: tuple[str, ...] = ()
    from_effective: bool = False


@dataclass(frozen=True, slots=True)
class Preserve:
    """Records that are not erased in [since, until).

    `from_effective`: `since` is the `effective` of whatever version has it.
    """

    id: str
    clauses: tuple[str, ...]
    what: str
    records: frozenset[Record]
    since: Instant
    until: Instant | None = None
    from_effective: bool = False
