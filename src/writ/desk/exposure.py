"""From when until when an order counted before gateways knew of it, and what receipts tell of that.

1. It begins at the `effective` of the order's first version, and ends with the first epoch that has
   the order. An order that came into force ahead of its `effective` exposes nobody.
2. Receipts name users of a model only while a rule names the model; in between they count nobody.
3. Before the first epoch gateways served nobody, and what served people elsewhere left no receipt.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from writ.clock import Instant
from writ.desk import history
from writ.desk.archive import fetch_sources
from writ.desk.history import Epoch
from writ.errors import Refused
from writ.law.folder import read_sources
from writ.model.order import Lawbook
from writ.signing.form import as_form
from writ.store.database import Store
from writ.store.events import read_events, read_payload


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody's use of a model was recorded in [since, until)."""

    model: str
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Exposed:
    """The span in which an order's models were served without it; `epoch` is the first with it.

    `unserved_until` is the first epoch's instant, where that is later than `since` (rule 3).
    """

    order: str
    models: tuple[str, ...]
    since: Instant
    until: Instant
    epoch: int
    gaps: tuple[Gap, ...]
    unserved_until: Instant | None = None


def exposed(store: Store, order: str) -> Exposed:
    """Return the span of an order; one that was never in force is Refused."""
    earlier: list[tuple[Epoch, Lawbook]] = []
    with store.view() as connection:
        for row in read_events(connection, 0, (history.ACTIVATED, history.HELD)):
            epoch = as_form(read_payload(row), Epoch, "the event")
            book = read_sources(fetch_sources(connection, epoch.sources).files)
            found = [version for version in book.versions if version.order == order]
            if found:
                models = sorted({name for rule in found[0].rules for name in rule.models})
                span = found[0].effective, max(epoch.at, found[0].effective)
                gaps = tuple(_gaps(earlier, models, span))
                began = earlier[0][0].at if earlier else epoch.at
                late = began if began > span[0] else None
                return Exposed(order, tuple(models), *span, epoch.epoch, gaps, late)
            earlier.append((epoch, book))
    raise Refused(f"no order `{order}` was ever in force")


def _gaps(
    earlier: Sequence[tuple[Epoch, Lawbook]], models: Sequence[str], span: tuple[Instant, Instant]
) -> Iterator[Gap]:
    """Yield when nobody's use was recorded (rule 2), adjoining spans apart."""
    ends = [*(epoch.at for epoch, _ in earlier[1:]), span[1]]
    for (epoch, book), end in zip(earlier, ends, strict=False):
        first, last = max(epoch.at, span[0]), min(end, span[1])
        edges = [first, *(at for at in book.boundaries() if first < at < last), last]
        for since, until in itertools.pairwise(edges):
            named = {name for active in book.rules_at(since) for name in active.rule.models}
            yield from (Gap(m, since, until) for m in models if m not in named and since < until)
