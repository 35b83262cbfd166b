"""`writ readiness`: if a letter came tonight, who would keep working, and what to do about the rest."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from writ.cli.lines import write_file
from writ.cli.registered import ENGINE, who
from writ.errors import Failed, InvalidInput

if TYPE_CHECKING:
    from writ.clock import Instant
    from writ.law.folder import Checked
    from writ.study.coverage import Coverage
    from writ.study.readiness.report import Readiness
    from writ.study.readiness.standing import Drilled, Signers
    from writ.study.subject_lines import Lines

DRILL = Path("drill-out/scorecard.json")
HISTORY = "readiness.jsonl"


def readiness(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    orders: Annotated[
        Path | None, typer.Argument(help="folder with catalogue.yaml and the orders in force")
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="who there is: .jsonl, .parquet, .csv, or a table")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="a deployment: its orders in force, people, signers and coverage register"
        ),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="a folder of plausible orders of your own, beside ours")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="the one model of orders about one; else the hardest")
    ] = None,
    at: Annotated[str | None, typer.Option(help="the instant asked about; now if left out")] = None,
    drill: Annotated[
        Path | None, typer.Option(help=f"the scorecard of the last drill; else {DRILL}, if there")
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(help=f"where each run adds its line; with --config DATA/{HISTORY}"),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="duckdb://, postgresql://…, spark://…, sqlite://…")
    ] = ENGINE,
    out: Annotated[
        Path | None, typer.Option(help="a folder for readiness.json, readiness.html and charts")
    ] = None,
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="print the JSON Schema of a report instead")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Measure how ready you are for plausible orders, against everybody you have, and say what to do.

    Example: writ readiness orders/june-2026 --population orders/june-2026/subjects.jsonl

    One number for each order of the library: the share that would keep working at once.
    """
    try:
        from writ.study.readiness import report
    except ImportError:
        raise Failed("this needs more libraries: install `writ-ai[study]`") from None

    if schema:
        print(report.schema(), end="")
        return
    counted = _Counted(*who(population, config, engine), engine)
    place = _place(orders, config, at)
    found = _measured(place, counted, (templates, model, drill), history or place.history)
    if out is not None:
        for name, data in _files(found, report.plain(found, examples=False)).items():
            write_file(out / name, data)
    value = report.plain(found)
    print(msgspec.json.encode(value).decode() if as_json else "\n".join(report.words(found)))


@dataclass(frozen=True, slots=True)
class _Place:
    """What is in force, and what a deployment tells besides; None: nobody told."""

    base: "Checked"
    files: Mapping[str, bytes]
    at: "Instant"
    coverage: "Coverage"
    signers: "Signers | None" = None
    history: Path | None = None
    drill: "Drilled | None" = None


def _place(orders: Path | None, config: Path | None, at: str | None) -> _Place:
    from writ.clock import WallClock, parse_instant
    from writ.law.folder import check_folder, load_folder
    from writ.study.coverage import NO_REGISTER

    instant = None if at is None else parse_instant(at)
    if orders is not None and config is None:
        files = load_folder(orders)
        base = check_folder(orders, files)
        return _Place(base, files, instant or WallClock().now(), NO_REGISTER)
    if config is not None and orders is None:
        return _deployed(config, instant)
    raise InvalidInput("give a folder of orders, or --config for what a deployment has in force")


class _Person(msgspec.Struct):
    person: str
    may: list[str]
    signed: str | None
    confirmed: str | None


class _Answer(msgspec.Struct):
    at: str
    needed: int
    people: list[_Person]
    points: list[str]


class _Drill(msgspec.Struct):
    at: str
    right: bool
    requests: int
    wrong_outcomes: int
    in_force_ms: int | None


class _Results(msgspec.Struct):
    drills: list[_Drill]


