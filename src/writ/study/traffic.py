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

from writ.study.classes import NOBODY, NOT_ONE, UNKNOWN
from writ.study.engine import Engine, Table
from writ.study.ordering import backwards
from writ.study.population import Population, Problem, open_columns

REQUIRED = ("subject", "model", "at")
OPTIONAL = ("organisation", "end_user", "tokens", "open")
TEXTS = ("subject", "model", "organisation", "end_user")


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
    """A log, read: its parts have subject, model, acts_for (an id), tokens, open and the asker."""

    parts: tuple[Table, ...]
    without: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)


def read_traffic(
    engine: Engine, name: str, population: Population, strangers: Mapping[str | None, int]
) -> Traffic:
    """Open a log and join who asks.

    `strangers` are the classes of people whom nobody registered and yet some list names, by their
    ids; None has that of all others.
    """
    raw, lacking = open_columns(engine, name, REQUIRED, OPTIONAL, TEXTS)
    problems = list(_looked_over(engine, raw, lacking))
    back, first = backwards(name, "at")
    if back:
        what = "requests whose instant is before that of the row above"
        problems.append(Problem(what, back, f"row {first}"))
    joined = _with_requesters(raw, population.subjects)
    if "organisation" not in lacking:
        joined = _with_organisations(joined, population.subjects)
    if "end_user" in lacking:
        parts: tuple[Table, ...] = (joined.mutate(user=_number(NOBODY)),)
    else:
        parts = _with_users(engine, joined, population.subjects, strangers)
    return Traffic(parts, lacking, problems)


def counted(engine: Engine, traffic: Traffic, population: Population) -> Iterator[Counted]:
    """Count the log (rule 2): first the rows that name no end user, which are joined but once."""
    for table in traffic.parts:
        grouped = table.group_by("requester", "organisation_number", "user", "plan", "model").agg(
            requests=table.count(),
            tokens=table.tokens.sum().cast("int64"),
            streams=table.open.sum().cast("int64"),
        )
        for row in engine.rows(grouped):
            asker = Asker(row["requester"], row["organisation_number"], row["user"])
            counts = row["requests"], row["tokens"], row["streams"]
            yield Counted(asker, population.plan(row["plan"]), row["model"] or "", *counts)


def a_stranger(engine: Engine, traffic: Traffic) -> str:
    """Return a subject of the log that the population does not have; empty: there is none."""
    found = []
    for table in traffic.parts:
        unknown = table.aggregate(
            subject=table.subject.min(where=table.requester == UNKNOWN),
            organisation=table.acts_for.min(where=table.organisation_number == UNKNOWN),
        )
        found += [name for row in engine.rows(unknown) for name in row.values() if name]
    return min(found, default="")


def _with_requesters(raw: Table, subjects: Table) -> Table:
    who = subjects.select(
        key=subjects.id,
        requester=subjects.number,
        own=subjects.organisation,
        acts_for=subjects.acts_for,
        plan=subjects.plan,
    )
    joined = raw.left_join(who, raw.subject == who.key)
    tokens, streams = joined.tokens, joined.open
    return joined.select(
        "subject",
        "model",
        "organisation",
        "end_user",
        "acts_for",
        plan=joined.plan.fill_null(0),
        requester=joined.requester.fill_null(UNKNOWN),
        organisation_number=joined.own.fill_null(NOBODY),
        tokens=_number(0)
        if tokens.type().is_string()
        else ibis.greatest(tokens.fill_null(0).cast("int64"), _number(0)),
        open=_number(0) if streams.type().is_string() else _whether(streams),
    )


def _with_organisations(joined: Table, subjects: Table) -> Table:
    """Let an organisation that the request names stand before the subject's own."""
    named = subjects.filter(subjects.kind == "organisation").select(
        named=subjects.id, named_number=subjects.number
    )
    found = joined.left_join(named, joined.organisation == named.named)
    number = ibis.cases(
        (found.organisation.isnull() | (found.organisation == ""), found.organisation_number),
        else_=found.named_number.fill_null(UNKNOWN),
    )
    return found.mutate(
        organisation_number=number.cast("int64"),
        acts_for=ibis.coalesce(found.organisation.nullif(""), found.acts_for),
    ).drop("named", "named_number")


def _with_users(
    engine: Engine, joined: Table, subjects: Table, strangers: Mapping[str | None, int]
) -> tuple[Table, Table]:
    """Name end users (rule 3); only rows that name one are looked up."""
    names_one = joined.end_user.notnull() & (joined.end_user != "")
    rest = joined.filter(~names_one).mutate(user=_number(NOBODY))
    people = subjects.select(
        user_id=subjects.id,
        user=(subjects.kind == "person").ifelse(subjects.number, NOT_ONE).cast("int64"),
    )
    listed = {name: number for name, number in strangers.items() if name is not None}
    if listed:
        listed_people = engine.small(
            {"user_id": ("text", list(listed)), "user": ("number", list(listed.values()))}
        )
        people = people.union(listed_people.anti_join(people, "user_id"))
    naming = joined.filter(names_one)
    found = naming.left_join(people, naming.end_user == people.user_id)
    users = found.mutate(user=found.user.fill_null(strangers[None]).cast("int64")).drop("user_id")
    return rest, users.select(*rest.columns)


def _whether(column: Table) -> Table:
    """Write a truth value as 1 or 0; not every engine casts one."""
    told = column if column.type().is_boolean() else column != 0
    return told.ifelse(1, 0).fill_null(0).cast("int64")


def _number(value: int) -> Table:
    return ibis.literal(value, "int64")


def _looked_over(engine: Engine, raw: Table, lacking: tuple[str, ...]) -> Iterator[Problem]:
    """Count what is wrong with the rows themselves."""
    wrong: dict[str, Any] = {
        "requests without an instant": raw["at"].isnull(),
        "requests without a subject": raw.subject.isnull() | (raw.subject == ""),
    }
    if "tokens" not in lacking:
        wrong["requests whose tokens are not told, counted as none"] = raw.tokens.isnull()
        wrong["requests with fewer than no tokens, counted as none"] = raw.tokens < 0
    columns = {
        f"c{place}": bad.ifelse(1, 0).fill_null(0).sum() for place, bad in enumerate(wrong.values())
    }
    columns |= {f"e{place}": raw.subject.min(where=bad) for place, bad in enumerate(wrong.values())}
    (row,) = engine.rows(raw.aggregate(**columns))
    for place, what in enumerate(wrong):
        if row[f"c{place}"]:
            yield Problem(what, row[f"c{place}"], row[f"e{place}"] or "")
