"""`writ notices status`: what was sent, and what waits to be taken away."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show_table


class _Row(msgspec.Struct):
    order: str
    version: int
    phase: str
    audience: str
    made: int
    waiting: int


def status(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Count the notices made, and those in the outbox that nobody has taken away yet.

    Example: writ notices status --json
    """
    answer = ask(config, Call("GET", "/notices"))
    rows = msgspec.convert(answer["notices"], list[_Row])
    show_table(
        answer,
        ("order", "version", "phase", "audience", "made", "waiting"),
        (msgspec.structs.astuple(row) for row in rows),
        as_json=as_json,
    )
