"""`writ determinations`: what an employer determined of its people, in a file that it signs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.client import Call, ask
from writ.cli.lines import read_file, write_file
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from writ.people.employers.roster import Row

app = typer.Typer(no_args_is_help=True, help="Files of determinations: checked, signed, imported.")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="CSV, a person a row")], *, as_json: AsJson = False
) -> None:
    """Check a file, without a deployment: every fault at its line.

    Example: writ determinations check staff.csv
    """
    rows = _rows(file, read_file(file), "-")
    left = sum(row.said is None for row in rows)
    value = {"people": len(rows), "left": left}
    show(value, f"{file}: {len(rows)} people, {left} of them left", as_json=as_json)


@app.command("sign")
def sign(
    file: Annotated[Path, typer.Argument(help="CSV, a person a row")],
    organisation: Annotated[str, typer.Option(help="whose file it is, as the operator calls you")],
    key: Annotated[Path, typer.Option("--key", help="the employer's private key")],
    *,
    no_eligibility_data: Annotated[
        bool,
        typer.Option("--no-eligibility-data", help="nothing of Form I-9 or E-Verify was used"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a file and sign for it; the signature lies beside it, as FILE.sig.

    Example: writ determinations sign staff.csv --organisation acme --key acme-hr.key
    --no-eligibility-data

    With --no-eligibility-data you declare that nothing of Form I-9 or E-Verify was used for it. US
    law keeps that for itself, so a file is not signed without.
    """
    from writ.people.employers.roster import sign_roster
    from writ.signing.keys import KeyPair

    data = read_file(file)
    rows = _rows(file, data, organisation)
    if not no_eligibility_data:
        raise InvalidInput("declare --no-eligibility-data: such data may not be used for this")
    out = _beside(file)
    write_file(out, sign_roster(data, organisation, KeyPair.load(key)).json())
    value = {"people": len(rows), "signature": str(out)}
    show(value, f"{len(rows)} people signed for in {out}", as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, a person a row")],
    signature: Annotated[
        Path | None, typer.Option(help="the employer's signature; default: FILE.sig")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a file in that an employer signed for: all of it, or nothing.

    Example: writ determinations import staff.csv

    It counts for what is registered for the employer's key. Again, it changes nothing.
    """
    from writ.signing.dsse import read_envelope

    text = _decoded(read_file(file))
    envelope = read_envelope(read_file(signature or _beside(file)).strip())
    body = {"file": text, "envelope": envelope.plain()}
    answer = ask(config, Call("POST", "/determinations", body, about=file))
    said = f"{answer['changed']} people changed, {answer['known']} as they were"
    show(answer, f"{answer['organisation']}: {said}", as_json=as_json)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.sig")


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InvalidInput("the file is not UTF-8") from None


def _rows(file: Path, data: bytes, organisation: str) -> "list[Row]":
    """Read a file; faults name it."""
    from writ.clock import WallClock
    from writ.people.employers.roster import read_roster

    try:
        return read_roster(data, organisation, WallClock().now())
    except InvalidInput as error:
        raise InvalidInput(
            [Fault(str(file), item.line, item.column, item.message) for item in error.faults]
        ) from None
