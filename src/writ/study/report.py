"""A simulation as JSON, in the form of `data/simulation.json`, and in a few lines of words.

1. Everything is counted, nothing is estimated. Shares are for the reader to divide.
2. `digest` is that of the law as it would be with the proposal (`law_digest`), and `before` that of
   the law without it: what `writ attach` asks for. `verdict` is `complete`, `incomplete` where some rows could not be judged, or `in part`:
   of one deployment, which is not what is asked for.
3. With a floor, values and organisations of fewer people are put together or left out, and nobody is
   an example: what is written so may be shown to people who may not see the registry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TypeAlias

from writ.canonical import Plain
from writ.clock import FOREVER, format_instant
from writ.law.document import printable
from writ.law.snapshot import law_digest
from writ.law.subjects import write_values
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.study.comparison import Comparison
from writ.study.figures import ModelFigures, PhaseFigures, Tallies, Tally, at_least
from writ.study.simulation import Simulation

FOREMOST = 3
"""Organisations hit hardest, and evidence, that are said in words."""
SHOWN = 20
"""Names that a summary has."""
IN_PART = "in part"
EMBEDDED = "duckdb"
"""Where is counted unless somebody chooses."""
SCHEMAS = ("simulation", "population", "traffic")


def schema(name: str) -> str:
    """Return one of the JSON Schemas."""
    return files("writ.study").joinpath(f"data/{name}.json").read_text(encoding="utf-8")


ByOrganisation: TypeAlias = Sequence[Sequence[Mapping[str, Tallies]]]
"""Tallies of organisations by phase and model, none: they are not told."""


def plain(
    found: Simulation, floor: int = 1, organisations: ByOrganisation = ()
) -> dict[str, Plain]:
    """Write a simulation (rule 3)."""
    comparison = found.comparison
    return {
        "kind": "simulation",
        "digest": law_digest(comparison.after),
        "before": law_digest(comparison.before),
        "deployment": comparison.deployment,
        "engine": found.engine,
        "floor": floor,
        "verdict": _verdict(found),
        "summary": summary(found),
        "population": {
            "rows": found.population.rows,
            "without": list(found.population.without),
            "missing": list(found.population.missing),
        },
        "traffic": None if found.traffic is None else {"without": list(found.traffic.without)},
        "problems": [
            {
                "what": item.what,
                "count": item.count,
                "example": item.example if floor == 1 else "",
            }
            for item in found.problems
        ],
        "untouched": [name for name in comparison.models if name not in comparison.touched],
        "phases": [
            _phase(item, floor, organisations[place] if organisations else ())
            for place, item in enumerate(found.phases)
        ],
    }


def summary(found: Simulation) -> str:
    """Say in one line how many subjects fare worse, at the worst of the phases, if anything changes."""
    if not found.phases:
        return unchanged(found.comparison)
    worst = max(
        (
            figures.all["subjects"].changed(stricter=True)
            for item in found.phases
            for figures in item.models
            if "subjects" in figures.all
        ),
        default=0,
    )
    return f"stricter for up to {worst} of {found.population.rows} subjects on one model"


def unchanged(comparison: Comparison) -> str:
    """Say of a law whose rules stay what changes besides."""
    if names := comparison.renamed:
        told = ", ".join(names[:SHOWN]) + (
            f" and {more} more" if (more := len(names) - SHOWN) > 0 else ""
        )
        return f"no rule changes, and the catalogue does: {told}"
    return "no outcome changes"


def _verdict(found: Simulation) -> str:
    if found.comparison.deployment is not None:
        return IN_PART
    return "incomplete" if found.problems else "complete"


def _phase(item: PhaseFigures, floor: int, organisations: Sequence[Mapping[str, Tallies]]) -> Plain:
    phase = item.phase
    return {
        "from": format_instant(phase.start),
        "until": None if phase.until >= FOREVER else format_instant(phase.until),
        "orders": [{"order": order, "version": version} for order, version in phase.orders],
        "changes": phase.changes,
        "models": [
            _model(
                figures,
                {**figures.by, **({"organisation": organisations[place]} if organisations else {})},
                floor,
            )
            for place, figures in enumerate(item.models)
        ],
    }


def _model(figures: ModelFigures, by: Mapping[str, Mapping[str, Tallies]], floor: int) -> Plain:
    many = {hit.organisation for hit in figures.hit.get("subjects", ()) if hit.count >= floor}
    return {
        "model": figures.model,
        "all": _tallies(figures.all),
        "by": {
            dimension: [
                {"value": value, **_tallies(tallies)}
                for value, tallies in sorted(at_least(values, floor).items())
            ]
            for dimension, values in by.items()
        },
        "settling": [
            {"evidence": [settlement_plain(item) for item in evidence], measure: count}
            for (evidence, measure), count in sorted(
                figures.settling.items(), key=lambda item: (-item[1], str(item[0]))
            )
            if count
        ],
        "organisations": {
            measure: {
                "hit": figures.organisations[measure],
                "hardest": [
                    {"id": hit.organisation, "count": hit.count}
                    for hit in hits
                    if floor == 1 or hit.organisation in many
                ],
            }
            for measure, hits in figures.hit.items()
        },
        "switched_off": {
            measure: {"lost": lost(tally), "lost_by_order": tally.changed(stricter=True)}
            for measure, tally in figures.all.items()
        },
    }


def lost(tally: Tally) -> int:
    """Count what would be lost if the model were switched off for everybody."""
    before = tally.by(0)
    return before["permit"] + before["substitute"]


def _tallies(tallies: Tallies) -> dict[str, Plain]:
    return {measure: _tally(tally) for measure, tally in tallies.items()}


def _tally(tally: Tally) -> Plain:
    return {
        "before": tally.by(0),
        "after": tally.by(1),
        "stricter": tally.changed(stricter=True),
        "easier": tally.changed(stricter=False),
        "barred": tally.barred,
        "undetermined": tally.undetermined,
        "moves": [
            {"before": before, "after": after, "count": count}
            for (before, after), count in sorted(tally.moves.items())
            if before != after and count
        ],
    }


def settlement_plain(item: Settlement) -> Plain:
    """Write what would settle somebody; a complete list has what is known of them besides."""
    return {
        "link": item.link,
        "attribute": item.attribute,
        "value": write_values(item.attribute, tuple(Value(parts) for parts in item.values)),
        "completeness": item.completeness,
        "assurance": f"A{item.assurance}",
        "methods": list(item.methods),
        **({"subject": item.subject} if item.subject else {}),
    }


def words(found: Simulation) -> Iterator[str]:
    """Say the most of it in a few lines."""
    for item in found.phases:
        named = ", ".join(f"{order} v{version}" for order, version in item.phase.orders)
        yield f"from {format_instant(item.phase.start)}: {named or 'nothing of the proposal'}"
        for figures in item.models:
            for measure, tally in figures.all.items():
                if sum(tally.moves.values()):
                    yield f"  {figures.model}, {measure}: {_tally_words(tally)}"
            yield from _more(figures)
    if not found.phases:
        yield unchanged(found.comparison)
    yield from _place(found)
    untouched = len(found.comparison.models) - len(found.comparison.touched)
    yield f"{untouched} other models: nothing changes"
    for what, lacking in _lacking(found):
        yield f"{what} has no {', '.join(lacking)}"
    yield from found.population.missing
    for problem in found.problems:
        example = f" (such as {printable(problem.example)})" if problem.example else ""
        yield f"{problem.count} {problem.what}{example}"


def _place(found: Simulation) -> Iterator[str]:
    """Say at which deployment it is so, where that makes a difference, and who counted."""
    comparison = found.comparison
    if found.engine != EMBEDDED:
        yield f"counted by {found.engine}"
    places = {**comparison.before.catalogue.deployments, **comparison.after.catalogue.deployments}
    if comparison.deployment is not None:
        yield f"so it is at {comparison.deployment}; activation asks for all deployments"
    elif places:
        yield f"wherever it is served; --deployment counts one of {', '.join(sorted(places))}"


def _lacking(found: Simulation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say which columns were not there, where any were not."""
    if found.population.without:
        yield "the population", found.population.without
    if found.traffic is not None and found.traffic.without:
        yield "the log", found.traffic.without


