"""What a proposal does organisation by organisation: outcomes before and after, of all there are.

1. Subjects are counted with the organisation that they act for, requests with the one that they
   stand on. The rest is with no organisation.
2. There may be a million organisations: the engine adds up, and only rows for a file are fetched one
   by one. A report tells the largest, and puts the others together.
3. Those of an organisation who fare alike with a model in a phase are one row. With a floor, an
   organisation is told apart there where each of its rows has so many subjects; all others are put
   together, with the smallest of those told apart where they would be too few.
"""

from pathlib import Path
from typing import Any

import ibis

from writ.cells import FORMULA
from writ.clock import format_instant
from writ.study.engine import Engine, Table
from writ.study.figures import OTHERS, Tallies, Tally, together
from writ.study.simulation import Simulation
from writ.study.verdicts import OUTCOMES, Verdict

TOLD = 100
"""How many organisations a report tells apart."""
NONE = "no organisation"
FILE = "organisations.csv"
HEAD = (
    "organisation", "from", "model", "before", "after", "open",
    "subjects", "requests", "tokens", "streams",
)  # fmt: skip
COUNTS = ("subjects", "requests", "tokens", "streams")
_ONE = ("name", "model", "phase")
_ROW = (*_ONE, "move")


def counted(engine: Engine, found: Simulation, floor: int) -> Table | None:
    """Count by organisation, model, phase and move; where it is not told apart it has no name.

    None: there is no phase.
    """
    if not found.phases:
        return None
    rows = _rows(engine, found)
    if floor == 1:
        return rows
    hidden = _hidden(rows, floor)
    joined = rows.left_join(hidden, [rows[name] == hidden[f"{name}_hidden"] for name in _ONE])
    put = joined.mutate(name=joined.name_hidden.isnull().ifelse(joined.name, ""))
    return engine.keep(put.group_by(_ROW).agg(**_sums(put)))


def largest(
    engine: Engine, table: Table | None, found: Simulation
) -> list[list[dict[str, Tallies]]]:
    """Return, by phase and model, what a report tells: names, `others` and who is with none."""
    if table is None:
        return []
    foremost = _foremost(engine, table)
    joined = table.left_join(foremost, [table[name] == foremost[f"{name}_told"] for name in _ONE])
    told = joined.mutate(name=joined.name_told.fill_null(""))
    sums = told.group_by(_ROW).agg(**_sums(told))
    by_place: dict[tuple[int, str], dict[str, Tallies]] = {}
    for row in engine.rows(sums):
        values = by_place.setdefault((row["phase"], row["model"]), {})
        _add(values.setdefault(row["name"] or OTHERS, {}), row)
    return [
        [_with_none(by_place.get((place, item.model), {}), item.all) for item in phase.models]
        for place, phase in enumerate(found.phases)
    ]


def write(engine: Engine, table: Table | None, found: Simulation, file: Path) -> None:
    """Write every row as CSV, no name as a formula; those that are not told apart have none."""
    if table is None:
        file.write_text(",".join(f'"{name}"' for name in HEAD) + "\n", encoding="utf-8")
        return
    starts = [format_instant(item.phase.start) for item in found.phases]
    moves = range(2 * len(OUTCOMES) ** 2)
    words = [_move(number) for number in moves]
    phases = engine.small({"place": ("number", range(len(starts))), "from": ("text", starts)})
    outcomes = engine.small(
        {
            "number": ("number", moves),
            "before": ("text", [before.outcome for before, _ in words]),
            "after": ("text", [after.outcome for _, after in words]),
            "open": ("text", [str(after.open).lower() for _, after in words]),
        }
    )
    joined = table.inner_join(phases, table.phase == phases.place)
    joined = joined.inner_join(outcomes, joined.move == outcomes.number)
    ordered = joined.order_by("phase", "model", "name", "move")
    formula = ordered.name.re_search(FORMULA)
    ordered = ordered.mutate(organisation=formula.ifelse("'" + ordered.name, ordered.name))
    engine.write_csv(ordered.select(*HEAD), file)


def _hidden(rows: Table, floor: int) -> Table:
    """Give whom a floor puts together (rule 3)."""
    each = rows.group_by(_ONE).agg(people=rows.subjects.sum(), least=rows.subjects.min())
    each = each.mutate(told=each.least >= floor)
    smallest = ibis.window(group_by=["model", "phase", "told"], order_by=[each.people, each.name])
    whole = ibis.window(group_by=["model", "phase"])
    each = each.mutate(
        few=each.told.ifelse(0, each.people).sum().over(whole),
        put=each.told.ifelse(0, 1).sum().over(whole),
        place=ibis.row_number().over(smallest),
    )
    joins = (each["put"] > 0) & (each.few < floor) & (each.place == 0)
    return each.filter(~each.told | joins).select(**{f"{name}_hidden": each[name] for name in _ONE})


