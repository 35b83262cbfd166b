"""Proof that a snapshot is an approved one with holds added, and nothing else.

1. The holds follow each other: the first was put on the approved snapshot, each later one on the
   epoch before; the last names the snapshot that this one says came before it.
2. Whatever is not `epoch`, `previous`, `holds` or `segments` is as approved.
3. `holds` are those approved and those stated.
4. Segments start where approved ones start and where holds begin and end, and nowhere else. In the
   first form each has the approved rules of its instant, and then one rule for each model held; in
   the second, rules stand outside segments, and so are as approved by rule 2.

A segment's `rules_digest` is told, not used, by who decides; the control process recompiles it.
"""

from collections.abc import Mapping, Sequence

import msgspec

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.signing.form import as_form, read_form
from writ.signing.hold import Hold

_OWN = frozenset({"epoch", "previous", "holds", "segments"})
_SEGMENT_OWN = frozenset({"from", "starts", "rules_digest"})
_TOLD_OF_RULES = frozenset({"rules", "held"})


class _Hold(msgspec.Struct, frozen=True, order=True):
    model: str
    by: str
    since: int
    until: int | None

    def at(self, instant: int | None) -> bool:
        """Whether the hold is in force at an instant (None: before all time)."""
        if instant is None or instant < self.since:
            return False
        return self.until is None or instant < self.until


class _Snapshot(msgspec.Struct, frozen=True):
    epoch: int
    previous: str | None
    holds: list[_Hold]
    segments: list[dict[str, object]]


def check_derived(approved: bytes, snapshot: bytes, holds: Sequence[Hold]) -> bytes:
    """Return `snapshot`, proved to be `approved` with `holds`; otherwise Refused."""
    if not holds:
        if snapshot != approved:
            raise Refused("the snapshot differs from the approved one, and there is no hold")
        return snapshot
    before, after = _read(approved), _read(snapshot)
    old = as_form(before, _Snapshot, "the approved snapshot")
    new = as_form(after, _Snapshot, "the snapshot")
    # 1
    _check_chain(digest_bytes(approved), old, new, holds)
    # 2
    if _without(before, _OWN) != _without(after, _OWN):
        raise Refused("the snapshot differs from the approved one by more than holds")
    # 3
    stated = [_Hold(hold.model, hold.by, hold.since, hold.until) for hold in holds]
    everything = [*old.holds, *stated]
    if sorted(map(_key, new.holds)) != sorted(map(_key, everything)):
        raise Refused("the snapshot's holds are not those that were stated")
    # 4
    _check_segments(old, new, everything)
    return snapshot


def _check_chain(base: str, old: _Snapshot, new: _Snapshot, holds: Sequence[Hold]) -> None:
    if holds[0].base != base or new.previous != holds[-1].base:
        raise Refused("a hold was put on another snapshot")
    epochs = [hold.epoch for hold in holds]
    if epochs != list(range(old.epoch, old.epoch + len(holds))) or new.epoch != epochs[-1] + 1:
        raise Refused("the holds do not follow each other from the approved epoch to this one")


def _check_segments(old: _Snapshot, new: _Snapshot, holds: Sequence[_Hold]) -> None:
    approved = {_start(segment): segment for segment in old.segments}
    starts = [_start(segment) for segment in new.segments]
    instants = {*approved, *(hold.since for hold in holds), *(hold.until for hold in holds)}
    wanted = sorted(instant for instant in instants if instant is not None)
    if starts != [None, *wanted]:
        raise Refused("the snapshot's segments are not the approved ones and the holds' own")
    governs = approved.get(None)
    for start, segment in zip(starts, new.segments, strict=True):
        governs = approved.get(start, governs)
        held = sorted({hold.model for hold in holds if hold.at(start)})
        if governs is None or not _same(governs, segment, held):
            raise Refused("a segment has other rules than the approved ones and the holds")


def _same(governs: Mapping[str, object], segment: Mapping[str, object], held: list[str]) -> bool:
    if "rules" not in governs:
        return _without(governs, _SEGMENT_OWN) == _without(segment, _SEGMENT_OWN)
    rules = _rules(segment)
    own = [rule for rule in rules if rule.get("order") is None]
    return (
        _without(governs, _SEGMENT_OWN | _TOLD_OF_RULES)
        == _without(segment, _SEGMENT_OWN | _TOLD_OF_RULES)
        and [rule for rule in _rules(governs) if rule.get("order") is not None]
        == [rule for rule in rules if rule.get("order") is not None]
        and segment.get("held") == held
        and [rule.get("models") for rule in own] == [[model] for model in held]
    )


def _rules(segment: Mapping[str, object]) -> list[dict[str, object]]:
    return as_form(segment.get("rules"), list[dict[str, object]], "a segment's rules")


def _start(segment: Mapping[str, object]) -> int | None:
    return as_form(segment.get("from"), int | None, "a segment's start")  # type: ignore[arg-type]


def _read(data: bytes) -> dict[str, object]:
    return read_form(data, dict[str, object], "the snapshot")


def _without(value: Mapping[str, object], names: frozenset[str]) -> dict[str, object]:
    return {name: item for name, item in value.items() if name not in names}


def _key(hold: _Hold) -> tuple[str, str, int, int]:
    return hold.model, hold.by, hold.since, -1 if hold.until is None else hold.until
