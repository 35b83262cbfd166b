"""A traffic log as a table, counted by who asked for what.

1. A row is a request: `subject` whose key was used, `model` by any of its names, the instant `at`;
   `organisation` and `end_user` where the request named them, `tokens`, and `open` for a stream
   that is still open. A request without an organisation stands on the subject's own.
2. Requests are counted by the classes they stand on; how many there are costs one pass over them
   and nothing else.
3. An end user whom nobody registered is a person without facts; any other subject that nobody knows
   cannot be judged. Both are counted and named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis

from writ.study.classes import NOBODY, UNKNOWN
from writ.study.columns import UNREAD, Kind
from writ.study.engine import Engine, Table
from writ.study.ordering import backwards
from writ.study.population import Population, Problem, open_columns
from writ.study.seats import Seats

REQUIRED = ("subject", "model", "at")
COLUMNS: Mapping[str, Kind] = {
    "subject": "text",
    "model": "text",
    "at": "instant",
    "organisation": "text",
    "end_user": "text",
    "tokens": "number",
    "open": "truth",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who a request stands on, by the numbers of their classes."""

    requester: int
    organisation: int
    end_user: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Requests alike: who asks, on which plan, for which model."""

    asker: Asker
    plan: str | None
    model: str
    requests: int
    tokens: int
    streams: int


@dataclass(slots=True)
class Traffic:
    """A log: `parts` are its counts, by the asker's numbers, the organisation's id, plan and model."""

    rows: Table
    parts: tuple[Table, ...]
    without: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)


def read_traffic(
    engine: Engine, name: str, population: Population, strangers: Mapping[str | None, int]
) -> Traffic:
    """Open a log and count it by who asks: first the rows that name no end user, then the others.

    `strangers` are the classes of people whom nobody registered and yet some list names, by their
    ids; None has that of all others.
    """
    raw, lacking = open_columns(engine, name, REQUIRED, COLUMNS)
    problems = list(_looked_over(engine, raw, lacking))
    back, first = backwards(name, "at")
    if back:
        what = "requests whose instant is before that of the row above"
        problems.append(Problem(what, back, f"row {first}"))
    rows = _plain(raw)
    if "end_user" in lacking:
        parts: tuple[Table, ...] = (rows,)
    else:
        names_one = rows.end_user.fill_null("") != ""
        naming = _with_users(engine, rows.filter(names_one), population, strangers)
        parts = (rows.filter(~names_one), naming)
    named = "organisation" not in lacking
    counts = tuple(engine.keep(_counts(part, population, named=named)) for part in parts)
    return Traffic(raw, counts, lacking, problems)


def counted(engine: Engine, traffic: Traffic, population: Population) -> Iterator[Counted]:
    """Give requests alike (rule 2)."""
    for table in traffic.parts:
        grouped = table.group_by("requester", "organisation", "user", "plan", "model").agg(
            **{name: table[name].sum().cast("int64") for name in ("requests", "tokens", "streams")}
        )
        for row in engine.rows(grouped):
            asker = Asker(row["requester"], row["organisation"], row["user"])
            counts = row["requests"], row["tokens"], row["streams"]
            yield Counted(asker, population.plan(row["plan"]), row["model"] or "", *counts)


def a_stranger(engine: Engine, traffic: Traffic, population: Population) -> str:
    """Return a subject of the log that the population does not have; empty: there is none.

    It is looked for in a pass of its own, and only where the counts say that there is one.
    """
    rows, known, there = traffic.rows, population.subjects, population.seats.organisations
    strangers = rows.anti_join(known, rows.subject == known.id)
    own = (
        part.aggregate(example=part.name.min(where=part.organisation == UNKNOWN))
        for part in traffic.parts
    )
    looked = [strangers.aggregate(example=strangers.subject.min()), *own]
    if "organisation" not in traffic.without:
        named = rows.filter(rows.organisation.fill_null("") != "")
        elsewhere = named.anti_join(there, named.organisation == there.id)
        looked.append(elsewhere.aggregate(example=elsewhere.organisation.min()))
    found = [row["example"] for table in looked for row in engine.rows(table)]
    return min(filter(None, found), default="")


def _plain(raw: Table) -> Table:
    """Write tokens as numbers and streams as truth values, whatever the log has."""
    tokens, streams = raw.tokens, raw.open
    return raw.select(
        "subject",
        "model",
        "organisation",
        "end_user",
        tokens=_number(0) if tokens.type().is_string() else _counting(tokens),
        stream=ibis.literal(False) if streams.type().is_string() else _whether(streams),  # noqa: FBT003  a column of it
    )


def _counts(rows: Table, population: Population, *, named: bool) -> Table:
    """Count rows by seat and model, and what else they name; then take the seats apart."""
    seats = population.seats
    who = population.subjects.select(key="id", seat="seat")
    joined = rows.left_join(who, rows.subject == who.key)
    keys = ["seat", "model", *(["user"] if "user" in rows.columns else [])]
    if named:
        joined = _with_organisations(joined, seats)
        keys.append("named")
    grouped = joined.group_by(keys).agg(
        requests=joined.count(),
        tokens=joined.tokens.sum().cast("int64"),
        streams=joined.count(where=joined.stream),
    )
    seat = grouped.seat.fill_null(seats.of_strangers())
    own = seats.place(seat)
    apart = grouped.select(
        *("model", "requests", "tokens", "streams"),
        requester=seats.number(seat),
        plan=seats.plan(seat),
        place=(grouped.named == NOBODY).ifelse(own, grouped.named) if named else own,
        user=grouped.user if "user" in keys else _number(NOBODY),
    )
    return seats.with_organisations(apart)


def _with_organisations(joined: Table, seats: Seats) -> Table:
    """Let an organisation that the request names stand before the subject's own."""
    there = seats.organisations.select(named_id="id", named="place")
    found = joined.left_join(there, joined.organisation == there.named_id)
    none = found.organisation.fill_null("") == ""
    place = ibis.ifelse(none, NOBODY, found.named.fill_null(UNKNOWN))
    return found.mutate(named=place.cast("int64"))


