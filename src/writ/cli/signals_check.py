"""`writ signals check`: who may send signals here, about whom, and who is told by some."""

from typing import TYPE_CHECKING

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from writ.model.listeners import Portal
    from writ.people.signals.transmitters import Transmitter

_HEAD = ("transmitter", "issuer", "names people by", "sources", "only of", "keys", "arrives")


def check(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Read the files of [signals] and [receivers]; say who is believed and told. Nobody is asked.

    Example: writ signals check
    """
    from writ.cli.output import show_table
    from writ.errors import InvalidInput
    from writ.model.config import read_config
    from writ.people.signals.receivers import load_receivers
    from writ.people.signals.transmitters import load_transmitters

    read = read_config(config)
    if read.portal is None or (read.signals is None and read.receivers is None):
        raise InvalidInput(f"`{config}` has no [signals]; docs/signals.md says what goes in it")
    senders = {} if read.signals is None else load_transmitters(read.signals)
    told = () if read.receivers is None else load_receivers(read.receivers)
    rows = [_plain(item, read.portal) for item in senders.values()]
    polls = f"{read.portal.address}/ssf/poll"
    receivers = [
        {"name": item.name, "named": item.named, "at": item.address or polls} for item in told
    ]
    value = {"transmitters": rows, "receivers": receivers}
    show_table(value, _HEAD, [tuple(row.values()) for row in rows], as_json=as_json)
    for item in () if as_json else told:
        way = f"told at {item.address}" if item.address else f"to poll at {polls}"
        print(f"{item.name} is {way}, of people by {item.named}")


def _plain(item: "Transmitter", portal: "Portal") -> dict[str, object]:
    pushed = f"{portal.address}/signals/{item.name}"
    return {
        "name": item.name,
        "issuer": item.issuer,
        "named": item.named,
        "sources": sorted(item.sources),
        "organisations": sorted(item.organisations) or ["everybody"],
        "keys": item.jwks_uri or "in the file",
        "arrives": f"asked at {item.poll}" if item.poll else f"pushed to {pushed}",
    }
