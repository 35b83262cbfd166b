"""What a proposal would do, counted to the last subject and request.

1. The population is classed, the log is counted by class, each class is judged on both sides of
   every phase (see `writ.study.verdicts`), and the counts are added up.
2. What a request counts as is what it would get if it were made in the phase. The log says how much
   of what is asked, not when.
3. Nothing is left out: whoever cannot be judged is counted as such, on both sides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from writ.errors import Refused
from writ.model.subject import Subject
from writ.study.classes import NOBODY, UNKNOWN, UNTOLD, WHY, Classes, lists_of, thresholds
from writ.study.comparison import Comparison
from writ.study.engine import Engine
from writ.study.figures import ModelFigures, PhaseFigures
from writ.study.organisations import Member, hardest_hit
from writ.study.population import NOTHING, Population, Problem, an_orphan, read_population
from writ.study.subject_lines import Lines, held
from writ.study.traffic import (
    Asker,
    Counted,
    Traffic,
    a_stranger,
    counted,
    out_of_order,
    read_traffic,
)
from writ.study.verdicts import Verdict, Verdicts

MODELS = 20
"""Unknown models that are told one by one."""
UNNAMED = "nobody named"


@dataclass(frozen=True, slots=True)
class Simulation:
    """Everything that was found."""

    comparison: Comparison
    population: Population
    traffic: Traffic | None
    problems: tuple[Problem, ...]
    phases: tuple[PhaseFigures, ...]
    members: tuple[Member, ...]
    engine: str
    """Where it was counted."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Subjects, or requests for a model alike; `named` is its name as asked, None: subjects."""

    asker: Asker
    plan: str | None
    model: str | None
    named: str | None
    counts: Mapping[str, int]


