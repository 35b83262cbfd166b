"""Orders as they were read before, by every byte that they rest on.

1. An order rests on its own file, the annexes it names, and what lies beside all orders: catalogue,
   groups, calendars, definitions. Where these are the same bytes, what was read is the same.
2. Only orders of a folder without a fault are kept, with the notes on them; those read longest ago
   are forgotten first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from writ.errors import Fault
from writ.law.order import PlacedOrder

MOST = 10_000

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """An order as read, the notes on it, and all files it rests on but its own (rule 1)."""

    rests_on: Files
    order: PlacedOrder
    notes: tuple[Fault, ...]


class Shelf:
    """What was read in this process; several threads may use it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[tuple[str, bytes], Read] = {}

    def find(self, name: str, files: Mapping[str, bytes], lying: Files) -> Read | None:
        """Return what was read from these very bytes, or nothing; `lying` is beside all orders."""
        found = self._kept.get((name, files[name]))
        if found is None or found.rests_on[: len(lying)] != lying:
            return None
        annexes = found.rests_on[len(lying) :]
        return found if all(files.get(annex) == data for annex, data in annexes) else None

    def keep(self, read: Iterable[tuple[str, bytes, Read]]) -> None:
        """Keep what was read without a fault (rule 2)."""
        latest = {(name, data): item for name, data, item in read}
        older = {key: item for key, item in self._kept.items() if key not in latest}
        self._kept = dict([*older.items(), *latest.items()][-self._most :])
