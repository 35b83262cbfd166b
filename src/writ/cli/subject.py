"""`writ subject`: people, organisations and service accounts on the books."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.lines import read_objects
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table
from writ.errors import InvalidInput, Refused

app = typer.Typer(no_args_is_help=True, help="Who is on the books.")


class _Subject(msgspec.Struct):
    id: str
    kind: str
    acts_for: list[str] = []


class _Added(msgspec.Struct):
    added: int
    known: int


@app.command("add")
def add(  # noqa: PLR0913  one parameter per option of the command
    name: Annotated[str | None, typer.Argument(metavar="ID", help="your own word for it")] = None,
    kind: Annotated[str | None, typer.Option(help="person, organisation or service")] = None,
    acts_for: Annotated[list[str] | None, typer.Option(help="an organisation; repeat it")] = None,
    file: Annotated[Path | None, typer.Option(help="JSONL with id, kind, acts_for")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Put a subject, or a file of them, on the books.

    Example: writ subject add acme-bot --kind service --acts-for acme

    A file may have facts beside each subject; those are left for `writ facts import`.
    """
    if file is not None and name is None:
        rows = [_fields(row) for row in read_objects(file)]
    elif name is not None and kind is not None and file is None:
        rows = [{"id": name, "kind": kind, "acts_for": acts_for or []}]
    else:
        raise InvalidInput("give ID and --kind, or --file FILE")
    answer = ask(config, Call("POST", "/subjects", {"subjects": rows}, about=file))
    done = msgspec.convert(answer, _Added)
    show(answer, f"{done.added} added, {done.known} on the books already", as_json=as_json)


@app.command("list")
def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List everybody on the books.

    Example: writ subject list --json
    """
    answer = ask(config, Call("GET", "/subjects"))
    rows = msgspec.convert(answer["subjects"], list[_Subject])
    show_table(
        answer,
        ("id", "kind", "acts for"),
        ((row.id, row.kind, row.acts_for) for row in rows),
        as_json=as_json,
    )


class _Forgotten(msgspec.Struct):
    attestations: int
    keys: int
    reviews: int
    events: int
    receipts: int


class _Fact(msgspec.Struct):
    attribute: str
    value: list[object]
    completeness: str
    assurance: str
    method: str
    verified_at: str
    attestation: str
    attested_by: str
    expires_at: str | None = None
    grade: dict[str, int | str] | None = None


@app.command("show")
def one(
    name: Annotated[str, typer.Argument(metavar="ID")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one subject with its facts, as they count, and its keys.

    Example: writ subject show alice
    """
    answer = ask(config, Call("GET", f"/subjects/{quote(name, safe='')}"))
    facts = msgspec.convert(answer["facts"], list[_Fact])
    if not as_json:
        subject = msgspec.convert(answer, _Subject)
        print(f"{subject.kind} {subject.id}, acting for {', '.join(subject.acts_for) or 'nobody'}")
    show_table(
        answer,
        ("attribute", "value", "counts as", "by", "verified", "attestation"),
        (
            (
                fact.attribute,
                f"{fact.completeness} {msgspec.json.encode(fact.value).decode()}",
                fact.assurance,
                _by(fact),
                fact.verified_at,
                fact.attestation,
            )
            for fact in facts
        ),
        as_json=as_json,
    )


@app.command("forget")
def forget(
    name: Annotated[str, typer.Argument(metavar="ID")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; for scripts")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a subject: what is known of it, its keys, and the salts of what was recorded about it.

    Example: writ subject forget alice

    It cannot be undone. Receipts and logs stay, and stay provable as a whole; what they say of this
    subject is a name that leads nowhere. Refused while an order says to preserve such records.
    """
    if not yes and not typer.confirm(f"erase `{name}` for good?", err=True):
        raise Refused("nothing was erased")
    answer = ask(config, Call("POST", "/subjects/forget", {"id": name}))
    done = msgspec.convert(answer, _Forgotten)
    sentence = (
        f"erased: {done.attestations} attestations, {done.keys} keys, {done.reviews} reviews; the"
        f" salts of {done.events} events and {done.receipts} receipts are destroyed"
    )
    show(answer, sentence, as_json=as_json)


def _fields(row: dict[str, object]) -> dict[str, object]:
    return {key: row[key] for key in ("id", "kind", "acts_for") if key in row}


def _by(fact: _Fact) -> str:
    """Say which method attested a fact, and of a determination who made it and on which basis."""
    method = f"{fact.attested_by} ({fact.method})"
    grade = fact.grade or {}
    return f"{method}, {grade['by']} on {grade['value']}" if "by" in grade else method
