"""`writ order export`: the orders in force, for an engine that is not ours."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.private import create_private
from writ.clock import format_instant, parse_instant
from writ.errors import Failed, InvalidInput, Refused
from writ.law.compiled.places import deployment_named
from writ.law.folder import read_folder
from writ.law.request import read_people, read_subjects


def export(  # noqa: PLR0913  one parameter per option of the command
    orders: Annotated[Path, typer.Argument(help="folder with catalogue.yaml and orders")],
    at: Annotated[str, typer.Option(help="the legal instant, with zone")],
    out: Annotated[Path, typer.Option(help="a new folder for policies, schema, entities, note")],
    subjects: Annotated[
        Path | None, typer.Option(help="who there is, as JSONL; default: the folder's own")
    ] = None,
    deployment: Annotated[
        str | None, typer.Option(help="as orders count at this deployment of the catalogue")
    ] = None,
    *,
    cedar: Annotated[bool, typer.Option("--cedar", help="for Cedar, the one there is")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Write policies that permit exactly where the orders in force at an instant do.

    Example: writ order export orders/june-2026 --cedar --at 2026-07-01T00:00:00Z --out cedar

    Exit 0, 2 where a model could not be said and is refused to everybody, 3 bad input.
    """
    from writ.study.cedar import export as exported

    if not cedar:
        raise InvalidInput("say for which engine: --cedar")
    instant = parse_instant(at)
    book = read_folder(orders)
    people = read_people(orders) if subjects is None else read_subjects(subjects)
    found = exported(book, people.values(), instant, deployment_named(book, deployment))
    try:
        out.mkdir(mode=0o700, parents=True)  # what is known of people is for nobody else to read
        for name, data in found.files.items():
            with create_private(out / name) as file:
                file.write(data)
    except OSError as error:
        raise Failed(f"cannot write `{out}`: {error.strerror}") from None
    if as_json:
        plain = {
            "at": format_instant(instant),
            "deployment": deployment,
            "subjects": len(people),
            "exported": found.exported,
            "refused": found.refused,
            "files": sorted(found.files),
        }
        print(msgspec.json.encode(plain).decode())
    else:
        where = f", for {deployment}" if deployment else ""
        print(f"{out}: {len(people)} subjects at {format_instant(instant)}{where}")
        for model in found.exported:
            print(f"  {model}")
        for model, why in found.refused.items():
            print(f"  {model} is refused to everybody: {why}")
    return Refused.exit_code if found.refused else 0
