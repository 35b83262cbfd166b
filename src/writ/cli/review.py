"""`writ review`: what people decide about people: papers without a chip, appeals, lent credentials."""

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show, show_table
from writ.clock import parse_instant
from writ.errors import InvalidInput

app = typer.Typer(no_args_is_help=True, help="What two people decide about somebody.")


class _Opinion(msgspec.Struct):
    by: str
    accept: bool
    reason: str
    seen: str | None


class _Review(msgspec.Struct):
    id: str
    subject: str
    kind: str
    document: str
    asked: list[object]
    about: str | None
    due_at: str
    overdue: bool
    state: str
    opinions: list[_Opinion]


class _Rate(msgspec.Struct):
    document: str
    open: int
    overdue: int
    accepted: int
    rejected: int
    appealed: int
    reversed: int


@app.command("list")
def every(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    all_of_them: Annotated[bool, typer.Option("--all", help="decided ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for two people, the most urgent first.

    Example: writ review list
    """
    answer = ask(config, Call("GET", "/reviews"))
    found = msgspec.convert(answer["reviews"], list[_Review])
    kept = sorted(
        (item for item in found if all_of_them or item.state == "open"),
        key=lambda item: (item.state != "open", item.due_at),
    )
    show_table(
        {"reviews": kept},
        ("review", "subject", "kind", "document", "due", "state", "opinions"),
        (
            (
                item.id,
                item.subject,
                item.kind,
                item.document,
                item.due_at,
                "overdue" if item.overdue else item.state,
                [opinion.by for opinion in item.opinions],
            )
            for item in kept
        ),
        as_json=as_json,
    )


@app.command("show")
def one(
    review: Annotated[str, typer.Argument(help="its id, from `writ review list`")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one: what is claimed, by which paper, and what was said so far.

    Example: writ review show 5f0c21d9aa
    """
    answer = ask(config, Call("GET", f"/reviews/{quote(review, safe='')}"))
    found = msgspec.convert(answer, _Review)
    lines = [f"{found.kind} of {found.subject}, {found.document}: {found.state}, by {found.due_at}"]
    lines += [f"  claims {msgspec.json.encode(item).decode()}" for item in found.asked]
    lines += [f"  against review {found.about}"] if found.about else []
    lines += [f"  {_said(item)}" for item in found.opinions]
    show(answer, "\n".join(lines), as_json=as_json)


@app.command("decide")
def decide(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    review: Annotated[str, typer.Argument(help="its id, from `writ review list`")],
    key: KeyFile,
    reason: Annotated[str, typer.Option(help="in writing; the person may read it")],
    seen: Annotated[
        Literal["copy", "video", "person"] | None,
        typer.Option(help="how you saw the papers: A1, A2, A3"),
    ] = None,
    expires: Annotated[str | None, typer.Option(help="when the papers end")] = None,
    revoke: Annotated[
        list[str] | None, typer.Option(help="an attestation that an appeal takes back; repeat it")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="it shows what is claimed")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="it does not")] = False,
    as_json: AsJson = False,
) -> None:
    """Say, with your signature and a reason, whether it is so; it is decided once two agree.

    Example: writ review decide 5f0c21d9aa --accept --seen video --reason "card and face match"
    --expires 2031-04-01T00:00:00Z --key rae.key

    What is decided counts on every gateway before this returns. An appeal is for people who had no
    part in what it is against.
    """
    from writ.cli.signer import read_signer
    from writ.people.reviews import Opinion, sign_opinion

    if accept == reject:
        raise InvalidInput("say --accept or --reject")
    signer = read_signer(config, key)
    ends = None if expires is None else parse_instant(expires)
    said = Opinion(review, accept, reason, seen, ends, tuple(revoke or ()))
    envelope = sign_opinion(said, signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/reviews/opinions", {"envelope": envelope.plain()}))
    found = msgspec.convert(answer, _Review)
    left = "another person has to agree" if found.state == "open" else found.state
    show(answer, f"{review}: {left}", as_json=as_json)


@app.command("rates")
def rates(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Count how reviews and appeals came out, by kind of document.

    Example: writ review rates
    """
    answer = ask(config, Call("GET", "/reviews/rates"))
    found = msgspec.convert(answer["rates"], list[_Rate])
    show_table(
        answer,
        ("document", "open", "overdue", "accepted", "rejected", "appealed", "reversed"),
        (msgspec.structs.astuple(item) for item in found),
        as_json=as_json,
    )


def _said(item: _Opinion) -> str:
    word = "accepts" if item.accept else "rejects"
    how = f", seen {item.seen}" if item.seen else ""
    return f"{item.by} {word}{how}: {item.reason}"
