"""Which rules speak of which model when, and which models are held.

1. Only what changes for a model makes a cell of a row for it (see `writ.model.phases`).
2. Holds on one model that overlap or touch are one span.
"""

from dataclasses import dataclass

from writ.clock import Instant
from writ.model.order import ActiveRule, Lawbook
from writ.model.phases import Phases, merged


@dataclass(frozen=True, slots=True)
class Speech:
    """What speaks of one model in one phase; rules by order id and rule id."""

    rules: tuple[ActiveRule, ...]
    held: bool


SILENCE = Speech((), held=False)


class Speeches:
    """All there is to say of every model: `at` each cell, and the cells of those spoken of."""

    def __init__(self, book: Lawbook) -> None:
        self.by_model: dict[str, list[ActiveRule]] = {}
        for active in book.standing:
            for model in active.rule.models:
                self.by_model.setdefault(model, []).append(active)
        held = _held(book)
        rules = ((active.rule.models, span) for active in book.standing for span in active.spans)
        holds = (((model,), span) for model, spans in held.items() for span in spans)
        self.phases = Phases(book.catalogue.models, (*rules, *holds))
        self.at = [SILENCE] * self.phases.width
        self.spoken: list[tuple[str, range]] = []
        for model in sorted({*self.by_model, *held}):
            cells = self._fill(model, held.get(model, ()))
            self.spoken.append((model, range(cells[0], cells[-1] + 1)))

    def _fill(self, model: str, held: tuple[tuple[Instant, Instant], ...]) -> list[int]:
        spans = [
            (*span, active) for active in self.by_model.get(model, ()) for span in active.spans
        ]
        cells = []
        for cell, at in self.phases.starts(model):
            rules = tuple(active for since, until, active in spans if since <= at < until)
            self.at[cell] = Speech(rules, any(since <= at < until for since, until in held))
            cells.append(cell)
        return cells


def _held(book: Lawbook) -> dict[str, tuple[tuple[Instant, Instant], ...]]:
    spans: dict[str, list[tuple[Instant, Instant]]] = {}
    for hold in book.holds:
        spans.setdefault(hold.model, []).append((hold.since, hold.until))
    return {model: merged(found) for model, found in spans.items()}
