"""`writ order affected list`: who asked for which list, and what became of it."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show_table


class _Row(msgspec.Struct):
    id: str
    at: str
    by: str
    order: str
    purpose: str
    columns: list[str]
    approved_by: str | None
    rows: int | None


def every(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List every request for a list: by whom, for what, who approved it, and how long it was.

    Example: writ order affected list --json
    """
    answer = ask(config, Call("GET", "/lists"))
    rows = msgspec.convert(answer["requests"], list[_Row])
    show_table(
        answer,
        ("id", "at", "by", "order", "purpose", "columns", "approved by", "rows"),
        (msgspec.structs.astuple(row) for row in rows),
        as_json=as_json,
    )