def _deployed(config: Path, instant: "Instant | None") -> _Place:
    from writ.cli.client import Call, ask
    from writ.clock import parse_instant
    from writ.desk.force import read_force
    from writ.law.folder import check_sources
    from writ.model.config import read_config
    from writ.serve.site import load_trust
    from writ.study.coverage import look
    from writ.study.readiness.standing import Signer, Signers

    settings = read_config(config)
    force = read_force(ask(config, Call("GET", "/in-force")), load_trust(settings))
    force.law()
    told = msgspec.convert(ask(config, Call("GET", "/signers")), _Answer)

    def when(text: str | None) -> "Instant | None":
        return None if text is None else parse_instant(text)

    people = tuple(
        Signer(item.person, tuple(item.may), when(item.signed), when(item.confirmed))
        for item in told.people
    )
    sources = force.sources
    now = parse_instant(told.at)
    return _Place(
        check_sources(sources.files, sources.holds),
        sources.files,
        now if instant is None else instant,
        look(settings.coverage_file, told.points, now),
        Signers(told.needed, people),
        settings.folder / HISTORY,
        _recorded(config),
    )


def _recorded(config: Path) -> "Drilled | None":
    """Return the last drill that somebody signed for."""
    from writ.cli.client import Call, ask
    from writ.clock import parse_instant
    from writ.study.readiness.standing import Drilled

    drills = msgspec.convert(ask(config, Call("GET", "/results")), _Results).drills
    if not drills:
        return None
    last = max(drills, key=lambda item: parse_instant(item.at))
    measured: dict[str, float | None] = {"in_force_ms": last.in_force_ms}
    return Drilled(parse_instant(last.at), last.right, last.requests, last.wrong_outcomes, measured)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Who is counted, where what does not fit in memory goes, and by which engine."""

    source: "str | Lines"
    spill: Path | None
    engine: str


def _measured(
    place: _Place,
    counted: _Counted,
    asked: tuple[Path | None, str | None, Path | None],
    history: Path | None,
) -> "Readiness":
    """Measure, and add this run to the history."""
    from writ.study.engine import open_engine
    from writ.study.readiness.history import append, read_history
    from writ.study.readiness.library import answers_for, asks_for_largest, read_library
    from writ.study.readiness.measure import largest, measure
    from writ.study.readiness.report import Readiness
    from writ.study.readiness.standing import later, read_drill
    from writ.study.readiness.steps import Around
    from writ.study.readiness.substitutes import substitutes
    from writ.study.subject_lines import held

    (own, model, drill) = asked
    book, at = place.base.book, place.at
    before = () if history is None else read_history(history)
    if drill is not None and not drill.exists():
        raise InvalidInput(f"cannot read `{drill}`: there is no scorecard")
    last = later(read_drill(drill or DRILL), place.drill)
    around = Around(substitutes(book, at), place.coverage, place.signers, last)
    with open_engine(counted.engine, spill_to=counted.spill) as engine:
        _tell("reading the library of orders")
        source = held(engine, counted.source)
        big = largest(engine, source) if asks_for_largest(own) else ()
        answers = answers_for(book, at, model, big)
        library, left = read_library(place.base, place.files, answers, own)
        _tell("counting")
        measured = measure(engine, book, library, source, at)
    found = Readiness(book, measured, left, around)
    entry = found.entry()
    if history is not None:
        append(history, entry)
    return Readiness(book, measured, left, around, (*before, entry))


def _files(found: "Readiness", value: object) -> dict[str, bytes]:
    from writ.study.charts import evidence, readiness, standing_alone, trend
    from writ.study.page import page
    from writ.study.readiness.report import percents

    charts = {"readiness": readiness(found), "evidence": evidence(found), "trend": trend(found)}
    files = {f"{name}.svg": standing_alone(svg).encode() for name, svg in charts.items()}
    files["readiness.json"] = msgspec.json.encode(value) + b"\n"
    values = {"report": value, "percents": percents(found), **charts}
    files["readiness.html"] = page("readiness", values).encode()
    return files


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"{what} …", file=sys.stderr)
