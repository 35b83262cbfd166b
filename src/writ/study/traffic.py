"""A traffic log as a table, counted by who asked for what.

1. A row is a request: `subject` whose key was used, `model` by any of its names, the instant `at`;
   `organisation` and `end_user` where the request named them, `tokens`, and `open` for a stream
   that is still open. A request without an organisation stands on the subject's own.
2. Requests are counted by the seats and teams they stand on (see `writ.study.seats`); how many there
   are costs one pass over them and nothing else.
3. An end user whom nobody registered is a person without facts; any other subject that nobody knows
   cannot be judged. Both are counted and named.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis

from writ.study.classes import NOBODY, UNKNOWN
from writ.study.columns import UNREAD, Kind
from writ.study.engine import Engine, Table
from writ.study.ordering import backwards
from writ.study.population import Population, Problem, open_columns
from writ.study.seats import Seats
from writ.study.wanted import Wanted, number_models, number_users

REQUIRED = ("subject", "model", "at")
MOST_TOKENS = 10**9
"""Of one request; a log is added up in 64 bits, and one row may not stop that."""
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
    """A log: `seats` are its counts by the asker's numbers, plan and model.

    `of_organisations` are those of requests that stand on an organisation, for models that they are
    told of, by its id, its class, the sort of the requester, the class of the end user, and model.
    """

    rows: Table
    seats: Table
    of_organisations: Table
    without: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)


def read_traffic(
    engine: Engine,
    name: str,
    population: Population,
    strangers: Mapping[str | None, int],
    told: Collection[str],
) -> Traffic:
    """Open a log and count it by who asks, in one pass over its rows (0155).

    `strangers` are the classes of people whom nobody registered and yet some list names, by their
    ids; None has that of all others. `told` are the names of models that organisations are told of.
    """
    raw, lacking = open_columns(engine, name, REQUIRED, COLUMNS)
    rows = _plain(raw)
    seats, models = population.seats, engine.keep(number_models(rows, told))
    users = None if "end_user" in lacking else number_users(engine, rows, population, strangers)
    wanted = Wanted(max(1 << seats.classes, *strangers.values()))
    found = _with_subjects(wanted.write(rows, models, users), population)
    if "organisation" not in lacking:
        found = _with_organisations(found, seats)
    counts = engine.keep(_counts(seats.keyed(engine, found)))
    named = wanted.read(counts, models)
    by_seat, by_team = _by_seat(named, seats), seats.with_names(_by_team(named))
    problems = list(_looked_over(engine, raw, lacking, subjects=_somebody_untold(engine, by_seat)))
    return Traffic(raw, by_seat, by_team, lacking, problems)


def out_of_order(name: str) -> list[Problem]:
    """Count requests whose instant is before that of the row above."""
    back, first = backwards(name, "at")
    what = "requests whose instant is before that of the row above"
    return [Problem(what, back, f"row {first}")] if back else []


def counted(engine: Engine, traffic: Traffic, population: Population) -> Iterator[Counted]:
    """Give requests alike (rule 2)."""
    table = traffic.seats
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
    orphans = population.seats.with_names(known.select(member="id", team="team"))
    orphans = orphans.filter(orphans.organisation == UNKNOWN).drop("organisation")
    on_own = rows.filter(rows.organisation.fill_null("") == "")
    own = on_own.inner_join(orphans, on_own.subject == orphans.member)
    looked = [strangers.aggregate(example=strangers.subject.min())]
    looked.append(own.aggregate(example=own.name.min()))
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


def _with_subjects(rows: Table, population: Population) -> Table:
    seats = population.seats
    who = population.subjects.select(known_id="id", seat="seat", team="team")
    joined = rows.left_join(who, rows.subject == who.known_id).drop("known_id")
    stranger = seats.of_strangers()
    return joined.mutate(
        seat=joined.seat.fill_null(stranger[0]), team=joined.team.fill_null(stranger[1])
    )


def _with_organisations(joined: Table, seats: Seats) -> Table:
    """Let an organisation that the request names stand before the subject's own."""
    there = seats.organisations.select(named_id="id", named="place", classed="number")
    found = joined.left_join(there, joined.organisation == there.named_id)
    none = found.organisation.fill_null("") == ""
    place, number = (column.fill_null(UNKNOWN) for column in (found.named, found.classed))
    return found.mutate(
        seat=none.ifelse(found.seat, seats.moved(found.seat, number)),
        team=none.ifelse(found.team, seats.moved_team(found.team, place)),
    ).drop("named_id", "named", "classed")


def _counts(keyed: Table) -> Table:
    """Count rows by key and what is wanted (rule 2)."""
    return keyed.group_by("key", "wanted").agg(
        requests=keyed.count(),
        tokens=keyed.tokens.sum().cast("int64"),
        streams=keyed.count(where=keyed.stream),
    )


def _by_seat(counts: Table, seats: Seats) -> Table:
    """Take seats apart."""
    found = counts.filter(counts.key >= 0)
    return found.select(
        *("model", "requests", "tokens", "streams", "user"),
        requester=seats.number(found.key),
        plan=seats.plan(found.key),
        organisation=seats.organisation(found.key),
    )


def _by_team(counts: Table) -> Table:
    found = counts.filter(counts.key < 0)
    return found.select("model", "requests", "tokens", "streams", "user", team=-found.key)


def _counting(tokens: Table) -> Table:
    """Let tokens that are not told, or are no number that a request may have, count as none."""
    whole = tokens.cast("int64")
    return ibis.cases((tokens.between(0, MOST_TOKENS), whole), else_=_number(0))


def _whether(column: Table) -> Table:
    """Write a truth value; some write it as a number."""
    return (column if column.type().is_boolean() else column != 0).fill_null(False)  # noqa: FBT003  a column of it


def _number(value: int) -> Table:
    return ibis.literal(value, "int64")


def _somebody_untold(engine: Engine, seats: Table) -> bool:
    """Whether some request is that of nobody whom the population tells: its subject may be empty."""
    (row,) = engine.rows(seats.aggregate(least=seats.requester.min()))
    return row["least"] is not None and row["least"] < NOBODY


def _looked_over(
    engine: Engine, raw: Table, lacking: tuple[str, ...], *, subjects: bool
) -> Iterator[Problem]:
    """Count what is wrong with the rows themselves; without `subjects`, all of them have one."""
    wrong: dict[str, Any] = {
        "requests without an instant": raw["at"].isnull() & (raw[UNREAD] != "at"),
        "requests whose instant cannot be read": raw[UNREAD] == "at",
        "requests whose `open` cannot be read, counted as closed": raw[UNREAD] == "open",
    }
    if subjects:
        wrong["requests without a subject"] = raw.subject.isnull() | (raw.subject == "")
    if "tokens" not in lacking:
        wrong["requests whose tokens are not told, counted as none"] = raw.tokens.isnull()
        wrong["requests with fewer than no tokens, counted as none"] = raw.tokens < 0
        wrong["requests with more than a billion tokens, counted as none"] = (
            raw.tokens > MOST_TOKENS
        )
    columns = {
        f"c{place}": bad.ifelse(1, 0).fill_null(0).sum() for place, bad in enumerate(wrong.values())
    }
    (counts,) = engine.rows(raw.aggregate(**columns))
    for place, (what, bad) in enumerate(wrong.items()):
        if count := counts[f"c{place}"]:
            (row,) = engine.rows(raw.aggregate(example=raw.subject.min(where=bad)))
            yield Problem(what, count, row["example"] or "")
