"""Where a decision table's row has its cells: for each model, one for each phase of the rules on it.

1. A phase is a span in which the same rules and holds speak of one model. A model's first phase is
   before any rule or hold on it; the next begins wherever one begins or ends.
2. Cells are numbered by model in name order, then by time, from 1. Cell 0 is that of every model of
   which nothing ever speaks, and permits. So a row is as long as there are changes to any model,
   not as instants times models.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from writ.clock import FOREVER, Instant


class Phases:
    """The phases of every model, numbered (rule 2)."""

    def __init__(
        self,
        models: Iterable[str],
        spans: Iterable[tuple[Iterable[str], tuple[Instant, Instant]]],
    ) -> None:
        """Take every model, and for each rule and hold the models it speaks of and its span."""
        self.models = tuple(sorted(models))
        edges: dict[str, set[Instant]] = {}
        for named, span in spans:
            for model in named:
                edges.setdefault(model, set()).update(span)
        self._edges = {model: tuple(sorted(edges[model] - {FOREVER})) for model in sorted(edges)}
        self._first: dict[str, int] = {}
        self.width = 1
        for model, found in self._edges.items():
            self._first[model] = self.width
            self.width += len(found) + 1

    @property
    def edges(self) -> frozenset[Instant]:
        """Every instant at which a phase of some model begins."""
        return frozenset[Instant]().union(*self._edges.values())

    def cell(self, model: str, at: Instant) -> int:
        """Return the number of the cell for a model at an instant."""
        first = self._first.get(model)
        return 0 if first is None else first + bisect_right(self._edges[model], at)

    def cells(self, at: Instant) -> tuple[int, ...]:
        """Return the number of every model's cell at an instant, in name order."""
        return tuple(self.cell(model, at) for model in self.models)

    def starts(self, model: str) -> Iterator[tuple[int, Instant]]:
        """Yield the number of each cell of a model's own and the instant when its phase begins."""
        if model in self._edges:
            yield from enumerate((-FOREVER, *self._edges[model]), self._first[model])


def merged(spans: Iterable[tuple[Instant, Instant]]) -> tuple[tuple[Instant, Instant], ...]:
    """Join spans that overlap or touch; ascending."""
    found: list[tuple[Instant, Instant]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return tuple(found)
