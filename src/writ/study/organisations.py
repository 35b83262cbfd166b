"""The organisations that a proposal hits hardest: whose people and requests fare worse most often.

Added up by the engine from what was counted; only the first few are fetched.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ibis

from writ.study.engine import Engine, Table
from writ.study.figures import Hit, PhaseFigures
from writ.study.population import Population
from writ.study.traffic import Asker, Traffic
from writ.study.verdicts import Verdict

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an organisation, as far as outcomes go; `named` is the model as the log has it.

    `asker` has the requester's sort for its class; without `named` they are its subjects.
    """

    asker: Asker
    named: str | None
    model: str
    verdicts: tuple[tuple[Verdict, Verdict], ...]
    """Before and after, in every phase."""

    @property
    def hit(self) -> tuple[bool, ...]:
        """In which phases they fare worse."""
        return tuple(before.stricter(after) for before, after in self.verdicts)


def hardest_hit(
    engine: Engine,
    population: Population,
    traffic: Traffic | None,
    phases: Sequence[PhaseFigures],
    members: Iterable[Member],
) -> None:
    """Rank organisations in every phase and for every model."""
    found = [item for item in members if any(item.hit)]
    subjects = [item for item in found if item.named is None]
    if subjects:
        table = population.teams
        hits = _table(engine, subjects, len(phases))
        joined = table.inner_join(
            hits, (table.sort == hits.hits_sort) & (table.organisation == hits.hits_organisation)
        )
        _rank(engine, joined, phases, "subjects")
    requests = [item for item in found if item.named is not None]
    if requests and traffic is not None:
        table = traffic.of_organisations
        hits = _table(engine, requests, len(phases))
        joined = table.inner_join(
            hits,
            (table.sort == hits.hits_sort)
            & (table.organisation == hits.hits_organisation)
            & (table.user == hits.hits_end_user)
            & (table.model == hits.hits_named),
        )
        _rank(engine, joined, phases, "requests")


def _table(engine: Engine, hitting: Sequence[Member], phases: int) -> Table:
    columns: dict[str, tuple[str, list[object]]] = {
        "sort": ("number", [item.asker.requester for item in hitting]),
        "organisation": ("number", [item.asker.organisation for item in hitting]),
        "end_user": ("number", [item.asker.end_user for item in hitting]),
        "named": ("text", [item.named for item in hitting]),
        "canonical": ("text", [item.model for item in hitting]),
    }
    for place in range(phases):
        columns[f"hit_{place}"] = ("number", [int(item.hit[place]) for item in hitting])
    return engine.small(columns).rename(
        {f"hits_{name}": name for name in ("sort", "organisation", "end_user", "named")}
    )


def _rank(engine: Engine, joined: Table, phases: Sequence[PhaseFigures], measure: str) -> None:
    sums = {
        f"hit_{place}": (joined[f"hit_{place}"] * joined[measure]).sum().cast("int64")
        for place in range(len(phases))
    }
    grouped = joined.group_by("name", "canonical").agg(**sums)
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for row in engine.rows(_foremost(grouped, len(phases))):
        for place in range(len(phases)):
            if row[f"hit_{place}"] and row[f"rank_{place}"] < SHOWN:
                found[place, row["canonical"]].append(row)
    for place, phase in enumerate(phases):
        for figures in phase.models:
            rows = found[place, figures.model]
            rows.sort(key=lambda row: row[f"rank_{place}"])
            figures.hit[measure] = [Hit(row["name"], row[f"hit_{place}"]) for row in rows]
            figures.organisations[measure] = rows[0][f"all_{place}"] if rows else 0


def _foremost(grouped: Table, phases: int) -> Table:
    """Select who is among the first in any phase, in one pass: an engine is asked once."""
    columns = {}
    for place in range(phases):
        column = grouped[f"hit_{place}"]
        order = ibis.window(group_by=grouped.canonical, order_by=[column.desc(), grouped.name])
        whole = ibis.window(group_by=grouped.canonical)
        columns[f"rank_{place}"] = ibis.row_number().over(order)
        columns[f"all_{place}"] = ibis.ifelse(column > 0, 1, 0).sum().over(whole).cast("int64")
    ranked = grouped.mutate(**columns)
    first = [
        (ranked[f"rank_{place}"] < SHOWN) & (ranked[f"hit_{place}"] > 0) for place in range(phases)
    ]
    return ranked.filter(reduce(or_, first))
