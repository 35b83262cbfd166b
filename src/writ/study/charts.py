"""Charts of a simulation, as SVG: before and after per model, what would settle, the phases."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from writ.clock import format_instant
from writ.study.report import evidence_words
from writ.study.simulation import Simulation
from writ.study.verdicts import OUTCOMES

COLOURS = ("#4c956c", "#8ecae6", "#f4a259", "#bc4b51", "#9a9a9a")
"""One for each outcome, told apart by lightness as well."""


def outcomes(found: Simulation) -> str:
    """Draw, for each model and phase, the subjects by outcome before and after."""
    rows = [
        {
            "model": figures.model,
            "phase": format_instant(item.phase.start)[:16],
            "when": when,
            "outcome": outcome,
            "subjects": count,
        }
        for item in found.phases
        for figures in item.models
        if "subjects" in figures.all
        for side, when in enumerate(("before", "after"))
        for outcome, count in figures.all["subjects"].by(side).items()
    ]
    return bars(rows, ("subjects", "when", "phase", "model"))


def settling(found: Simulation) -> str:
    """Draw which evidence would settle how many of the undetermined, in the first phase."""
    rows = [
        {"model": figures.model, "evidence": evidence_words(evidence), "subjects": count}
        for item in found.phases[:1]
        for figures in item.models
        for (evidence, measure), count in figures.settling.items()
        if measure == "subjects" and count
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=COLOURS[2])
        .encode(
            x=alt.X("subjects:Q", title="subjects it would settle"),
            y=alt.Y("evidence:N", sort="-x", title=None, axis=alt.Axis(labelLimit=420)),
            row=alt.Row("model:N", title=None),
        )
        .properties(width=360)
    )
    return _svg(chart)


def timeline(found: Simulation) -> str:
    """Draw the subjects that keep a model at once, phase by phase."""
    rows = [
        {
            "model": figures.model,
            "phase": format_instant(item.phase.start)[:16],
            "permitted": figures.all["subjects"].by(1)["permit"],
        }
        for item in found.phases
        for figures in item.models
        if "subjects" in figures.all
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True, interpolate="step-after")
        .encode(
            x=alt.X("phase:O", title="from", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("permitted:Q", title="subjects permitted"),
            color=alt.Color("model:N", title=None),
        )
        .properties(width=420, height=180)
    )
    return _svg(chart)


def bars(rows: Sequence[Mapping[str, object]], axes: tuple[str, str, str, str]) -> str:
    """Draw stacked bars of outcomes; `axes` are the count, the bars, the columns and the rows."""
    count, bar, column, row = axes
    chart = (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_bar()
        .encode(
            x=alt.X(f"{count}:Q", title=count),
            y=alt.Y(f"{bar}:N", title=None, sort=None),
            color=alt.Color(
                "outcome:N",
                title=None,
                sort=list(OUTCOMES),
                scale=alt.Scale(domain=list(OUTCOMES), range=list(COLOURS)),
            ),
            order=alt.Order("place:Q"),
            column=alt.Column(f"{column}:N", title=None, sort=None),
            row=alt.Row(f"{row}:N", title=None, sort=None),
        )
        .transform_calculate(place=f"indexof({list(OUTCOMES)}, datum.outcome)")
        .properties(width=220, height=44)
    )
    return _svg(chart)


def _svg(chart: Any) -> str:
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return drawn
