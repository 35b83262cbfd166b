"""`writ record build`: the public record, as files that any web server can serve."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Built(msgspec.Struct):
    folder: str
    orders: int
    editions: int
    written: int


def build(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Write the public record into the folder that writ.toml names.

    Example: writ record build

    Orders whose `disclosure` is `full` have a page each; of those under `existence` there is a
    number, of all others nothing. How many people an order concerns is counted once for a
    version, and told in bands. While a seal holds, nothing is built.
    """
    answer = ask(config, Call("POST", "/record"))
    found = msgspec.convert(answer, _Built)
    show(
        answer,
        f"{found.folder}: {found.orders} orders, {found.editions} new editions,"
        f" {found.written} files written",
        as_json=as_json,
    )
