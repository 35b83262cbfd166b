"""The organisations that a proposal hits hardest: whose people and requests fare worse most often.

Added up by the engine from what was counted; only the first few are fetched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from writ.study.engine import Engine, Table
from writ.study.figures import Hit, PhaseFigures
from writ.study.population import Population
from writ.study.traffic import Asker, Traffic

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Hitting:
    """A class that fares worse with a model; `named` as the log has it, None: its subjects do."""

    asker: Asker
    named: str | None
    model: str
    hit: tuple[bool, ...]
    """In which phases."""


def hardest_hit(
    engine: Engine,
    population: Population,
    traffic: Traffic | None,
    phases: Sequence[PhaseFigures],
    hitting: Iterable[Hitting],
) -> None:
    """Rank organisations in every phase and for every model."""
    found = list(hitting)
    subjects = [item for item in found if item.named is None]
    if subjects:
        table = population.alike
        hits = _table(engine, subjects, len(phases))
        joined = table.filter(table.name.notnull()).inner_join(
            hits,
            (table.number == hits.hits_requester) & (table.organisation == hits.hits_organisation),
        )
        _rank(engine, joined, phases, "subjects")
    requests = [item for item in found if item.named is not None]
    if requests and traffic is not None:
        columns = ("name", "requester", "organisation", "model", "requests")
        first, *others = (  # Spark keeps a number that is the same throughout in fewer bits
            part.select(*columns, user=part.user.cast("int64")) for part in traffic.parts
        )
        table = first.union(*others) if others else first
        hits = _table(engine, requests, len(phases))
        joined = table.filter(table.name.notnull()).inner_join(
            hits,
            (table.requester == hits.hits_requester)
            & (table.organisation == hits.hits_organisation)
            & (table.user == hits.hits_end_user)
            & (table.model == hits.hits_named),
        )
        _rank(engine, joined, phases, "requests")


def _table(engine: Engine, hitting: Sequence[Hitting], phases: int) -> Table:
    columns: dict[str, tuple[str, list[object]]] = {
        "requester": ("number", [item.asker.requester for item in hitting]),
        "organisation": ("number", [item.asker.organisation for item in hitting]),
        "end_user": ("number", [item.asker.end_user for item in hitting]),
        "named": ("text", [item.named for item in hitting]),
        "canonical": ("text", [item.model for item in hitting]),
    }
    for place in range(phases):
        columns[f"hit_{place}"] = ("number", [int(item.hit[place]) for item in hitting])
    distinct = engine.small(columns)
    return distinct.distinct().rename(
        {f"hits_{name}": name for name in ("requester", "organisation", "end_user", "named")}
    )


def _rank(engine: Engine, joined: Table, phases: Sequence[PhaseFigures], measure: str) -> None:
    sums = {
        f"hit_{place}": (joined[f"hit_{place}"] * joined[measure]).sum().cast("int64")
        for place in range(len(phases))
    }
    grouped = engine.keep(joined.group_by("name", "canonical").agg(**sums))
    for place, phase in enumerate(phases):
        column = grouped[f"hit_{place}"]
        for figures in phase.models:
            ours = grouped.filter((grouped.canonical == figures.model) & (column > 0))
            ranked = ours.select(id=ours.name, count=column, hit=ours.count().over())
            first = ranked.order_by(ranked["count"].desc(), ranked.id).limit(SHOWN)
            rows = list(engine.rows(first))
            figures.hit[measure] = [Hit(row["id"], row["count"]) for row in rows]
            figures.organisations[measure] = rows[0]["hit"] if rows else 0