def simulate(
    engine: Engine,
    comparison: Comparison,
    source: str | Lines,
    traffic_name: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Simulation:
    """Simulate a proposal over a population; `tell` is told what is being done."""
    if not comparison.phases and comparison.says_the_same:
        raise Refused("nothing changes: orders in force say these very words")
    classes = Classes(comparison.asked())
    lists = lists_of(comparison.compiled)
    instants = [phase.start for phase in comparison.phases]
    edges = thresholds(comparison.compiled, instants)
    tell("reading the population")
    population = read_population(engine, held(engine, source), classes, lists, edges)
    units, traffic = list(_subjects(engine, population)), None
    problems = [*population.problems, *_untold(units, "subjects", an_orphan(engine, population))]
    if traffic_name is not None:
        tell("reading the traffic")
        unlisted = _strangers(classes, lists)
        traffic, requests, wrong = _log(engine, traffic_name, population, comparison, unlisted)
        units += requests
        problems += wrong
    tell("judging")
    verdicts = Verdicts(classes)
    phases = tuple(
        PhaseFigures(
            phase,
            tuple(_figures(verdicts, place, model, units) for model in comparison.touched),
        )
        for place, phase in enumerate(comparison.phases)
    )
    tell("ranking organisations")
    members = tuple(_members(verdicts, comparison, units))
    hardest_hit(engine, population, traffic, phases, members)
    return Simulation(
        comparison, population, traffic, tuple(problems), phases, members, engine.place
    )


def _subjects(engine: Engine, population: Population) -> Iterator[Unit]:
    table = population.alike
    total = table.subjects.sum().cast("int64")
    grouped = table.group_by("number", "organisation", "plan").agg(subjects=total)
    for row in engine.rows(grouped):
        asker = Asker(row["number"], row["organisation"], NOBODY)
        yield Unit(asker, population.plan(row["plan"]), None, None, {"subjects": row["subjects"]})


def _log(
    engine: Engine,
    name: str,
    population: Population,
    comparison: Comparison,
    unlisted: Mapping[str | None, int],
) -> tuple[Traffic, list[Unit], list[Problem]]:
    """Count a log; organisations are told of the models whose rules change."""
    names = {**comparison.before.catalogue.names, **comparison.after.catalogue.names}
    told = [known for known, model in names.items() if model in comparison.touched]
    with ThreadPoolExecutor(1) as beside:  # an engine leaves a processor idle now and then
        order = beside.submit(out_of_order, name)
        traffic = read_traffic(engine, name, population, unlisted, told)
        problems = [*traffic.problems, *order.result()]
    requests = list(_requests(counted(engine, traffic, population), names))
    unknown = any(UNKNOWN in _numbers(unit) for unit in requests)
    stranger = a_stranger(engine, traffic, population) if unknown else ""
    problems += _untold(requests, "requests", stranger)
    problems += _unknown_models(requests)
    problems += [] if requests else [Problem(f"requests in the log: {NOTHING}", 0, "")]
    return traffic, requests, problems


def _requests(found: Iterable[Counted], names: Mapping[str, str]) -> Iterator[Unit]:
    for item in found:
        counts = {"requests": item.requests, "tokens": item.tokens, "streams": item.streams}
        yield Unit(item.asker, item.plan, names.get(item.model), item.model, counts)


def _strangers(classes: Classes, lists: Mapping[str, int]) -> dict[str | None, int]:
    """Number people whom nobody registered: those that a list names by their id, all others by None."""
    first: dict[int, int] = {}
    numbers: dict[str | None, int] = {None: classes.of(Subject("\0stranger", "person"))}
    for name, place in lists.items():
        if place not in first:
            first[place] = classes.of(Subject(name, "person"))
        numbers[name] = first[place]
    return numbers


def _untold(units: Iterable[Unit], measure: str, stranger: str = "") -> Iterator[Problem]:
    """Count who cannot be judged, or is refused for no rule's sake."""
    counts: dict[str, int] = {}
    for unit in units:
        for number in _numbers(unit):
            if number < NOBODY:
                counts[WHY[number]] = counts.get(WHY[number], 0) + unit.counts[measure]
    for why, count in sorted(counts.items()):
        example = stranger if why == WHY[UNKNOWN] else ""
        yield Problem(f"{measure} that stand on {why}", count, example)


def _numbers(unit: Unit) -> set[int]:
    return {unit.asker.requester, unit.asker.organisation, unit.asker.end_user}


def _unknown_models(units: Iterable[Unit]) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for unit in units:
        if unit.model is None and unit.named is not None:
            counts[unit.named] = counts.get(unit.named, 0) + unit.counts["requests"]
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for name, count in ranked[:MODELS]:
        yield Problem("requests for a model that no catalogue has", count, name)
    if more := sum(count for _, count in ranked[MODELS:]):
        yield Problem("requests for other models that no catalogue has", more, "")


def _figures(verdicts: Verdicts, place: int, model: str, units: Iterable[Unit]) -> ModelFigures:
    """Add up one model in one phase."""
    found = ModelFigures(model)
    for unit in units:
        if unit.named is None or unit.model == model:
            before, after = _pair(verdicts, place, model, unit.asker)
            found.add(_labels(verdicts, unit), (before, after), unit.counts)
            if after.open and after.outcome != "permit":
                evidence = verdicts.settling(unit.asker, 2 * place + 1, model)
                for measure, count in unit.counts.items():
                    found.settling[evidence, measure] += count
    return found


def _pair(verdicts: Verdicts, place: int, model: str, asker: Asker) -> tuple[Verdict, Verdict]:
    return verdicts.of(asker, 2 * place, model), verdicts.of(asker, 2 * place + 1, model)


def _labels(verdicts: Verdicts, unit: Unit) -> dict[str, str]:
    """Say what is known of the person whom a chain names, and the plan."""
    asker, classes = unit.asker, verdicts.classes
    person = next(
        (
            classes[number]
            for number in (asker.end_user, asker.requester)
            if number > NOBODY and classes[number].subject.kind == "person"
        ),
        None,
    )
    return {
        "citizenship": UNNAMED if person is None else person.citizenship,
        "residence": UNNAMED if person is None else person.residence,
        "plan": UNTOLD if unit.plan is None else unit.plan,
    }


def _members(verdicts: Verdicts, comparison: Comparison, units: Iterable[Unit]) -> Iterator[Member]:
    """Give what outcomes of organisations are made of: whoever is alike in them once."""
    seen = set[tuple[Asker, str | None]]()
    for unit in units:
        asker = replace(unit.asker, requester=verdicts.classes.sort(unit.asker.requester))
        if (asker, unit.named) in seen:
            continue
        seen.add((asker, unit.named))
        for model in comparison.touched if unit.named is None else (unit.model,):
            if model is not None and model in comparison.touched:
                pairs = (
                    _pair(verdicts, place, model, unit.asker)
                    for place in range(len(comparison.phases))
                )
                yield Member(asker, unit.named, model, tuple(pairs))
