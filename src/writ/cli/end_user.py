"""`writ end-user`: whom organisations mean by the names they assert."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.lines import read_objects
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table
from writ.errors import InvalidInput, Refused

app = typer.Typer(no_args_is_help=True, help="The end users that organisations name.")


class _EndUser(msgspec.Struct):
    organisation: str
    sub: str
    subject: str


class _Added(msgspec.Struct):
    added: int
    known: int


@app.command("add")
def add(  # noqa: PLR0913  one parameter per option of the command
    organisation: Annotated[str | None, typer.Argument(help="who names the person")] = None,
    sub: Annotated[str | None, typer.Argument(help="the organisation's word for it")] = None,
    subject: Annotated[str | None, typer.Option(help="whom it means; default: SUB itself")] = None,
    file: Annotated[Path | None, typer.Option(help="JSONL: organisation, sub, subject")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say whom an organisation means by a `sub`, or read a file of that.

    Example: writ end-user add acme u-1077 --subject alice
    """
    if file is not None and organisation is None:
        rows = read_objects(file)
    elif organisation is not None and sub is not None and file is None:
        rows = [{"organisation": organisation, "sub": sub, "subject": subject or sub}]
    else:
        raise InvalidInput("give ORGANISATION and SUB, or --file FILE")
    answer = ask(config, Call("POST", "/end-users", {"end_users": rows}, about=file))
    done = msgspec.convert(answer, _Added)
    show(answer, f"{done.added} added, {done.known} known already", as_json=as_json)


@app.command("token")
def token(  # noqa: PLR0913  one parameter per option of the command
    api_key: Annotated[str, typer.Argument(help="the API key's id: wk_ID_... has it")],
    key: Annotated[Path, typer.Option("--key", help="the organisation's key for end users")],
    sub: Annotated[
        str | None, typer.Option(help="your word for the person; default: nobody")
    ] = None,
    facts: Annotated[
        Path | None, typer.Option(help="JSONL: attribute, value, completeness, of whom --sub names")
    ] = None,
    eligible: Annotated[
        list[str] | None,
        typer.Option(help="a definition that whoever asks satisfies, without --sub"),
    ] = None,
    *,
    kid: Annotated[str | None, typer.Option(help="its key id here; default: its own")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign a token for one request, as an organisation's own service does; nobody else is asked.

    Example: writ end-user token 3f9a61c0be12 --key acme.key --sub u-1077
    """
    from writ.clock import wall
    from writ.signing.end_user import sign_end_user, verify_end_user
    from writ.signing.keys import KeyPair

    pair = KeyPair.load(key)
    said: list[Any] = [] if facts is None else list(read_objects(facts))
    now = wall()
    text = sign_end_user(
        sub, api_key, pair, now, kid=kid, facts=said, eligible=tuple(eligible or ())
    )
    try:
        verify_end_user(text, api_key, lambda _: pair.public, now)
    except Refused as error:
        raise InvalidInput(str(error)) from None
    show({"token": text}, text, as_json=as_json)


@app.command("list")
def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List all end users.

    Example: writ end-user list
    """
    answer = ask(config, Call("GET", "/end-users"))
    rows = msgspec.convert(answer["end_users"], list[_EndUser])
    show_table(
        answer,
        ("organisation", "sub", "subject"),
        ((row.organisation, row.sub, row.subject) for row in rows),
        as_json=as_json,
    )
