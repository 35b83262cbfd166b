"""What an enforcement point reads out of a signed snapshot: names, instants, what may be told."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import msgspec

from writ.canonical import digest_bytes
from writ.clock import Instant
from writ.errors import Refused

FORMAT = "writ-snapshot-1"


class ModelView(msgspec.Struct, frozen=True):
    """One model of the catalogue."""

    aliases: list[str]
    family: str
    dialects: list[str]
    controlled: bool


class RuleView(msgspec.Struct, frozen=True):
    """One rule in force, as far as a gateway needs it; a hold has no order.

    `drain` is how long open streams may go on, in microseconds (0: cut).
    """

    order: str | None
    version: int | None
    rule: str | None
    clauses: list[str]
    models: list[str]
    disclosure: Literal["none", "existence", "full"]
    notice: dict[str, str]
    drain: int


class SegmentView(msgspec.Struct, frozen=True):
    """A span without a change of rules; `start` is None for the first."""

    rules_digest: str
    rules: list[RuleView]
    held: list[str]
    substitutes: dict[str, str]
    start: Instant | None = msgspec.field(name="from")


class _Catalogue(msgspec.Struct, frozen=True):
    provider: str
    models: dict[str, ModelView]


class _Snapshot(msgspec.Struct, frozen=True):
    format: str
    epoch: int
    catalogue: _Catalogue
    segments: list[SegmentView]


@dataclass(frozen=True)
class View:
    """A snapshot as an enforcement point sees it; models are in name order."""

    epoch: int
    digest: str
    models: Mapping[str, ModelView]
    segments: tuple[SegmentView, ...]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Canonical model names; the place of a name is its index in a row's segment."""
        return tuple(sorted(self.models))

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Canonical name to place."""
        return {name: place for place, name in enumerate(self.order)}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every exact name and alias, to the canonical name."""
        return {
            name: canonical
            for canonical, model in self.models.items()
            for name in (canonical, *model.aliases)
        }

    @cached_property
    def boundaries(self) -> tuple[Instant, ...]:
        """The instants at which a segment starts, but for the first."""
        return tuple(item.start for item in self.segments if item.start is not None)

    @cached_property
    def ruled(self) -> tuple[frozenset[str], ...]:
        """Per segment, the models that some rule or hold names."""
        return tuple(
            frozenset(name for rule in item.rules for name in rule.models) for item in self.segments
        )

    def segment_at(self, at: Instant) -> int:
        """Return the number of the segment that holds an instant."""
        return bisect_right(self.boundaries, at)


def read_view(snapshot: bytes) -> View:
    """Read snapshot bytes whose signatures were checked; anything odd is Refused."""
    try:
        read = msgspec.json.decode(snapshot, type=_Snapshot)
    except msgspec.DecodeError as error:
        raise Refused(f"snapshot cannot be read: {error}") from None
    view = View(read.epoch, digest_bytes(snapshot), read.catalogue.models, tuple(read.segments))
    if read.format != FORMAT:
        raise Refused(f"snapshot has format `{read.format}`, not `{FORMAT}`")
    starts = [item.start for item in view.segments]
    if starts.count(None) != 1 or starts[0] is not None:
        raise Refused("snapshot has other segments without a start than the first")
    if list(view.boundaries) != sorted(set(view.boundaries)):
        raise Refused("snapshot has segments out of order")
    return view
