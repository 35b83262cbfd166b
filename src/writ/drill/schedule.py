"""When a drill steps, and which versions are activated at each step.

1. The clock visits every instant of `expected.csv`, ascending, and nothing between.
2. A version in effect before the first instant is in force from the start.
3. A version received in time is activated ahead, at the last visited instant before it takes effect
   that is not before its receipt: nothing may change until the clock reaches it.
4. One received too late for that is activated as the clock steps to the instant from which it
   counts; requests under way in between may have either outcome.
5. A version that no visited instant can see is not activated at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from writ.clock import Instant, parse_instant
from writ.model.order import OrderVersion

BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Step:
    """One visit: what is activated in stepping there, what is activated ahead once there."""

    at: Instant
    phase: str
    at_once: tuple[OrderVersion, ...] = ()
    ahead: tuple[OrderVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is in force to begin with, and the visits."""

    standing: tuple[OrderVersion, ...]
    steps: tuple[Step, ...]

    @property
    def activated(self) -> tuple[OrderVersion, ...]:
        """Every version activated on the way, in order."""
        return tuple(version for step in self.steps for version in (*step.at_once, *step.ahead))


def plan(versions: Iterable[OrderVersion], instants: Sequence[Instant]) -> Schedule:
    """Lay out a drill over these instants (ascending, at least one)."""
    ordered = sorted(versions, key=lambda item: (item.effective, item.order, item.version))
    standing = tuple(item for item in ordered if item.effective < instants[0])
    at_once: dict[Instant, list[OrderVersion]] = {}
    ahead: dict[Instant, list[OrderVersion]] = {}
    for item in ordered[len(standing) :]:
        earlier = [at for at in instants if _received(item) <= at < item.effective]
        later = [at for at in instants if at >= item.effective]
        if earlier and later:
            ahead.setdefault(earlier[-1], []).append(item)
        elif later:
            at_once.setdefault(later[0], []).append(item)
    moved = ordered[len(standing) :]
    return Schedule(
        standing,
        tuple(
            Step(at, _phase(moved, at), tuple(at_once.get(at, ())), tuple(ahead.get(at, ())))
            for at in instants
        ),
    )


def label(version: OrderVersion) -> str:
    """Name a version as people do."""
    return f"{version.order} v{version.version}"


def _phase(moved: Sequence[OrderVersion], at: Instant) -> str:
    taken = [item for item in moved if item.effective <= at]
    return label(taken[-1]) if taken else BEFORE


def _received(version: OrderVersion) -> Instant:
    written = version.source.get("received")
    return parse_instant(written) if isinstance(written, str) else version.effective
