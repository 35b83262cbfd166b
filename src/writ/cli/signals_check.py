"""`writ signals check`: who may send signals here, and about whom."""

from typing import TYPE_CHECKING

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from writ.model.config import Portal
    from writ.people.signals.transmitters import Transmitter

_HEAD = ("transmitter", "issuer", "names people by", "sources", "only of", "keys", "arrives")


def check(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Read the file of [signals]; say whose signals are believed. Nobody is asked anything.

    Example: writ signals check
    """
    from writ.cli.output import show_table
    from writ.errors import InvalidInput
    from writ.model.config import read_config
    from writ.people.signals.transmitters import load_transmitters

    read = read_config(config)
    if read.signals is None or read.portal is None:
        raise InvalidInput(f"`{config}` has no [signals]; docs/signals.md says what goes in it")
    found = load_transmitters(read.signals)
    rows = [_plain(item, read.portal) for item in found.values()]
    show_table(
        {"transmitters": rows}, _HEAD, [tuple(row.values()) for row in rows], as_json=as_json
    )


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
