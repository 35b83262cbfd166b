"""A portal that sends its visitors to a house that checks documents, over a real deployment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.worlds.door import Door, opened_door
from tests.worlds.idv import PERSONA_KEY, SECRET, TEMPLATE, VERIFF_KEY, House, house
from writ.clock import WallClock
from writ.model.config import Config, read_config
from writ.model.listeners import Address, Portal
from writ.model.subject import Subject
from writ.people.https import HttpsFetch, inside
from writ.people.vendors.access import read_access
from writ.people.vendors.opened import erasures, open_service
from writ.people.vendors.vendor import Times, Vendor
from writ.portal.app import portal_app
from writ.portal.attempts import Ways
from writ.portal.counter import Counter
from writ.portal.door import Admission
from writ.portal.server import ways_of
from writ.serve.counter import counter_app
from writ.signing.keys import KeyPair

FILE = """
[[vendor]]
vendor = "{vendor}"
address = "{address}"
key = "{vendor}.key"
secrets = "vendors.secrets"
"""


@dataclass
class VendorDoor:
    """The door, the house, and the methods that stand between them."""

    door: Door
    house: House
    methods: dict[str, Vendor]

    def portal(self, address: str) -> Any:
        """Put a portal together that is found at an address; its counter is in this process."""
        config = read_config(self.door.office.config)
        counter = Counter(config.portal_socket)
        behind = httpx2.ASGITransport(app=counter_app(self.door.site))
        counter._http = httpx2.AsyncClient(transport=behind, base_url="http://writ")
        admission = Admission(self.door.entrance, self.door.logins)
        return portal_over(config, self.methods, counter, admission, address)


def portal_over(
    config: Config,
    methods: Mapping[str, Vendor],
    counter: Counter,
    admission: Admission,
    address: str,
) -> Any:
    """Put a portal together that is found at an address, with these vendors among its ways."""
    ways = ways_of(config)
    pairs = {name: KeyPair.load(config.method_key(name)) for name in methods}
    ways = Ways({**ways.methods, **methods}, {**ways.keys, **pairs}, methods)
    portal = Portal(Address("127.0.0.1", 0), address, frozenset(), "help@example.org")
    return portal_app(portal, ways, counter, admission)


def vendors_at(config: Config, checked: House) -> dict[str, Vendor]:
    """Make the methods as a portal does, allowed to speak with a house on this machine."""
    assert config.vendors is not None
    fetch = HttpsFetch(checked.context, inside)
    return {
        access.vendor: Vendor(
            open_service(access, fetch),
            access.assurance,
            erasures(config.erasures, access),
            WallClock(),
            Times(patience=0.01),
        )
        for access in read_access(config.vendors, drill=False)
    }


def lay_vendors(folder: Path, address: str) -> None:
    """Write what [vendors] names, as docs/vendors.md says."""
    template = f'template = "{TEMPLATE}"\n'
    text = FILE.format(vendor="persona", address=address) + template
    (folder / "vendors.toml").write_text(text + FILE.format(vendor="veriff", address=address))
    keys = {
        "persona.key": PERSONA_KEY,
        "veriff.key": VERIFF_KEY,
        "vendors.secrets": SECRET.decode(),
    }
    for name, content in keys.items():
        (folder / name).write_text(content)
        (folder / name).chmod(0o600)
    with (folder / "writ.toml").open("a") as file:
        file.write("\n[vendors]\n")


@contextmanager
def vendor_door(folder: Path) -> Iterator[VendorDoor]:
    """Open both until the test is over."""
    places = folder / "deployment", folder / "house"
    for place in places:
        place.mkdir()
    with house(places[1]) as checked, opened_door(places[0]) as door:
        lay_vendors(places[0], checked.address)
        config = read_config(door.office.config)
        made = VendorDoor(door, checked, vendors_at(config, checked))
        door.site.registry.subjects.add([Subject(name, "person") for name in ("zoe", "max")])
        door.app = made.portal("https://verify.example.org")
        yield made