def _with_users(
    engine: Engine, naming: Table, population: Population, strangers: Mapping[str | None, int]
) -> Table:
    """Name end users (rule 3)."""
    subjects = population.subjects
    people = subjects.select(user_id="id", user=population.seats.user(subjects.seat))
    listed = {name: number for name, number in strangers.items() if name is not None}
    if listed:
        listed_people = engine.small(
            {"user_id": ("text", list(listed)), "user": ("number", list(listed.values()))}
        )
        people = people.union(listed_people.anti_join(people, "user_id"))
    found = naming.left_join(people, naming.end_user == people.user_id)
    user = found.user.fill_null(strangers[None]).cast("int64")
    return found.mutate(user=user).drop("user_id")


def _counting(tokens: Table) -> Table:
    """Let tokens that are not told, or fewer than none, count as none."""
    whole = tokens if tokens.type().is_integer() else tokens.cast("int64")
    return ibis.greatest(whole, ibis.literal(0)).fill_null(0)


def _whether(column: Table) -> Table:
    """Write a truth value; some write it as a number."""
    return (column if column.type().is_boolean() else column != 0).fill_null(False)  # noqa: FBT003  a column of it


def _number(value: int) -> Table:
    return ibis.literal(value, "int64")


def _looked_over(engine: Engine, raw: Table, lacking: tuple[str, ...]) -> Iterator[Problem]:
    """Count what is wrong with the rows themselves."""
    wrong: dict[str, Any] = {
        "requests without an instant": raw["at"].isnull() & (raw[UNREAD] != "at"),
        "requests whose instant cannot be read": raw[UNREAD] == "at",
        "requests whose `open` cannot be read, counted as closed": raw[UNREAD] == "open",
        "requests without a subject": raw.subject.isnull() | (raw.subject == ""),
    }
    if "tokens" not in lacking:
        wrong["requests whose tokens are not told, counted as none"] = raw.tokens.isnull()
        wrong["requests with fewer than no tokens, counted as none"] = raw.tokens < 0
    columns = {
        f"c{place}": bad.ifelse(1, 0).fill_null(0).sum() for place, bad in enumerate(wrong.values())
    }
    (counts,) = engine.rows(raw.aggregate(**columns))
    for place, (what, bad) in enumerate(wrong.items()):
        if count := counts[f"c{place}"]:
            (row,) = engine.rows(raw.aggregate(example=raw.subject.min(where=bad)))
            yield Problem(what, count, row["example"] or "")
