"""What an enforcement point reads out of a signed snapshot: names, instants, what may be told.

1. A rule is numbered by its place among all rules that are in force at some time, by order, version
   and rule id; rows give reasons by that number.
2. Both forms of a snapshot are read into the same view. The first repeats every rule in each
   segment; the second says once when a rule stands (docs/decisions/0065-a-snapshot-says-a-rule-once.md).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

import msgspec

from writ.canonical import digest_bytes
from writ.clock import FOREVER, Instant
from writ.errors import Refused
from writ.model.phases import Phases, merged

FIRST, SECOND = "writ-snapshot-1", "writ-snapshot-2"

Spans = tuple[tuple[Instant, Instant], ...]


class ModelView(msgspec.Struct, frozen=True):
    """One model of the catalogue."""

    aliases: list[str]
    family: str
    dialects: list[str]
    controlled: bool


class RuleView(msgspec.Struct, frozen=True):
    """One rule, as far as a gateway needs it; a hold has no order.

    `drain` is how long open streams may go on, in microseconds (0: cut); `spans` are those in which
    the rule is in force, one without an end until null.
    """

    order: str | None
    version: int | None
    rule: str | None
    clauses: list[str]
    models: list[str]
    disclosure: Literal["none", "existence", "full"]
    notice: dict[str, str]
    drain: int
    substitute: str | None = None
    spans: list[tuple[Instant, Instant | None]] = []

    @property
    def stands(self) -> Spans:
        """When the rule is in force."""
        return tuple(_span(since, until) for since, until in self.spans)


class SegmentView(msgspec.Struct, frozen=True):
    """A span without a change of rules; `start` is None for the first."""

    rules_digest: str
    start: Instant | None = msgspec.field(name="from")


@dataclass(frozen=True)
class View:
    """A snapshot as an enforcement point sees it; models are in name order.

    `held` says when each model is held, `notice` what is told of that.
    """

    epoch: int
    digest: str
    models: Mapping[str, ModelView]
    segments: tuple[SegmentView, ...]
    rules: tuple[RuleView, ...] = ()
    held: Mapping[str, Spans] = field(default_factory=dict)
    notice: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Canonical model names; the place of a name is its index in a chain's row."""
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
    def phases(self) -> Phases:
        """Where a row has its cells."""
        rules = ((rule.models, span) for rule in self.rules for span in rule.stands)
        holds = (((model,), span) for model, spans in self.held.items() for span in spans)
        return Phases(self.models, (*rules, *holds))

    @cached_property
    def numbers(self) -> tuple[tuple[int, ...], ...]:
        """Per cell, the numbers of the rules that speak of its model then."""
        found: list[tuple[int, ...]] = [()] * self.phases.width
        by_model: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for model in rule.models:
                by_model.setdefault(model, []).append(number)
        for model, numbers in by_model.items():
            for cell, at in self.phases.starts(model):
                found[cell] = tuple(n for n in numbers if _covers(self.rules[n].stands, at))
        return tuple(found)

    @cached_property
    def stopped(self) -> frozenset[int]:
        """The cells of models that are held then."""
        return frozenset(
            cell
            for model, spans in self.held.items()
            for cell, at in self.phases.starts(model)
            if _covers(spans, at)
        )

    @cached_property
    def _cells(self) -> dict[int, tuple[int, ...]]:
        return {}

    def cells(self, segment: int) -> tuple[int, ...]:
        """Return the cell of every model, in name order, in a segment."""
        if segment not in self._cells:
            start = self.segments[segment].start
            self._cells[segment] = self.phases.cells(-FOREVER if start is None else start)
        return self._cells[segment]

    def ruled(self, cell: int) -> bool:
        """Whether some rule or hold speaks of a cell's model then."""
        return bool(self.numbers[cell]) or cell in self.stopped

    def substitute(self, cell: int) -> str | None:
        """Return the one substitute that the rules of a cell name, if they name any."""
        named = (self.rules[number].substitute for number in self.numbers[cell])
        return next(filter(None, named), None)

    def hold(self, model: str) -> RuleView:
        """Return what is told of a hold."""
        return RuleView(None, None, None, [], [model], "none", dict(self.notice), 0)

    def segment_at(self, at: Instant) -> int:
        """Return the number of the segment that holds an instant."""
        return bisect_right(self.boundaries, at)


