"""Patterns: rows of a population that say the same, each read once.

1. A pattern is what a row says by itself (see `writ.study.classes`): its columns stand beside the
   rows, and only those in which rows may differ are grouped by.
2. Subjects on whom others rest are told apart from who else has their facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import ibis

from writ.clock import Instant
from writ.model.subject import Subject
from writ.study.classes import EARLY, Classes, Pattern
from writ.study.columns import EPOCH, UNREAD, literal
from writ.study.engine import Engine, Table

_KEY = ("kind", "facts", "verified", "expires", "seen", "wrong", "list")
Read: TypeAlias = tuple[Mapping[str, Any], Subject | None]
"""A pattern's row, and the subject that it was read as; None: it cannot be read."""


def keyed_rows(
    engine: Engine,
    raw: Table,
    lists: Mapping[str, int],
    thresholds: Sequence[Instant],
    *,
    dates: bool,
) -> Table:
    """Write the columns of a pattern beside each row; `dates`: some rule compares dates."""
    keyed = raw.mutate(
        id=raw.id.fill_null(""),
        kind=raw.kind.fill_null(""),
        facts=raw.facts.fill_null(""),
        verified=_bucket(raw.verified_at, thresholds),
        expires=_bucket(raw.expires_at, thresholds),
        seen=_seen(raw) if dates else ibis.literal(""),
        wrong=_wrong(raw),
    )
    if not lists:
        return keyed.mutate(list=ibis.literal(0, "int64"))
    named = engine.small({"named": ("text", list(lists)), "list": ("number", list(lists.values()))})
    joined = keyed.left_join(named, keyed.id == named.named)
    return joined.mutate(list=joined["list"].fill_null(0)).drop("named")


def telling(lacking: tuple[str, ...], lists: Mapping[str, int], *, dates: bool) -> tuple[str, ...]:
    """Return the columns of a pattern in which rows may differ: an engine compares each it is given."""
    same = {
        "verified": "verified_at" in lacking,
        "expires": "expires_at" in lacking,
        "seen": not dates,
        "list": not lists,
    }
    return tuple(name for name in _KEY if not same.get(name))


def read_patterns(
    engine: Engine, keyed: Table, classes: Classes, told: Sequence[str]
) -> list[Read]:
    """Read every pattern once (rule 1)."""
    grouped = keyed.group_by(told).agg(
        rows=keyed.count(),
        id=keyed.id.min(),
        verified_at=keyed.verified_at.min(),
        expires_at=keyed.expires_at.min(),
    )
    return [(row, classes.read(_pattern(row), row["rows"])) for row in engine.rows(grouped)]


def read_related(
    engine: Engine, keyed: Table, classes: Classes, subjects: Iterable[Subject]
) -> dict[str, Subject]:
    """Read owners and parents, and theirs, where some rule asks about them."""
    found: dict[str, Subject] = {}
    asked = {name for one in subjects if one.kind in classes.follows for name in one.rests_on()}
    wanted = asked | classes.offered
    while wanted:
        listed = engine.small({"wanted": ("text", sorted(wanted))})
        rows = engine.rows(keyed.inner_join(listed, keyed.id == listed.wanted))
        latest = [classes.read(_pattern(row), 0) for row in rows]
        found |= {subject.id: subject for subject in latest if subject is not None}
        named = {name for subject in latest if subject for name in subject.names()}
        wanted = named - found.keys() - wanted
    return found


def apart(
    engine: Engine, keyed: Table, read: Iterable[Read], related: Iterable[str], told: Sequence[str]
) -> tuple[Table, list[Read]]:
    """Tell subjects on whom others rest from who else has their facts (rule 2): these may come back to them."""
    named = engine.small({"resting": ("text", sorted(related))})
    joined = keyed.left_join(named, keyed.id == named.resting)
    keyed = joined.mutate(apart=joined.resting.fill_null("")).drop("resting")
    grouped = keyed.group_by(*told, "apart").agg(id=keyed.id.min())
    known = {tuple(row[name] for name in told): subject for row, subject in read}
    found: list[Read] = []
    for row in engine.rows(grouped):
        subject = known[tuple(row[name] for name in told)]
        found.append((row, None if subject is None else replace(subject, id=row["id"])))
    return keyed, found


def _pattern(row: Mapping[str, Any]) -> Pattern:
    return Pattern(
        row["kind"],
        row["facts"],
        row["id"],
        _instant(row["verified_at"]),
        _instant(row["expires_at"]),
        row["wrong"],
    )


def _wrong(raw: Table) -> Table:
    """Say what is wrong with a row by itself, whatever its facts are; empty: nothing."""
    found = [(raw.id.fill_null("") == "", ibis.literal("id")), (raw[UNREAD] != "", raw[UNREAD])]
    if not raw.verified_at.type().is_string() and not raw.expires_at.type().is_string():
        found.append((raw.expires_at <= raw.verified_at, ibis.literal(EARLY)))
    return ibis.cases(*found, else_=ibis.literal(""))


def _bucket(column: Table, thresholds: Sequence[Instant]) -> Table:
    """Count the thresholds that have come by an instant; none: there is no instant."""
    if column.type().is_string():  # a column that is not there
        return ibis.literal(-1, "int64")
    passed = ibis.literal(0, "int64")
    for threshold in thresholds:
        passed = passed + (column >= literal(column, threshold)).ifelse(1, 0)
    return passed.fill_null(-1)


def _seen(raw: Table) -> Table:
    """Tell rows whose facts have dates apart by when they were seen; where none has, it is empty.

    A backslash may be how JSON spells any word.
    """
    dated = raw.facts.contains("since") | raw.facts.contains("\\")
    return (dated.fill_null(False)).ifelse(raw.verified_at.cast("string").fill_null(""), "")  # noqa: FBT003  a column of it


def _instant(value: object) -> Instant | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (aware - EPOCH) // timedelta(microseconds=1)
    return value if isinstance(value, int) else None
