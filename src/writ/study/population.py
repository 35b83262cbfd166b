"""A population as a table: every subject once, with its class, its plan and its organisation.

1. A row is a subject: `id` and `kind`; `facts` as JSON, as a subject's file has them; `acts_for` an
   id, or a JSON list where there are several; `plan` whatever the provider calls it. Facts without
   a `verified_at` have that of the row, and its `expires_at`.
2. Rows are grouped by pattern (see `writ.study.patterns`), each pattern is read once, and numbers
   are joined back. So the cost of reading facts is that of patterns, not of people.
3. A subject given twice counts once; given twice and not alike, it cannot be judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis

from writ.clock import Instant
from writ.errors import InvalidInput
from writ.study.classes import TWICE, UNKNOWN, UNREADABLE, Classes
from writ.study.columns import Kind, chosen
from writ.study.engine import Engine, Table
from writ.study.ordering import ascends
from writ.study.patterns import apart, keyed_rows, read_patterns, read_related, telling
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
    keyed = keyed_rows(engine, raw, lists, thresholds, dates=classes.compares_dates)
    told = telling(lacking, lists, dates=classes.compares_dates)
    read = read_patterns(engine, keyed, classes, told)
    total = sum(row["rows"] for row, _ in read)
    related = read_related(engine, keyed, classes, (subject for _, subject in read if subject))
    if related:
        keyed, read = apart(engine, keyed, read, related, told)
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
