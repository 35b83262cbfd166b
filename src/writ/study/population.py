"""A population as a table: every subject once, with its class, its plan and its organisation.

1. A row is a subject: `id` and `kind`; `facts` as JSON, as a subject's file has them; `acts_for` an
   id, or a JSON list where there are several; `plan` whatever the provider calls it. Facts without
   a `verified_at` have that of the row, and its `expires_at`.
2. Rows are grouped by pattern (see `writ.study.classes`), each pattern is read once, and numbers
   are joined back. So the cost of reading facts is that of patterns, not of people.
3. A subject given twice counts once; given twice and not alike, it cannot be judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import ibis

from writ.clock import Instant
from writ.errors import InvalidInput
from writ.model.subject import Subject
from writ.study.classes import EARLY, TWICE, UNKNOWN, UNREADABLE, Classes, Pattern
from writ.study.columns import EPOCH, UNREAD, Kind, chosen, literal
from writ.study.engine import Engine, Table
from writ.study.ordering import ascends
from writ.study.seats import Seats, seated
from writ.study.subject_lines import Held, lines_table

REQUIRED = ("id", "kind")
COLUMNS: Mapping[str, Kind] = {
    "id": "text",
    "kind": "text",
    "acts_for": "text",
    "facts": "text",
    "verified_at": "instant",
    "expires_at": "instant",
    "plan": "text",
}
LINES = ".jsonl"
NOTHING = "nothing of it is counted"
_KEY = ("kind", "facts", "verified", "expires", "seen", "wrong", "list")
_Read: TypeAlias = tuple[Mapping[str, Any], Subject | None]
_NUMBERED = ("id", "kind", "number", "sort", "acts_for", "plan")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what was read: how many rows, and one of them."""

    what: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Population:
    """Rule 3: `subjects` has id, seat and team; `alike` and `teams` count the subjects of each.

    A plan's number counts from 1 in `plans`; 0 is none. `missing` is what it says that it lacks.
    """

    subjects: Table
    alike: Table
    teams: Table
    seats: Seats
    rows: int
    without: tuple[str, ...]
    problems: tuple[Problem, ...]
    plans: tuple[str, ...]
    missing: tuple[str, ...] = ()

    def plan(self, number: int) -> str | None:
        """Return a plan by its number."""
        return self.plans[number - 1] if number > 0 else None


def open_columns(
    engine: Engine, source: str | Held, required: Sequence[str], kinds: Mapping[str, Kind]
) -> tuple[Table, tuple[str, ...]]:
    """Open a table and make its columns those wanted; return it and which optional ones it lacks."""
    name = source if isinstance(source, str) else source.name
    return chosen(engine, _table(engine, source), name, required, kinds)


def read_population(
    engine: Engine,
    source: str | Held,
    classes: Classes,
    lists: Mapping[str, int],
    thresholds: Sequence[Instant],
) -> Population:
    """Number every subject of a table (rule 2)."""
    raw, lacking = open_columns(engine, source, REQUIRED, COLUMNS)
    keyed = _keyed(engine, raw, lists, thresholds, dates=classes.compares_dates)
    told = _telling(lacking, lists, dates=classes.compares_dates)
    read = _patterns(engine, keyed, classes, told)
    total = sum(row["rows"] for row, _ in read)
    related = _related(engine, keyed, classes, (subject for _, subject in read if subject))
    if related:
        keyed, read = _apart(engine, keyed, read, related, told)
    key = (*told, "apart") if related else told
    columns: dict[str, list[Any]] = {name: [row[name] for row, _ in read] for name in key}
    columns["number"] = [
        UNREADABLE if subject is None else classes.of(replace(subject, related=related))
        for _, subject in read
    ]
    columns["sort"] = [classes.sort(number) for number in columns["number"]]
    texts = ("kind", "facts", "seen", "wrong", "apart")
    kinds = {column: "text" if column in texts else "number" for column in columns}
    numbers = engine.small({name: (kinds[name], values) for name, values in columns.items()})
    numbered = keyed.inner_join(numbers, key).select(*_NUMBERED)
    unique, acting, doubled = numbered, raw, list[Problem]()
    if _somebody_twice(engine, source, keyed, total):
        unique, doubled = _once(engine, numbered)
        acting = unique
    plans = sorted(row["plan"] for row in engine.rows(_plans(acting)))
    widths = len(classes.known), len(plans), classes.sorts
    subjects, seats = seated(engine, _with_plans(engine, unique, plans), acting, widths)
    wrong = [Problem(what, *found) for what, found in sorted(classes.faults.items())]
    wrong += [] if total else [Problem(f"subjects in the population: {NOTHING}", 0, "")]
    alike, teams = (engine.keep(table) for table in _counted(subjects, seats))
    problems = (*wrong, *doubled)
    missing = () if isinstance(source, str) else source.missing
    return Population(
        subjects, alike, teams, seats, total, lacking, problems, tuple(plans), missing
    )


def _telling(lacking: tuple[str, ...], lists: Mapping[str, int], *, dates: bool) -> tuple[str, ...]:
    """Return the columns of a pattern in which rows may differ: an engine compares each it is given."""
    same = {
        "verified": "verified_at" in lacking,
        "expires": "expires_at" in lacking,
        "seen": not dates,
        "list": not lists,
    }
    return tuple(name for name in _KEY if not same.get(name))


