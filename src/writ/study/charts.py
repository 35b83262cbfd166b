"""Charts of what was counted, as SVG.

1. Of a simulation: before and after per model, what would settle, the phases.
2. Of readiness: how each plausible order would leave people, what asking now would raise, the trend.
3. Of a proof: each property of each model, and how it is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from writ.clock import format_instant
from writ.model.decision import Settlement
from writ.study.figures import ModelFigures
from writ.study.proof.picture import METHODS
from writ.study.readiness.measure import STANDINGS
from writ.study.readiness.report import Readiness
from writ.study.readiness.steps import evidence_words as asked_words
from writ.study.readiness.steps import steps
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
    """Draw which evidence would settle how many, of each model in the phase that leaves most open."""
    worst: dict[str, ModelFigures] = {}
    for figures in (figures for item in found.phases for figures in item.models):
        if _open(figures) > _open(worst.get(figures.model)):
            worst[figures.model] = figures
    rows = [
        {
            "model": model,
            "subjects": count,
            "place": place,
            "evidence": f"{count:,}: {evidence_words(evidence)}",
        }
        for model, figures in sorted(worst.items())
        for place, (evidence, count) in enumerate(_foremost(figures))
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("place:O", title=None, axis=None),
        x=alt.X("subjects:Q", title="subjects", axis=alt.Axis(grid=False, format="~s")),
    )
    label = base.mark_text(align="left", dx=4, color=_INK, limit=_SETTLING).encode(
        text="evidence:N"
    )
    drawn = (base.mark_bar(color=COLOURS[2]) + label).properties(width=220, height=alt.Step(20))
    facets = drawn.facet(row=alt.Row("model:N", title=None, header=_ABOVE))
    return _svg(_plain(facets.resolve_scale(y="independent"), right=_SETTLING))


def _open(figures: ModelFigures | None) -> int:
    """How many subjects some evidence may settle yet."""
    tally = None if figures is None else figures.all.get("subjects")
    return 0 if tally is None else tally.undetermined


def _foremost(figures: ModelFigures) -> Iterable[tuple[tuple[Settlement, ...], int]]:
    """Return what would settle most subjects, and how many."""
    found = [
        (evidence, count)
        for (evidence, measure), count in figures.settling.items()
        if measure == "subjects" and count
    ]
    return sorted(found, key=lambda item: (-item[1], str(item[0])))[:EVIDENCE]


def timeline(found: Simulation) -> str:
    """Draw the subjects that keep a model at once: before, and phase by phase."""
    rows = [
        {"model": figures.model, "phase": phase, "permitted": tally.by(side)["permit"]}
        for place, item in enumerate(found.phases)
        for figures in item.models
        if (tally := figures.all.get("subjects")) is not None
        for side, phase in enumerate(("before", format_instant(item.phase.start)[:16]))
        if side or not place
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True, interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X("phase:O", title="from", sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("permitted:Q", title="subjects permitted", axis=alt.Axis(format="~s")),
            color=alt.Color("model:N", title=None),
            strokeDash=alt.StrokeDash("model:N", title=None),
        )
        .properties(width=alt.Step(120), height=180)
    )
    return _svg(_plain(chart))


def bars(rows: Sequence[Mapping[str, object]], axes: tuple[str, str, str, str]) -> str:
    """Draw stacked bars of outcomes; `axes` are the count, the bars, the columns and the rows."""
    count, bar, column, row = axes
    chart = (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_bar()
        .encode(
            x=alt.X(f"{count}:Q", title=count, axis=alt.Axis(tickCount=4, format="~s")),
            y=alt.Y(f"{bar}:N", title=None, sort=None),
            color=alt.Color(
                "outcome:N",
                title=None,
                sort=list(OUTCOMES),
                scale=alt.Scale(domain=list(OUTCOMES), range=list(COLOURS)),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("place:Q"),
            column=alt.Column(f"{column}:N", title=None, sort=None, header=_INKED),
            row=alt.Row(f"{row}:N", title=None, sort=None, header=_ASIDE),
        )
        .transform_calculate(place=f"indexof({list(OUTCOMES)}, datum.outcome)")
        .properties(width=170, height=44)
    )
    return _svg(_plain(chart))


SAID = ("keep working", "with a substitute", "have to verify", "barred", "cannot be judged")
"""What standings are called, in their order."""


def readiness(found: Readiness) -> str:
    """Draw how each plausible order would leave the accounts served today."""
    rows = [
        {"order": reading.plausible.name, "standing": said, "share": counts[standing] / total}
        for reading in found.measured.readings
        if (total := reading.served) and (counts := reading.counts())
        for standing, said in zip(STANDINGS, SAID, strict=True)
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="of the accounts served today", axis=_PERCENT),
            y=alt.Y("order:N", title=None, sort=None),
            color=alt.Color(
                "standing:N",
                title=None,
                sort=list(SAID),
                scale=alt.Scale(domain=list(SAID), range=list(COLOURS)),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("place:Q"),
        )
        .transform_calculate(place=f"indexof({list(SAID)}, datum.standing)")
        .properties(width=520, height=alt.Step(26))
    )
    return _svg(_plain(chart))


def evidence(found: Readiness) -> str:
    """Draw, for each plausible order, what the best single thing to ask for would raise."""
    best: dict[str, tuple[float, float, str]] = {}
    for step in steps(found.measured, found.around):
        for gain in step.gains:
            said = f"{step.accounts:,}: {asked_words(step.evidence)}"
            best[gain.template] = max(
                best.get(gain.template, (0.0, 0.0, "")), (gain.after, gain.before, said)
            )
    rows = [
        {"order": name, "after": after, "before": before, "ask": said}
        for name, (after, before, said) in best.items()
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("order:N", title=None, sort="-x"))
    x = alt.X("after:Q", title="readiness, now and then", axis=_PERCENT, scale=_WHOLE)
    then = base.mark_bar(color=COLOURS[1]).encode(x=x)
    now = base.mark_bar(color=COLOURS[0]).encode(x=alt.X("before:Q"))
    label = base.mark_text(align="left", dx=4, color=_INK, limit=_ASKED).encode(
        x="after:Q", text="ask:N"
    )
    drawn = (then + now + label).properties(width=420, height=alt.Step(26))
    return _svg(_plain(drawn, right=_ASKED))


def trend(found: Readiness) -> str:
    """Draw the readiness of every run, order by order."""
    rows = [
        {"at": format_instant(entry.at), "order": name, "share": float(share)}
        for entry in found.history
        for name, share in entry.readiness.items()
        if share is not None
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("at:T", title="UTC", scale=alt.Scale(type="utc")),
            y=alt.Y("share:Q", title="keep working", axis=_PERCENT, scale=_WHOLE),
            color=alt.Color("order:N", title=None),
            shape=alt.Shape("order:N", legend=None),
        )
        .properties(width=520, height=200)
    )
    return _svg(_plain(chart))


def proof(cells: Sequence[Mapping[str, str]]) -> str:
    """Draw properties by models; yes or no stands in each cell, its colour says how it is known."""
    properties = list(dict.fromkeys(cell["property"] for cell in cells))
    base = alt.Chart(alt.Data(values=list(cells))).encode(
        x=alt.X(
            "property:N", sort=properties, title=None, axis=alt.Axis(orient="top", labelAngle=-35)
        ),
        y=alt.Y("model:N", sort=None, title=None),
    )
    boxes = base.mark_rect(stroke="#fff", strokeWidth=2, cornerRadius=4).encode(
        color=alt.Color(
            "method:N",
            title=None,
            scale=alt.Scale(domain=list(METHODS), range=list(_METHOD_COLOURS)),
            legend=alt.Legend(orient="bottom", columns=3),
        )
    )
    words = base.mark_text(color="#111").encode(text="said:N")
    drawn = (boxes + words).properties(width=alt.Step(64), height=alt.Step(30))
    return _svg(_plain(drawn, right=48))


_METHOD_COLOURS = ("#8cc5a2", "#a9d3ea", "#f2d8a7", "#d3cde6", "#e4e6e8", "#ef9a94")
_PERCENT = alt.Axis(format="%")
_WHOLE = alt.Scale(domain=[0, 1])
_INK = "currentColor"
_INKED = alt.Header(labelColor=_INK)
_ABOVE = alt.Header(labelColor=_INK, labelOrient="top", labelAnchor="start", labelFontWeight="bold")
_ASIDE = alt.Header(labelColor=_INK, labelAngle=0, labelAlign="left", labelPadding=24)
_ASKED = 330
"""Pixels that the words beside a bar may take."""
_SETTLING = 560
"""The same, of what would settle: it may be asked of several people."""
EVIDENCE = 8
"""What would settle that is drawn, of each model."""


def standing_alone(svg: str) -> str:
    """Make a chart drawn in a page's own ink readable without the page."""
    head, _, rest = svg.partition(">")
    return f'{head} color="#222">\n<rect width="100%" height="100%" fill="#fff"/>{rest}'


def _plain(chart: Any, right: int = 24) -> Any:
    """Draw in the ink of the page that the chart stands in, be it light or dark."""
    axis = {"labelColor": _INK, "titleColor": _INK, "tickColor": _INK, "domainColor": _INK}
    return (
        chart.configure(
            background="transparent", padding={"left": 24, "right": right, "top": 4, "bottom": 4}
        )
        .configure_view(stroke=None)
        .configure_axis(**axis, gridColor="#88888844", labelLimit=240)
        .configure_legend(labelColor=_INK, labelLimit=240, columnPadding=24)
    )


def _svg(chart: Any) -> str:
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return drawn
