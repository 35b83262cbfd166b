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
    untold: list[str]


def publish(
    log: WhichLog = LogName.GOVERNANCE,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a checkpoint and write the log up to it into the folder that writ.toml names.

    Example: writ log publish

    The files hold commitments only: salted digests, nothing of what happened. How many there are,
    and when they came, can be seen. So it is refused while an order whose `disclosure` is `none` is
    in force, scheduled or open for signing, until two people say with `writ log seal` and `lift`
    that it may be; where an order may be told to exist and no more, that is said.
    """
    answer = ask(config, Call("POST", f"/logs/{log}/publications"))
    found = msgspec.convert(answer, _Published)
    words = f"{found.size} entries in {found.folder}, {found.written} files written"
    if found.untold:
        orders = ", ".join(f"`{order}`" for order in found.untold)
        words += (
            f"\n{orders} may not be told in full: whoever reads this sees how many things happened,"
            " and when; `writ log seal` keeps it from being published"
        )
    show(answer, words, as_json=as_json)
