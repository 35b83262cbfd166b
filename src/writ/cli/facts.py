"""`writ facts`: what is known of subjects, brought in as attestations, and taken back."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli import facts_due
from writ.cli.client import Call, ask
from writ.cli.lines import read_file
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from writ.signing.keys import KeyPair

app = typer.Typer(no_args_is_help=True, help="What is known of subjects.")
app.command("due")(facts_due.due)

_PART = 256 * 1024


class _Report(msgspec.Struct):
    imported: int
    known: int
    capped: int
    faults: list[Fault]


@app.command("import")
def import_facts(  # noqa: PLR0913  one parameter per option of the command
    file: Annotated[Path, typer.Argument(help="JSONL; - reads standard input")],
    method_key: Annotated[
        Path | None, typer.Option(help="the verification method's private key; signs here")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="import the good lines although others are bad")
    ] = False,
    pre_verified: Annotated[
        bool,
        typer.Option(
            "--pre-verified", help="their people chose to show them now; each ends and is deleted"
        ),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Import facts, one a line: {"subject": ID, ...fact}, or attestations signed elsewhere.

    Example: writ facts import facts.jsonl --method-key idv.key

    With --method-key the facts are signed here, by that method, and count for what the trust
    document says it is good for. Without, they are what you answer for: A1 at most. One bad line
    keeps the whole file out, unless --skip-bad; all bad lines are reported. Importing again
    changes nothing. With --pre-verified a fact is one value that ends within a year (`writ facts
    due`), and you answer for it that its person agreed. Exit 3 where lines were bad.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from writ.signing.keys import KeyPair

    lines = read_file(file).split(b"\n")
    pair = KeyPair.load(method_key) if method_key is not None else None
    flags = (("operator", pair is None), ("skip_bad", skip_bad), ("ahead", pre_verified))
    query = {name: "yes" for name, on in flags if on}
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        if pair is not None:
            task = progress.add_task("signing", total=len(lines))
            lines = [_signed(line, pair, progress, task) for line in lines]
        body = _parts(b"\n".join(lines), progress)
        try:
            answer = ask(config, Call("POST", "/facts", body, query, about=file))
        except InvalidInput:
            progress.stop()
            print(
                "nothing was imported; see below, or import the rest with --skip-bad",
                file=sys.stderr,
            )
            raise
    report = msgspec.convert(answer, _Report)
    for fault in report.faults:
        print(Fault(str(file), fault.line, fault.column, fault.message), file=sys.stderr)
    show(answer, _sentence(report), as_json=as_json)
    return InvalidInput.exit_code if report.faults else 0


@app.command("revoke")
def revoke(
    attestation: Annotated[str, typer.Argument(help="its id, from `writ subject show`")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    rented: Annotated[
        bool,
        typer.Option("--rented", help="its credential was lent: take all of it back, for good"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take one fact back, on every gateway, before this returns. It does not come back.

    Example: writ facts revoke 5c9f...
    """
    query = {"rented": "yes"} if rented else None
    answer = ask(config, Call("POST", f"/facts/{quote(attestation, safe='')}/revoke", query=query))
    show(answer, f"revoked {attestation}, which was about {answer['subject']}", as_json=as_json)


def _signed(line: bytes, pair: "KeyPair", progress: "Progress", task: "TaskID") -> bytes:
    """Sign a line; one that is signed, blank or bad goes as it is, for one judge to judge all."""
    from writ.people.intake import sign_line
    from writ.people.json_lines import read_json_line

    progress.advance(task)
    if not line.strip():
        return line
    try:
        value = read_json_line(line)
        return line if "payloadType" in value else sign_line(value, pair)
    except InvalidInput:
        return line


async def _parts(body: bytes, progress: "Progress") -> AsyncIterator[bytes]:
    """Give a body in parts, showing how far it got."""
    task = progress.add_task("importing", total=body.count(b"\n") + 1)
    for start in range(0, len(body), _PART):
        part = body[start : start + _PART]
        yield part
        progress.advance(task, part.count(b"\n"))
    progress.advance(task)


def _sentence(report: _Report) -> str:
    words = [f"{report.imported} imported", f"{report.known} known already"]
    if report.capped:
        words.append(f"{report.capped} count for less than they claim")
    if report.faults:
        words.append(f"{len({fault.line for fault in report.faults})} bad lines left out")
    return ", ".join(words)