class _Catalogue(msgspec.Struct, frozen=True):
    provider: str
    models: dict[str, ModelView]


class _Held(msgspec.Struct, frozen=True):
    model: str
    since: Instant
    until: Instant | None


class _FirstSegment(msgspec.Struct, frozen=True):
    rules_digest: str
    rules: list[RuleView]
    held: list[str]
    substitutes: dict[str, str]
    start: Instant | None = msgspec.field(name="from")


class _First(msgspec.Struct, frozen=True, tag_field="format", tag=FIRST):
    epoch: int
    catalogue: _Catalogue
    holds: list[_Held]
    segments: list[_FirstSegment]

    def view(self, digest: str) -> View:
        """Gather when each rule stands from the segments that have it."""
        starts = [-FOREVER if item.start is None else item.start for item in self.segments]
        rules: dict[tuple[str, int, str], RuleView] = {}
        spans: dict[tuple[str, int, str], list[tuple[Instant, Instant]]] = {}
        notice: dict[str, str] = {}
        for item, span in zip(self.segments, pairwise([*starts, FOREVER]), strict=True):
            for rule in item.rules:
                if rule.order is None or rule.version is None or rule.rule is None:
                    notice = rule.notice
                    continue
                key = rule.order, rule.version, rule.rule
                rules[key] = _substituted(rule, item.substitutes)
                spans.setdefault(key, []).append(span)
        return View(
            self.epoch,
            digest,
            self.catalogue.models,
            tuple(SegmentView(item.rules_digest, item.start) for item in self.segments),
            tuple(
                msgspec.structs.replace(rules[key], spans=list(merged(spans[key])))
                for key in sorted(rules)
            ),
            _merged(self.holds),
            notice,
        )


class _Second(msgspec.Struct, frozen=True, tag_field="format", tag=SECOND):
    epoch: int
    catalogue: _Catalogue
    holds: list[_Held]
    held_notice: dict[str, str]
    rules: list[RuleView]
    segments: list[SegmentView]

    def view(self, digest: str) -> View:
        """Take everything as it is said."""
        return View(
            self.epoch,
            digest,
            self.catalogue.models,
            tuple(self.segments),
            tuple(self.rules),
            _merged(self.holds),
            self.held_notice,
        )


_decoder = msgspec.json.Decoder(_First | _Second)


def read_view(snapshot: bytes) -> View:
    """Read snapshot bytes whose signatures were checked; anything odd is Refused."""
    try:
        read: _First | _Second = _decoder.decode(snapshot)
    except msgspec.DecodeError as error:
        raise Refused(f"snapshot cannot be read: {error}") from None
    starts = [item.start for item in read.segments]
    if starts.count(None) != 1 or starts[0] is not None:
        raise Refused("snapshot has other segments without a start than the first")
    view = read.view(digest_bytes(snapshot))
    if list(view.boundaries) != sorted(set(view.boundaries)):
        raise Refused("snapshot has segments out of order")
    if not view.phases.edges <= set(view.boundaries):
        raise Refused("snapshot has rules that change within a segment")
    return view


def _substituted(rule: RuleView, substitutes: Mapping[str, str]) -> RuleView:
    """Have a rule name what stands in for a model of its own; only models have one (form 1)."""
    named = (substitutes[model] for model in rule.models if model in substitutes)
    return msgspec.structs.replace(rule, substitute=next(named, None))


def _merged(holds: list[_Held]) -> dict[str, Spans]:
    spans: dict[str, list[tuple[Instant, Instant]]] = {}
    for hold in holds:
        spans.setdefault(hold.model, []).append(_span(hold.since, hold.until))
    return {model: merged(found) for model, found in spans.items()}


def _span(since: Instant, until: Instant | None) -> tuple[Instant, Instant]:
    return since, FOREVER if until is None else until


def _covers(spans: Spans, at: Instant) -> bool:
    return any(since <= at < until for since, until in spans)
