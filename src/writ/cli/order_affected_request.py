"""`writ order affected request`: ask for a list of whom an order affects."""

from typing import Annotated

import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show


def request(  # noqa: PLR0913  one parameter per option of the command
    order: Annotated[str, typer.Argument(help="the order's id")],
    purpose: Annotated[str, typer.Option(help="what the list is for; it is recorded")],
    columns: Annotated[
        str, typer.Option(help="of id, recipient, kind, acts_for, model, outcome; with commas")
    ],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask, with your signature, for a list of whom an order affects; no column says why it does.

    Example: writ order affected request us-bis-2026-06-12 --purpose "calls to hospitals" --columns id,model --key ada.key

    Another person approves it within a day, and within the same day it is exported, once.
    """
    from writ.cli.signer import read_signer
    from writ.clock import parse_instant
    from writ.desk.lists import Request, sign_request

    signer = read_signer(config, key)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    now = parse_instant(str(ask(config, Call("GET", "/status"))["at"]))
    asked = Request(order, purpose, names, now)
    envelope = sign_request(asked, signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/lists", {"envelope": envelope.plain()}))
    text = f"{answer['id']} is asked for, as {signer.name}; another approves it"
    show(answer, text, as_json=as_json)
