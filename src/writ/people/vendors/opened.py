"""The methods of vendors from the file that `writ.toml` names."""

from pathlib import Path

from writ.clock import Clock
from writ.people.fetch import Send
from writ.people.vendors import persona, veriff
from writ.people.vendors.access import Access, read_access
from writ.people.vendors.calls import Calls
from writ.people.vendors.erasures import Erasures
from writ.people.vendors.service import Service
from writ.people.vendors.vendor import Vendor


def open_vendors(
    file: Path, folder: Path, clock: Clock, send: Send, *, drill: bool
) -> tuple[Vendor, ...]:
    """Put the methods together; what has to be erased is noted under `folder`."""
    return tuple(
        Vendor(open_service(access, send), access.assurance, erasures(folder, access), clock)
        for access in read_access(file, drill=drill)
    )


def open_service(access: Access, send: Send) -> Service:
    """Return the service that an access is for."""
    if access.vendor == persona.Persona.name:
        calls = Calls(send, access.address, persona.Persona.title, persona.HOSTS)
        return persona.Persona(access, calls)
    return veriff.Veriff(access, Calls(send, access.address, veriff.Veriff.title, veriff.HOSTS))


def erasures(folder: Path, access: Access) -> Erasures:
    """Return what a vendor has yet to forget."""
    return Erasures(folder / access.vendor)
