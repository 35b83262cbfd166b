"""`writ obligations happened`: an event occurred that starts the clock of a duty."""

from typing import Annotated

import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.clock import parse_instant


def happened(  # noqa: PLR0913  one parameter per option of the command
    order: Annotated[str, typer.Argument(help="the order's id")],
    event: Annotated[str, typer.Argument(help="the event, as its obligations name it")],
    at: Annotated[str, typer.Option(help="when it occurred, with a zone")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Record, with your signature, that an event occurred; clocks that wait for it start then.

    Example: writ obligations happened us-bis flaw-in-use --at 2026-07-03T09:00:00Z --key ada.key
    """
    from writ.cli.signer import read_signer
    from writ.desk.duties import Occurred, sign_occurred

    signer = read_signer(config, key)
    found = Occurred(order, event, parse_instant(at))
    envelope = sign_occurred(found, signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/obligations/events", {"envelope": envelope.plain()}))
    show(answer, f"{event} of {order} at {at} is recorded, says {signer.name}", as_json=as_json)
