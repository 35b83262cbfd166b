"""`writ notices send`: put the notices that are due into the outbox."""

from typing import Annotated

import typer

from writ.cli.client import Call, ask
from writ.cli.notices_preview import lines
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


def send(
    order: Annotated[str | None, typer.Argument(help="this order; none: every order")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Put the notices that are due now into the outbox, and record how many and their digest.

    Example: writ notices send us-bis-2026-06-12

    Sending again sends what is new since: somebody whom the order affects now, or no longer.
    """
    query = {} if order is None else {"order": order}
    answer = ask(config, Call("POST", "/notices", query=query))
    show(answer, "\n".join(lines(answer)), as_json=as_json)
