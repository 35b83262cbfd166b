"""The decision itself: joined cells of a chain's links, read off one table.

1. A lease that has lapsed, or links that are older than they may be, decide nothing: STALE.
2. Otherwise the links' cells for the model are joined, and the outcome is read off.
"""

from writ.clock import Instant
from writ.model.cell import OUTCOMES
from writ.point.seam import Row

STALE = 4
"""Not an outcome: the caller looks its links up anew, or refuses."""

_TABLE = bytes(OUTCOMES)


class Links:
    """A chain as looked up: one row per link, cut to a segment, good until an instant.

    `sources` are the rows before they were cut.
    """

    __slots__ = ("asserted", "epoch", "evidence", "names", "rows", "segment", "sources", "until")

    def __init__(  # noqa: PLR0913  one value of eight parts, made in one place
        self,
        rows: tuple[bytes, ...],
        until: Instant,
        *,
        segment: int = 0,
        epoch: int = 0,
        names: tuple[str, ...] = (),
        sources: tuple[Row, ...] = (),
        evidence: tuple[bytes, ...] = (),
        asserted: bool = False,
    ) -> None:
        self.rows = rows
        self.until = until
        self.segment = segment
        self.epoch = epoch
        self.names = names
        self.sources = sources
        self.evidence = evidence
        self.asserted = asserted

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Profile and capacity of each link."""
        return tuple((row.profile, row.capacity) for row in self.sources)


def decide(links: Links, model: int, at: Instant, live: bool) -> int:  # noqa: FBT001  the hot path
    """Return an outcome's number, or STALE; `model` is the index of a canonical name."""
    if at >= links.until or not live:
        return STALE
    code = 0
    for row in links.rows:
        code |= row[model]
    return _TABLE[code]
