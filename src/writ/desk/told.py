"""What everybody was told so far, added up from the outbox.

1. Of an order: of models now, of models to come by version, and as staff.
2. Of endings: each once. One that moved, because something else is known, is another.
"""

from dataclasses import dataclass, field

from writ.clock import Instant
from writ.store.database import Connection
from writ.store.outbox import read_notices


@dataclass(slots=True)
class Told:
    """What one recipient was told: of models now, of models to come by version, and as staff."""

    now: dict[str, str] = field(default_factory=dict)
    coming: dict[tuple[int, str], str] = field(default_factory=dict)
    staff: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    def add(self, number: int, phase: str, audience: str, models: tuple[str, ...]) -> None:
        """Take in one more notice."""
        if audience == "staff":
            self.staff[number, phase] = models
        elif phase == "before_effect":
            self.coming |= {(number, model): audience for model in models}
        elif audience == "restored":
            self.now = {name: to for name, to in self.now.items() if name not in models}
            self.coming = {key: to for key, to in self.coming.items() if key[1] not in models}
        else:
            self.now |= dict.fromkeys(models, audience)


def read_told(connection: Connection) -> dict[str, dict[str, Told]]:
    """Add up what everybody was told, by order and recipient."""
    found: dict[str, dict[str, Told]] = {}
    for row in read_notices(connection):
        if row.ends_at is not None:
            continue
        told = found.setdefault(row.order, {}).setdefault(row.recipient, Told())
        told.add(row.version, row.phase, row.audience, row.models)
    return found


def told_endings(connection: Connection) -> set[tuple[str, str, Instant]]:
    """Return which endings were told: to whom, of which model, when it ends."""
    return {
        (row.recipient, model, row.ends_at)
        for row in read_notices(connection)
        if row.ends_at is not None
        for model in row.models
    }
