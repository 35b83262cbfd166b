"""`writ signals status`: what came, how much fell by it, and what receivers were told."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show_table


class _Row(msgspec.Struct):
    transmitter: str
    event: str
    times: int
    fallen: int
    last: str


class _Told(msgspec.Struct):
    receiver: str
    waiting: int
    sent: int
    refused: int
    stream: str


def status(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Count the signals of the last seven days, the facts that fell by them, and what was told.

    Example: writ signals status --json
    """
    answer = ask(config, Call("GET", "/signals"))
    rows = msgspec.convert(answer["heard"], list[_Row])
    show_table(
        answer,
        ("transmitter", "event", "times", "facts fallen", "last"),
        (msgspec.structs.astuple(row) for row in rows),
        as_json=as_json,
    )
    if as_json:
        return
    for row in rows:
        if row.event.startswith("unknown:"):
            print(f"{row.transmitter} sends what is not known here, and it takes nothing back")
    for told in msgspec.convert(answer["told"], list[_Told]):
        counts = f"was told {told.sent}; {told.waiting} wait, {told.refused} it refused"
        state = "" if told.stream == "enabled" else f"; its stream is {told.stream}"
        print(f"{told.receiver} {counts}{state}")
    for name, state in sorted(msgspec.convert(answer["streams"], dict[str, str]).items()):
        print(f"{name} says that its stream is {state}")