def _somebody_twice(engine: Engine, source: str | Held, keyed: Table, rows: int) -> bool:
    """Whether some id is in the table more than once; a file in the order of its ids shows it sooner."""
    if isinstance(source, str) and ascends(source, "id"):
        return False
    (ids,) = engine.rows(keyed.aggregate(different=keyed.id.nunique()))
    return bool(ids["different"] < rows)


def an_orphan(engine: Engine, population: Population) -> str:
    """Return an organisation that somebody acts for and the population does not have; empty: none."""
    there = population.seats.organisations
    (row,) = engine.rows(there.aggregate(example=there.id.min(where=there.number == UNKNOWN)))
    return row["example"] or ""


def _counted(subjects: Table, seats: Seats) -> tuple[Table, Table]:
    """Count subjects by seat and by team, taken apart."""
    alike, teams = (
        table.group_by(table.columns).agg(subjects=table.count())
        for table in (
            subjects.select("seat"),
            subjects.filter(seats.has_place(subjects.team)).select("team"),
        )
    )
    apart = alike.select(
        "subjects",
        number=seats.number(alike.seat),
        organisation=seats.organisation(alike.seat),
        plan=seats.plan(alike.seat),
    )
    return apart, seats.with_names(teams)


def _table(engine: Engine, name: str | Held) -> Table:
    if isinstance(name, Held):
        return name.table
    if "://" in name:  # which may have a password in it, and is not told
        raise InvalidInput("name a file or a table; the URL of what has it goes to --engine")
    if not name.endswith(LINES):
        return engine.table(name)
    try:
        with Path(name).open("rb") as file:
            return lines_table(engine, file, name)
    except OSError as error:
        raise InvalidInput(f"cannot read `{name}`: {error.strerror}") from None


def _pattern(row: Mapping[str, Any]) -> Pattern:
    return Pattern(
        row["kind"],
        row["facts"],
        row["id"],
        _instant(row["verified_at"]),
        _instant(row["expires_at"]),
        row["wrong"],
    )


def _related(
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


def _patterns(engine: Engine, keyed: Table, classes: Classes, told: Sequence[str]) -> list[_Read]:
    """Read every pattern once (rule 2)."""
    grouped = keyed.group_by(told).agg(
        rows=keyed.count(),
        id=keyed.id.min(),
        verified_at=keyed.verified_at.min(),
        expires_at=keyed.expires_at.min(),
    )
    return [(row, classes.read(_pattern(row), row["rows"])) for row in engine.rows(grouped)]


def _apart(
    engine: Engine, keyed: Table, read: Iterable[_Read], related: Iterable[str], told: Sequence[str]
) -> tuple[Table, list[_Read]]:
    """Tell subjects on whom others rest from who else has their facts: these may come back to them."""
    named = engine.small({"resting": ("text", sorted(related))})
    joined = keyed.left_join(named, keyed.id == named.resting)
    keyed = joined.mutate(apart=joined.resting.fill_null("")).drop("resting")
    grouped = keyed.group_by(*told, "apart").agg(id=keyed.id.min())
    known = {tuple(row[name] for name in told): subject for row, subject in read}
    found: list[_Read] = []
    for row in engine.rows(grouped):
        subject = known[tuple(row[name] for name in told)]
        found.append((row, None if subject is None else replace(subject, id=row["id"])))
    return keyed, found


def _keyed(
    engine: Engine,
    raw: Table,
    lists: Mapping[str, int],
    thresholds: Sequence[Instant],
    *,
    dates: bool,
) -> Table:
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


def _once(engine: Engine, table: Table) -> tuple[Table, list[Problem]]:
    """Give every id one row (rule 3), where some have more."""
    same = table.group_by("id").agg(
        rows=table.count(),
        kind=table.kind.min(),
        numbers=table.number.nunique(),
        number=table.number.min(),
        sort=table.sort.min(),
        owners=table.acts_for.fill_null("").nunique(),
        acts_for=table.acts_for.min(),
        plans=table.plan.fill_null("").nunique(),
        plan=table.plan.min(),
    )
    alike = (same.numbers == 1) & (same.owners == 1) & (same.plans == 1)
    told = {name: alike.ifelse(same[name], TWICE) for name in ("number", "sort")}
    unique = engine.keep(same.mutate(alike=alike.ifelse(1, 0), **told))
    twice = unique.filter(unique.rows > 1)
    counted = twice.group_by("alike").agg(subjects=twice.count(), example=twice.id.min())
    said = ("subjects given more than once, and not alike", "subjects given more than once")
    problems = [
        Problem(said[row["alike"]], row["subjects"], row["example"]) for row in engine.rows(counted)
    ]
    return unique.select(*_NUMBERED), problems


def _plans(table: Table) -> Table:
    return table.filter(table.plan.notnull()).select("plan").distinct()


def _with_plans(engine: Engine, subjects: Table, plans: Sequence[str]) -> Table:
    if not plans:
        return subjects.mutate(plan=ibis.literal(0, "int64"))
    numbers = engine.small({"name": ("text", plans), "place": ("number", range(1, len(plans) + 1))})
    joined = subjects.left_join(numbers, subjects.plan == numbers.name)
    return joined.mutate(plan=joined.place.fill_null(0).cast("int64")).drop("name", "place")
