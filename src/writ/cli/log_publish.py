"""`writ log publish`: the log as files that any web server can serve."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.log_name import LogName, WhichLog
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Published(msgspec.Struct):
    size: int
    folder: str
    written: int


def publish(
    log: WhichLog = LogName.GOVERNANCE,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a checkpoint and write the log up to it into the folder that writ.toml names.

    Example: writ log publish

    The files hold commitments only: salted digests, nothing of what happened. How many there are,
    and when they came, can be seen; while an order's existence may not be told, do not put the
    folder where others can read it.
    """
    answer = ask(config, Call("POST", f"/logs/{log}/publications"))
    found = msgspec.convert(answer, _Published)
    show(
        answer,
        f"{found.size} entries in {found.folder}, {found.written} files written",
        as_json=as_json,
    )
