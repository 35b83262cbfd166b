"""`writ issuer`: the public keys with which organisations assert their end users."""

from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table

app = typer.Typer(no_args_is_help=True, help="Keys that assert end users.")


class _Issuer(msgspec.Struct):
    organisation: str
    kid: str
    public: str
    assurance: str
    added_at: str
    revoked_at: str | None


@app.command("add")
def add(  # noqa: PLR0913  one parameter per option of the command
    organisation: Annotated[str, typer.Argument(help="whose key it is")],
    public: Annotated[str, typer.Argument(help="ed25519:... as `writ keygen` prints it")],
    kid: Annotated[str | None, typer.Option(help="its key id in tokens; default: its own")] = None,
    assurance: Annotated[
        str, typer.Option(help="A0 to A4: how far what it says of them is believed; A0: names only")
    ] = "A0",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Register a key with which an organisation signs for its end users.

    Example: writ issuer add acme ed25519:7s1... --kid acme-2026 --assurance A2
    """
    wanted = {"organisation": organisation, "public": public, "kid": kid, "assurance": assurance}
    answer = ask(config, Call("POST", "/issuers", wanted))
    made = msgspec.convert(answer, _Issuer)
    far = f"{made.organisation} asserts its end users with key {made.kid}, up to {made.assurance}"
    show(answer, far, as_json=as_json)


@app.command("list")
def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List all keys, revoked ones too.

    Example: writ issuer list
    """
    answer = ask(config, Call("GET", "/issuers"))
    rows = msgspec.convert(answer["issuers"], list[_Issuer])
    show_table(
        answer,
        ("organisation", "key id", "public", "up to", "added", "revoked"),
        (
            (row.organisation, row.kid, row.public, row.assurance, row.added_at, row.revoked_at)
            for row in rows
        ),
        as_json=as_json,
    )


@app.command("revoke")
def revoke(
    organisation: Annotated[str, typer.Argument(help="whose key it is")],
    kid: Annotated[str, typer.Argument(help="its key id")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke a key, on every gateway, before this returns.

    Example: writ issuer revoke acme acme-2026
    """
    answer = ask(
        config, Call("POST", "/issuers/revoke", {"organisation": organisation, "kid": kid})
    )
    show(answer, f"{organisation} no longer asserts with key {kid}", as_json=as_json)
