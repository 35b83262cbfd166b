"""`writ serve`: control process, feed and gateway, from the lock to the ready line and back.

1. The deployment is opened under its lock, and everything in it proved, before anything listens.
2. The feed starts first, then the gateway, so that the gateway answers by the last snapshot from
   its first request on; then the portal and the record, where there are any; only then is the ready
   line printed.
3. SIGTERM and SIGINT stop in the opposite order: gateway, faces, feed, store.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from writ.clock import elapsed
from writ.desk.assertions import Assertions
from writ.desk.feed import Feed
from writ.desk.fleet import Fleet
from writ.desk.leases import Leases
from writ.desk.roll import Roll
from writ.errors import Failed
from writ.model.config import Config
from writ.people.credentials.statuses import Statuses
from writ.people.https import HttpsFetch
from writ.people.issuers import employers_cap
from writ.people.oidc.opened import open_published
from writ.serve.admin import admin_app, serves
from writ.serve.announcing import keep_announcing
from writ.serve.app import control_app
from writ.serve.arrival import record
from writ.serve.counter import counter_app
from writ.serve.crls import CrlFetch
from writ.serve.ended import keep_erasing
from writ.serve.listen import Face, listen_tcp, listen_unix
from writ.serve.passes import Passes
from writ.serve.rechecks import Rechecks
from writ.serve.record_keeping import RecordKeeping
from writ.serve.revocations import Revocations
from writ.serve.site import ONLINE_KEY, Site, load_key, open_site
from writ.serve.supervisor import Supervisor
from writ.serve.telling import open_teller

MARK_EVERY = 5.0
"""Seconds between two times that legal time is written down."""

RECEIPTS_EVERY = 1.0
"""Seconds between two times that receipts are taken over into the log."""

COVER_EVERY = 5.0
"""Seconds between two looks at whether a commitment is due."""

RECHECK_EVERY = 3600.0
"""Seconds between two times that issuers are asked whether credentials, and certificates, stand; and
that what has ended is deleted."""

READY_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Ready:
    """What the ready line says: where each listener is, and the epoch in force."""

    gateway: str
    admin: str
    control: str
    epoch: int
    portal: str | None = None
    record: str | None = None
    ready: bool = True


def serve(config: Config, ready: Callable[[Ready], None]) -> None:
    """Serve until told to stop; `ready` is called once, when everything answers."""
    with open_site(config) as site:
        asyncio.run(_Server(site, ready).run())


class _Server:
    def __init__(self, site: Site, ready: Callable[[Ready], None]) -> None:
        self._site = site
        self._config = config = site.config
        self._ready = ready
        self._since = elapsed()
        online = load_key(config.folder / ONLINE_KEY, site.trust.online)
        leases = Leases(online, site.clock)
        self._fleet = Fleet([config.gateway_name], leases)
        roll = Roll(site.registry.books, site.registry.facts)
        assertions = Assertions(site.registry.books, roll, employers_cap(site.trust))
        self._feed = Feed(site.desk, roll, leases, self._fleet, site.clock, assertions=assertions)
        self._log = structlog.get_logger()
        self._supervisor = Supervisor(config.file, config.folder, self._gateway_started)
        self._portal = Supervisor(config.file, config.folder, self._portal_started, "portal")
        self._record = Supervisor(
            config.file, config.folder, self._record_started, "record", "writ.serve.record_face"
        )

    async def run(self) -> None:
        """Start everything, wait for the signal, stop everything (rules 2 and 3)."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with contextlib.AsyncExitStack() as stack:
            await self._feed.start(self._config.seam_socket)
            stack.push_async_callback(self._feed.stop)
            self._site.feed = self._feed
            admin = listen_tcp(self._config.admin_listen)
            host, port = admin.getsockname()[:2]
            for app, listener in (
                (control_app(self._site), listen_unix(self._config.control_socket)),
                (admin_app(self._site, self._fleet, self._supervisor), admin),
            ):
                face = Face(app, listener)
                face.start()
                stack.push_async_callback(face.stop)
            gateway = await self._supervisor.start()
            stack.push_async_callback(self._supervisor.stop)
            for kept in (
                self._site.remember_time(MARK_EVERY),
                self._site.ledger.keep(RECEIPTS_EVERY),
                self._site.ledger.keep_cover(COVER_EVERY),
                keep_erasing(self._site, RECHECK_EVERY),
                keep_announcing(self._site, RECHECK_EVERY),
            ):
                stack.callback(asyncio.create_task(kept).cancel)
            await self._first_answer()
            portal = await self._open_portal(stack)
            public = await self._open_record(stack)
            control = str(self._config.control_socket)
            epoch = self._site.desk.current().epoch
            self._ready(Ready(gateway, f"{host}:{port}", control, epoch, portal, public))
            self._log.info("ready", gateway=gateway, admin=f"{host}:{port}", epoch=epoch)
            await stop.wait()
            self._log.info("stopping")

    async def _open_portal(self, stack: contextlib.AsyncExitStack) -> str | None:
        """Start the portal and what it asks, where there is one; finish what it began before."""
        if self._config.portal is None:
            return None
        for why in await asyncio.to_thread(self._site.decided().settle_all):
            self._log.error("a review that was decided is not carried out", why=why)
        if self._config.wallet is not None:
            rechecks = Rechecks(self._site, self._config.wallet, Statuses(HttpsFetch()))
            asking = asyncio.create_task(rechecks.keep(RECHECK_EVERY))
            stack.callback(asking.cancel)
        renewing = asyncio.create_task(CrlFetch(self._config, HttpsFetch()).keep(RECHECK_EVERY))
        stack.callback(renewing.cancel)
        recalling = asyncio.create_task(Revocations(self._site, self._config).keep(RECHECK_EVERY))
        stack.callback(recalling.cancel)
        there = [] if self._config.oidc is None else open_published(self._config.oidc)
        passes = Passes(self._site.registry, self._site.clock, there)
        if self._config.receivers is not None:
            telling = asyncio.create_task(open_teller(self._site, self._config.receivers).keep())
            stack.callback(telling.cancel)
        face = Face(counter_app(self._site, passes), listen_unix(self._config.portal_socket))
        face.start()
        stack.push_async_callback(face.stop)
        address = await self._portal.start()
        stack.push_async_callback(self._portal.stop)
        return address

    async def _open_record(self, stack: contextlib.AsyncExitStack) -> str | None:
        """Keep the public record, and start what serves it, where that is asked for."""
        if self._config.record is None or self._config.record.listen is None:
            return None
        keeping = asyncio.create_task(RecordKeeping(self._site).keep())
        stack.callback(keeping.cancel)
        address = await self._record.start()
        stack.push_async_callback(self._record.stop)
        return address

    async def _first_answer(self) -> None:
        """Wait until the gateway has applied what is in force (rule 2), and record that it is."""
        epoch = self._site.desk.current().epoch
        member = self._fleet.member(self._config.gateway_name)
        if not await self._fleet.until(lambda: serves(member, epoch), READY_WITHIN):
            why = member.wanting or "it does not answer"
            raise Failed(f"the gateway does not take what is in force: {why}")
        arrived = await self._fleet.in_force(epoch, self._since)
        await asyncio.to_thread(record, self._site, arrived)

    def _gateway_started(self, listen: str) -> None:
        self._log.info("gateway started", listen=listen)

    def _portal_started(self, listen: str) -> None:
        self._log.info("portal started", listen=listen)

    def _record_started(self, listen: str) -> None:
        self._log.info("record started", listen=listen)
