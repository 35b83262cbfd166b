"""`writ key`: API keys, each naming one requester and whom it acts for."""

from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table

app = typer.Typer(no_args_is_help=True, help="API keys: made, listed, revoked.")


class _Key(msgspec.Struct):
    id: str
    requester: str
    organisation: str | None
    refuses_substitutes: bool
    created_at: str
    revoked_at: str | None
    text: str = ""


@app.command("create")
def create(
    requester: Annotated[str, typer.Argument(help="the subject who comes with this key")],
    organisation: Annotated[str | None, typer.Option(help="which, if it acts for several")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    refuse_substitutes: Annotated[
        bool, typer.Option("--refuse-substitutes", help="be denied rather than served by another")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it. This is the only time it is seen.

    Example: writ key create acme-bot --organisation acme
    """
    wanted = {
        "requester": requester,
        "organisation": organisation,
        "refuses_substitutes": refuse_substitutes,
    }
    answer = ask(config, Call("POST", "/keys", {"keys": [wanted]}))
    [key] = msgspec.convert(answer["keys"], list[_Key])
    show(key, key.text, as_json=as_json)


@app.command("list")
def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List all keys, revoked ones too; their texts are not known here.

    Example: writ key list
    """
    answer = ask(config, Call("GET", "/keys"))
    keys = msgspec.convert(answer["keys"], list[_Key])
    show_table(
        answer,
        ("id", "requester", "organisation", "no substitutes", "created", "revoked"),
        (
            (
                key.id,
                key.requester,
                key.organisation,
                key.refuses_substitutes,
                key.created_at,
                key.revoked_at,
            )
            for key in keys
        ),
        as_json=as_json,
    )


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(metavar="ID", help="the part between wk_ and the next _")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke a key, on every gateway, before this returns.

    Example: writ key revoke 3f9a61c0be12
    """
    answer = ask(config, Call("POST", f"/keys/{quote(name, safe='')}/revoke"))
    show(answer, f"revoked {name}", as_json=as_json)
