"""`writ employer`: how employers show who they are when they determine something of their people."""

from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table
from writ.errors import InvalidInput

app = typer.Typer(no_args_is_help=True, help="Tokens and keys with which employers determine.")


class _Employer(msgspec.Struct):
    id: str
    organisation: str
    kind: str
    assurance: str
    enrols: bool
    added_at: str
    revoked_at: str | None
    text: str | None = None
    taken_back: int = 0


@app.command("add")
def add(  # noqa: PLR0913  one parameter per option of the command
    organisation: Annotated[str, typer.Argument(help="whose it is")],
    public: Annotated[
        str | None, typer.Argument(help="ed25519:... that signs files; without, a token is made")
    ] = None,
    assurance: Annotated[
        str, typer.Option(help="how far its determinations are believed: A0 to A4")
    ] = "A1",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    enrols: Annotated[
        bool, typer.Option("--enrols", help="it may add people whom you did not put on the books")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Register an employer: by a key that signs its files, or by a token for SCIM.

    Example: writ employer add acme --assurance A2

    A token is printed this once. Nothing that the employer sends counts for more than what you say
    here, or than the trust document says of the method `employer`.
    """
    from writ.law.subjects import ASSURANCES

    if assurance not in ASSURANCES:
        raise InvalidInput(f"`{assurance}` is none of {', '.join(ASSURANCES)}")
    wanted = {
        "organisation": organisation,
        "assurance": ASSURANCES.index(assurance),
        "enrols": enrols,
        "public": public,
    }
    answer = ask(config, Call("POST", "/employers", wanted))
    made = msgspec.convert(answer, _Employer)
    signs = f"{organisation} signs files with this key, {made.assurance}: {made.id}"
    show(answer, made.text or signs, as_json=as_json)


@app.command("list")
def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List all of them, revoked ones too; texts of tokens are not known here.

    Example: writ employer list
    """
    answer = ask(config, Call("GET", "/employers"))
    rows = msgspec.convert(answer["employers"], list[_Employer])
    show_table(
        answer,
        ("id", "organisation", "kind", "assurance", "enrols", "added", "revoked"),
        (
            (
                row.id,
                row.organisation,
                row.kind,
                row.assurance,
                row.enrols,
                row.added_at,
                row.revoked_at,
            )
            for row in rows
        ),
        as_json=as_json,
    )


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(metavar="ID", help="from `writ employer list`")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    determined: Annotated[
        bool, typer.Option("--determined", help="and take back all that was determined with it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Revoke a token or a key at once.

    Example: writ employer revoke 3f9a61c0be12 --determined

    What was determined with it stands, as after a rotation; --determined takes that back as well,
    on every gateway, before this returns: for a token that somebody stole.
    """
    body = {"id": name, "determined": determined}
    answer = ask(config, Call("POST", "/employers/revoke", body))
    gone = msgspec.convert(answer, _Employer)
    taken = f", and {gone.taken_back} facts determined with it" if determined else ""
    show(answer, f"revoked {name} of {gone.organisation}{taken}", as_json=as_json)
