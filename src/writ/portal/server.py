"""Puts the portal together and runs it: its listener, its methods, its way to the control process.

1. The ready line comes once visitors are answered.
2. It has the keys of the methods it carries out itself, and no other; it opens no store.
3. What vendors have yet to forget is erased there from here, for as long as it runs.
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import structlog
import uvicorn

from writ.clock import Clock, DrillClock, WallClock
from writ.errors import Failed, Refused, WritError
from writ.model.config import Config
from writ.model.listeners import Address, Portal
from writ.people.clientcert.opened import open_certificates
from writ.people.declaration import Declaration
from writ.people.https import HttpsFetch
from writ.people.methods import Method
from writ.people.oidc.opened import open_logins, open_oidc
from writ.people.openid4vp.opened import open_wallet
from writ.people.papers import Papers
from writ.people.passport.opened import open_passport
from writ.people.signals.receivers import JWKS
from writ.people.vendors.erasures import EVERY
from writ.people.vendors.opened import open_vendors
from writ.people.vendors.vendor import Vendor
from writ.portal.app import portal_app
from writ.portal.attempts import Ways
from writ.portal.counter import Counter
from writ.portal.door import Admission
from writ.portal.logins import Logins
from writ.portal.polls import start_polls
from writ.portal.scim.service import scim
from writ.portal.signals import open_hearing, signal_routes
from writ.portal.streams import stream_routes
from writ.portal.waiting import open_entrance
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust, read_trust

GRACE = 5


async def run(config: Config) -> None:
    """Serve until told to stop (SIGTERM, SIGINT)."""
    if config.portal is None:
        raise Refused(f"`{config.file}` has no [portal]")
    portal, listeners = _listen(config.portal)
    entrance = open_entrance(portal, config.folder)
    counter = Counter(config.portal_socket)
    admission = Admission(entrance, logins_of(config, counter))
    hearing = None if config.signals is None else open_hearing(config.signals, counter)
    routes = [scim(config.portal, counter)]
    routes += [] if hearing is None else signal_routes(config.portal, hearing)
    if config.receivers is not None:
        routes += stream_routes(config.portal, counter, config.folder / JWKS)
    server = uvicorn.Server(
        uvicorn.Config(
            portal_app(portal, ways_of(config), counter, admission, routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=listeners))
    forgetting = asyncio.create_task(_have_forgotten(vendors_of(config, _clock(config))))
    while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    where = [str(_bound(listener)) for listener in listeners]
    ready = {"ready": True, "listen": where[0], "certificates": where[1:]}
    print(msgspec.json.encode(ready).decode(), flush=True)  # noqa: T201  rule 1
    asking = [] if hearing is None else start_polls(hearing, HttpsFetch())
    await serving
    for poll in asking:
        poll.cancel()
    forgetting.cancel()
    await counter.close()
    entrance.line.close()


def ways_of(config: Config) -> Ways:
    """Return the methods whose keys are here and in the trust document (rule 2)."""
    trust = _trust(config)
    clock = _clock(config)
    vendors = vendors_of(config, clock)
    there: list[Method] = [Declaration(clock), Papers(), *vendors]
    if config.wallet is not None and config.portal is not None:
        there.append(open_wallet(config.wallet, config.portal.address, clock, HttpsFetch()))
    if config.portal is not None and config.portal.certificates is not None:
        there.append(open_certificates(config.portal.certificates, config.portal.address, clock))
    if config.passport is not None:
        there.append(open_passport(config.passport, clock))
    if config.oidc is not None and config.portal is not None:
        there.append(open_oidc(config.oidc, config.portal.address, clock))
    methods = {item.name: item for item in there if item.name in trust.methods}
    keys = {}
    for name in methods:
        path = config.method_key(name)
        if name != Papers.name and path.exists():
            pair = KeyPair.load(path)
            if pair.public != trust.methods[name].public:
                raise Refused(f"`{path}` is not the key that the trust document names")
            keys[name] = pair
    kept = {name: item for name, item in methods.items() if name in keys or name == Papers.name}
    return Ways(kept, keys, {item.name: item for item in vendors if item.name in kept})


def vendors_of(config: Config, clock: Clock) -> tuple[Vendor, ...]:
    """Return the methods of the vendors whose access is here."""
    if config.vendors is None:
        return ()
    drill = config.drill_clock is not None
    return open_vendors(config.vendors, config.erasures, clock, HttpsFetch(), drill=drill)


async def _have_forgotten(vendors: Sequence[Vendor]) -> None:
    """Have vendors forget what is due, until cancelled; what fails is logged, and tried again."""
    while vendors:
        for vendor in vendors:
            try:
                failed = await vendor.erase_due()
            except WritError as error:  # a note that cannot be written is due the next time
                failed = [str(error)]
            for why in failed:
                structlog.get_logger().error("not erased", vendor=vendor.name, why=why)
        await asyncio.sleep(EVERY)


def _clock(config: Config) -> Clock:
    return DrillClock(config.drill_clock) if config.drill_clock else WallClock()


def logins_of(config: Config, counter: Counter) -> Logins:
    """Return the providers at which visitors sign in to their accounts."""
    if config.oidc is None or config.portal is None:
        return Logins({}, counter)
    return Logins(open_logins(config.oidc, config.portal.address), counter)


def _trust(config: Config) -> Trust:
    try:
        data = config.trust_file.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{config.trust_file}`: {error.strerror}") from None
    return read_trust(data, config.pin, drill=config.drill_clock is not None)


def _listen(portal: Portal) -> tuple[Portal, list[socket.socket]]:
    """Open the portal's listeners; return the portal with the port of the second as it became."""
    listeners = [_open(portal.listen)]
    place = portal.certificates
    if place is None:
        return portal, listeners
    listeners.append(_open(place.listen))
    return replace(portal, certificates=replace(place, listen=_bound(listeners[1]))), listeners


def _bound(listener: socket.socket) -> Address:
    host, port = listener.getsockname()[:2]
    return Address(host, port)


def _open(address: Address) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise Failed(f"cannot listen on {address}: {error.strerror}") from None
    return listener
