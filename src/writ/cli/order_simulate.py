"""`writ order simulate`: whom orders would hit, counted exactly, before anybody signs them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from writ.cli.progress import progress
from writ.cli.proposed import Proposed, at_deployment, load
from writ.cli.registered import ENGINE, who
from writ.errors import Failed, InvalidInput
from writ.law.catalogue import FILE
from writ.law.folder import Checked, check_sources, load_files, lying_beside, named_under
from writ.model.order import Lawbook, OrderVersion

if TYPE_CHECKING:
    from writ.study.engine import Engine
    from writ.study.simulation import Simulation


def simulate(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    orders: Annotated[
        list[Path] | None, typer.Argument(help="proposed order files, or a folder of them")
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(
            help="who there is: .jsonl, .parquet, .csv, a table; none: --config's registry"
        ),
    ] = None,
    traffic: Annotated[
        str | None, typer.Option(help="what they ask: .parquet, .csv, or a table")
    ] = None,
    in_force: Annotated[
        list[Path] | None, typer.Option(help="orders in force, files or folders; repeat it")
    ] = None,
    diff: Annotated[
        list[Path] | None, typer.Option(help="another proposal to compare with; repeat it")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="a deployment: its orders in force, and its open proposal if no orders"),
    ] = None,
    deployment: Annotated[
        str | None, typer.Option(help="as orders count at this deployment of the catalogue")
    ] = None,
    floor: Annotated[
        int | None,
        typer.Option(min=1, help="fewest people told apart: in files 10, in what is printed 1"),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="duckdb://, postgresql://…, spark://…, sqlite://…")
    ] = ENGINE,
    out: Annotated[
        Path | None, typer.Option(help="a folder for report.json, report.html and the charts")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="print a JSON Schema: simulation, population or traffic")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Count who would get what before and after, by model, phase, citizenship, organisation and plan.

    Example: writ order simulate orders/june-2026/us-bis-2026-06-12.v1.yaml --population orders/june-2026/subjects.jsonl

    Exit 0, 2 where not a word changes, 3 where a file or a table cannot be read.
    """
    try:
        from writ.study.by_organisation import counted, largest
        from writ.study.comparison import Comparison
        from writ.study.engine import open_engine
        from writ.study.figures import FLOOR
        from writ.study.report import SCHEMAS, plain, words
        from writ.study.report import schema as schema_of
        from writ.study.simulation import simulate as count
    except ImportError:
        raise Failed("this needs more libraries: install `writ-ai[study]`") from None

    if schema is not None:
        if schema not in SCHEMAS:
            raise InvalidInput(f"there is no schema `{schema}`; there are {', '.join(SCHEMAS)}")
        print(schema_of(schema), end="")
        return
    source, spill = who(population, config, engine)
    proposed = _proposed(orders or [], in_force or [], diff or [], config)
    comparison = Comparison(proposed.before, proposed.after, deployment)
    with open_engine(engine, spill_to=spill) as opened, progress(opened, silent=as_json) as tell:
        found = count(opened, comparison, source, traffic, tell)
        if out is not None:
            _write(opened, found, floor or FLOOR, out)
        if as_json:
            told = largest(opened, counted(opened, found, floor or 1), found)
            print(msgspec.json.encode(plain(found, floor or 1, told)).decode())
    if not as_json:
        print("\n".join(words(found)))


def _write(engine: "Engine", found: "Simulation", floor: int, folder: Path) -> None:
    """Write the report as JSON, as a page and as charts, and every organisation as a row."""
    from writ.study import by_organisation, charts
    from writ.study.drawn import drawn
    from writ.study.page import page
    from writ.study.report import plain

    organisations = by_organisation.counted(engine, found, floor)
    report = plain(found, floor, by_organisation.largest(engine, organisations, found))
    few, left_out = drawn(found)
    pictures = {
        "outcomes": charts.outcomes(few),
        "settling": charts.settling(few),
        "timeline": charts.timeline(few),
    }
    files = {
        f"{name}.svg": charts.standing_alone(chart).encode() for name, chart in pictures.items()
    }
    files["report.json"] = msgspec.json.encode(report) + b"\n"
    files["report.html"] = page(
        "simulation", {"report": report, "left_out": left_out, **pictures}
    ).encode()
    write_files(folder, files)
    by_organisation.write(engine, organisations, found, folder / by_organisation.FILE)


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder, made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise Failed(f"cannot write `{folder}`: {error.strerror}") from None


def _proposed(
    orders: list[Path], in_force: list[Path], diff: list[Path], config: Path | None
) -> Proposed:
    if config is not None:
        if in_force or diff:
            raise InvalidInput("with --config, what is in force is the deployment's")
        return at_deployment(config, orders)
    if not orders:
        raise InvalidInput("give order files, or --config for the open proposal")
    proposed, other, base = load(orders), load(diff), load(in_force)
    for path in (*in_force, *orders):
        base = {**_beside(path), **base}
    before = _read(orders[0], {**base, **other})
    after = _read(orders[0], {**base, **proposed})
    amended = {item.place.file for item in before.orders if _amended(item.version, after.book)}
    if amended:  # what an amendment amends comes before it on both sides
        kept = {item.place.file for item in before.orders} - amended
        earlier = {name: data for name, data in other.items() if name not in kept}
        after = _read(orders[0], {**base, **earlier, **proposed})
    return Proposed(before.book, after.book)


def _amended(version: OrderVersion, book: Lawbook) -> bool:
    """Whether another has later versions of an order, and neither this one nor an earlier."""
    there = {item.version for item in book.versions if item.order == version.order}
    return bool(there) and version.version < min(there)


def _beside(path: Path) -> dict[str, bytes]:
    """Load what orders rest on: the catalogue, groups and definitions, and no order."""
    folder = path if path.is_dir() else path.parent
    return load_files(item for item in (folder / FILE, *lying_beside(folder)) if item.is_file())


def _read(path: Path, files: dict[str, bytes]) -> Checked:
    with named_under(path if path.is_dir() else path.parent):
        return check_sources(files)