def _foremost(engine: Engine, rows: Table) -> Table:
    """Name those of each model and phase whom a report tells (rule 2)."""
    each = (
        rows.filter(rows.name != "")
        .group_by(_ONE)
        .agg(**{name: rows[name].sum() for name in ("subjects", "requests")})
    )
    order = [each.subjects.desc(), each.requests.desc(), each.name]
    place = ibis.row_number().over(ibis.window(group_by=["model", "phase"], order_by=order))
    ranked = each.mutate(place=place)
    first = list(engine.rows(ranked.filter(ranked.place < TOLD).select(*_ONE)))
    kinds = {"name": "text", "model": "text", "phase": "number"}
    return engine.small(
        {f"{name}_told": (kinds[name], [row[name] for row in first]) for name in _ONE}
    )


def _rows(engine: Engine, found: Simulation) -> Table:
    """Rule 3, before any floor."""
    of_subjects = found.population.teams
    judged = _judged(engine, found)
    parts = [
        of_subjects.inner_join(
            judged,
            (of_subjects.sort == judged.of_sort)
            & (of_subjects.organisation == judged.of_organisation)
            & (judged.of_requests == 0),
        )
    ]
    if found.traffic is not None:
        asked = found.traffic.of_organisations.rename(asked="model")
        parts.append(
            asked.inner_join(
                judged,
                (asked.sort == judged.of_sort)
                & (asked.organisation == judged.of_organisation)
                & (asked.user == judged.of_user)
                & (asked.asked == judged.named)
                & (judged.of_requests == 1),
            )
        )
    first, *others = (
        part.select(
            *_ROW,
            **{
                name: part[name].cast("int64") if name in part.columns else ibis.literal(0, "int64")
                for name in COUNTS
            },
        )
        for part in parts
    )
    every = first.union(*others) if others else first
    return engine.keep(every.group_by(_ROW).agg(**_sums(every)))


def _judged(engine: Engine, found: Simulation) -> Table:
    """Write what every member gets, by phase."""
    moves = [
        (member, place, _number(*pair))
        for member in found.members
        for place, pair in enumerate(member.verdicts)
    ]
    numbers = {
        "of_sort": [member.asker.requester for member, _, _ in moves],
        "of_organisation": [member.asker.organisation for member, _, _ in moves],
        "of_requests": [int(member.named is not None) for member, _, _ in moves],
        "of_user": [member.asker.end_user for member, _, _ in moves],
        "phase": [place for _, place, _ in moves],
        "move": [move for _, _, move in moves],
    }
    texts = {
        "named": [member.named or "" for member, _, _ in moves],
        "model": [member.model for member, _, _ in moves],
    }
    return engine.small(
        {name: ("number", values) for name, values in numbers.items()}
        | {name: ("text", values) for name, values in texts.items()}
    )


def _number(before: Verdict, after: Verdict) -> int:
    places = [OUTCOMES.index(verdict.outcome) for verdict in (before, after)]
    return (places[0] * len(OUTCOMES) + places[1]) * 2 + after.open


def _move(number: int) -> tuple[Verdict, Verdict]:
    before, after = divmod(number >> 1, len(OUTCOMES))
    return Verdict(OUTCOMES[before]), Verdict(OUTCOMES[after], open=bool(number & 1))


def _sums(table: Table) -> dict[str, Table]:
    return {name: table[name].sum().cast("int64") for name in COUNTS}


def _add(tallies: Tallies, row: dict[str, Any]) -> None:
    for measure in COUNTS:
        if row[measure]:
            tallies.setdefault(measure, Tally()).add(*_move(row["move"]), row[measure])


def _with_none(values: dict[str, Tallies], everybody: Tallies) -> dict[str, Tallies]:
    """Add what is left of everybody (rule 1)."""
    rest: Tallies = {}
    for measure, tally in everybody.items():
        left = tally.without(
            *(tallies[measure] for tallies in values.values() if measure in tallies)
        )
        if left.total:
            rest[measure] = left
    return {**values, NONE: together((rest, values.get(NONE, {})))} if rest else values