def _tally_words(tally: Tally) -> str:
    before, after = tally.by(0), tally.by(1)
    told = [
        f"{outcome} {before[outcome]} -> {after[outcome]}"
        for outcome in before
        if before[outcome] or after[outcome]
    ]
    return f"{'; '.join(told)}; barred {tally.barred}, undetermined {tally.undetermined}"


def _more(figures: ModelFigures) -> Iterator[str]:
    subjects = figures.all.get("subjects")
    if subjects and lost(subjects):
        yield (
            f"    switched off for everybody it would be {lost(subjects)} subjects,"
            f" and is {subjects.changed(stricter=True)}"
        )
    if hits := figures.hit.get("subjects"):
        told = ", ".join(f"{printable(hit.organisation)} {hit.count}" for hit in hits[:FOREMOST])
        yield f"    hit hardest of {figures.organisations['subjects']} organisations: {told}"
    ranked = [
        (count, evidence)
        for (evidence, measure), count in figures.settling.items()
        if measure == "subjects" and count
    ]
    for count, evidence in sorted(ranked, key=lambda item: -item[0])[:FOREMOST]:
        yield f"    {count} could be settled: {evidence_words(evidence)}"
    streams = figures.all.get("streams")
    if streams and streams.changed(stricter=True):
        yield f"    {streams.changed(stricter=True)} open streams would be cut"


def evidence_words(evidence: Iterable[Settlement]) -> str:
    """Say which evidence, in short."""
    told = [
        f"{'an owner or parent of the ' if item.subject else ''}{item.link} shows {item.attribute} {_shown(item)} (A{item.assurance})"
        for item in evidence
    ]
    return " and ".join(told) or "by no evidence of theirs"


def _shown(item: Settlement) -> str:
    values = "/".join("-".join(filter(None, parts)) for parts in item.values)
    if item.completeness != "exhaustive":
        return values
    return f"in full, with {values}" if values else "in full"
