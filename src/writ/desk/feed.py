"""The control side of the seam: gateways of one deployment are told the same, in the same order.

1. One worker does everything that reaches gateways, in the order it was asked for: greet a
   gateway, replace the epoch, pass on a change of the registry, sync.
2. A gateway that greets is given the whole epoch in force at its deployment, then a lease.
3. A new epoch is loaded beside the old one and sent whole, ahead where it was approved already;
   it is activated last, and leases for the old epoch are never signed again.
4. A gateway too slow to take what it is sent is dropped, and greets anew.
5. What a gateway asks about a word takes its turn among all this. Few of them wait at once, the others
   are refused: a gateway that waits no longer asks about the next, however long this takes.
6. A change that cannot be passed on, or an epoch that cannot be loaded, ends all leases: an error
   is a refusal. The whole is loaded anew until that succeeds, so that it does not last.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from writ.clock import Clock, elapsed
from writ.desk.assertions import Assertions
from writ.desk.fleet import Fleet, InForce, Member
from writ.desk.leases import RENEWAL, Leases
from writ.desk.loads import Loads
from writ.desk.roll import Roll
from writ.model.order import Lawbook
from writ.people.books import Change
from writ.point import seam

PATIENCE = 5.0
"""Seconds a gateway may take to accept a part of what it is sent."""
PART = 4 * 1024 * 1024
"""Bytes of a part, more or less; between two of them leases are renewed."""
MOST_ASKED = 64
"""Words of one gateway that wait at once."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What the desk has put in force: the envelope gateways verify, the law it was made from."""

    number: int
    digest: str
    envelope: bytes
    book: Lawbook


class Governance(Protocol):
    """The desk, as the feed needs it."""

    def epoch(self) -> Epoch | None:
        """Return what is in force; None before the first activation."""
        ...


class _Link:
    """One connected gateway."""

    def __init__(self, member: Member, writer: asyncio.StreamWriter) -> None:
        self.member = member
        self.writer = writer
        self.synced = 0
        self.staged = ""
        self.asked = 0

    async def send(self, messages: Iterable[seam.Down]) -> None:
        """Send messages, part by part, or drop the gateway (rule 4)."""
        for part in _parts(map(seam.frame, messages)):
            self.writer.write(part)
            try:
                async with asyncio.timeout(PATIENCE):  # wait_for may swallow a cancellation (3.11)
                    await self.writer.drain()
            except (TimeoutError, OSError):
                self.writer.transport.abort()
                return


class Feed:
    """Serves the seam's socket; start, then stop, on one event loop."""

    def __init__(  # noqa: PLR0913  the parts of the control side, put together in one place
        self,
        governance: Governance,
        roll: Roll,
        leases: Leases,
        fleet: Fleet,
        clock: Clock,
        *,
        assertions: Assertions,
    ) -> None:
        self._governance = governance
        self._roll = roll
        self._assertions = assertions
        self._leases = leases
        self.fleet = fleet
        self._clock = clock
        self._epoch: Epoch | None = None
        self._loads: Loads | None = None
        self._next: tuple[Epoch, Loads] | None = None
        self._links: dict[str, _Link] = {}
        self._work: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._server: asyncio.Server
        self._syncs = 0

    async def start(self, path: Path) -> None:
        """Load what is in force and listen; the socket is its owner's only."""
        self._loop = asyncio.get_running_loop()
        self._roll.listen(self._changed)  # first, so that no change is missed
        await self._load_epoch()
        self._server = await asyncio.start_unix_server(self._greeted, sock=_listen(path))
        self._tasks = [
            asyncio.create_task(self._worker()),
            asyncio.create_task(self._renewals()),
        ]

    async def stop(self) -> None:
        """Stop listening and let every gateway go; their leases lapse by themselves."""
        self._roll.ignore(self._changed)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for link in list(self._links.values()):
            link.writer.transport.abort()
        self._server.close()

    async def prepare(self, epoch: Epoch) -> None:
        """Have gateways stage what was approved, so that activating it is one message (rule 3)."""

        async def job() -> None:
            self._next = epoch, await asyncio.to_thread(self._filled, epoch)
            for link in list(self._links.values()):
                await self._stage(link, *self._next)

        await self._done(job)

    async def activated(self, since: float | None = None) -> InForce:
        """Replace the epoch by the desk's; return once it is in force (elapsed time `since`)."""
        started = elapsed() if since is None else since
        await self._done(self._replace)
        if self._epoch is None:
            return InForce(0, 0.0, {}, (), 0)
        return await self.fleet.in_force(self._epoch.number, started)

    async def settle(self) -> bool:
        """Wait until every change made before is applied on every connected gateway.

        False where some gateway did not say so in time, or a change could not be passed on.
        """
        await asyncio.sleep(0)  # changes made in this thread take their place in the queue
        await self._done(self._sync)
        if self._loads is None and self._governance.epoch() is not None:  # rule 6
            return False
        number = self._syncs
        return await self.fleet.until(
            lambda: all(link.synced >= number for link in self._links.values()), PATIENCE
        )

    async def _sync(self) -> None:
        self._syncs += 1
        await self._broadcast([seam.Sync(self._syncs)])

    async def _done(self, job: Callable[[], Awaitable[None]]) -> None:
        """Have the worker do a job, and wait for it (rule 1)."""
        finished: asyncio.Future[None] = self._loop.create_future()

        async def run() -> None:
            try:
                await job()
            except Exception as error:  # noqa: BLE001  handed on to whoever asked
                if not finished.done():
                    finished.set_exception(error)
            else:
                if not finished.done():
                    finished.set_result(None)

        await self._work.put(run)
        await finished

    async def _worker(self) -> None:
        while True:
            await (await self._work.get())()

    @property
    def _behind(self) -> bool:
        """Whether gateways cannot have what the desk has in force."""
        said = self._governance.epoch()
        return said is not None and (self._epoch is None or self._epoch.digest != said.digest)

    async def _catch_up(self) -> None:
        """Load anew what could not be loaded or passed on (rule 6)."""

        async def job() -> None:
            if self._behind:
                await self._replace()

        try:
            await self._done(job)
        except Exception as error:  # noqa: BLE001  rule 6; the next renewal tries again
            self._loop.call_exception_handler(
                {"message": "what is in force cannot be loaded; no leases", "exception": error}
            )

    async def _renewals(self) -> None:
        behind = False
        while True:
            await asyncio.sleep(RENEWAL)
            if behind and self._behind:  # for longer than it takes to hand an epoch over
                await self._catch_up()
            behind = self._behind
            for link in list(self._links.values()):
                await self._renew(link)

    async def _renew(self, link: _Link) -> None:
        said = self._governance.epoch()
        if self._epoch is not None and said is not None and said.digest == self._epoch.digest:
            lease = self._leases.grant(link.member.name, self._epoch.number, self._epoch.digest)
            await link.send([lease])

    def _changed(self, change: Change) -> None:
        """Pass on a change; called in the thread that made it."""

        async def job() -> None:
            try:
                await self._pass_on(change)
            except Exception as error:  # noqa: BLE001  rule 6, whatever went wrong
                self._epoch = self._loads = self._next = None
                self._loop.call_exception_handler(
                    {"message": "a change was not passed on; leases end", "exception": error}
                )

        self._loop.call_soon_threadsafe(self._work.put_nowait, job)

    async def _pass_on(self, change: Change) -> None:
        for loads in filter(None, [self._loads, self._next[1] if self._next else None]):
            for load in loads:
                # Many may rest on one owner of whom something became known; leases go on meanwhile.
                changes, now = self._roll.changes, self._clock.now()
                messages = await asyncio.to_thread(changes, load, change, now)
                for link in list(self._links.values()):
                    if loads.of(link.member.name) is load:
                        await link.send(messages)

    async def _broadcast(self, messages: Sequence[seam.Down]) -> None:
        for link in list(self._links.values()):
            await link.send(messages)

    async def _load_epoch(self) -> None:
        """Take the desk's epoch as prepared, or load it beside what there is (rule 3)."""
        epoch, prepared = self._governance.epoch(), self._next
        if epoch is None:
            return
        if prepared is not None and prepared[0].digest == epoch.digest:
            loads = prepared[1]
        else:
            loads = await asyncio.to_thread(self._filled, epoch)
        self._epoch, self._loads, self._next = epoch, loads, None

    def _filled(self, epoch: Epoch) -> Loads:
        return Loads(epoch.book, epoch.number, self._roll, self._clock.now())

    async def _replace(self) -> None:
        unheard = self._loads is None  # changes made so far reached no gateway
        await self._load_epoch()
        for link in list(self._links.values()):
            if unheard:
                await link.send(await asyncio.to_thread(self._roll.standing, revoked=True))
            await self._give_epoch(link)

    async def _give_epoch(self, link: _Link) -> None:
        if self._epoch is None or self._loads is None:
            return
        if link.staged != self._epoch.digest:
            await self._stage(link, self._epoch, self._loads)
        link.staged = ""
        await link.send([seam.Activate(self._epoch.number)])
        await self._renew(link)

    async def _stage(self, link: _Link, epoch: Epoch, loads: Loads) -> None:
        messages = loads.of(link.member.name).messages()
        await link.send([seam.Snapshot(epoch.number, epoch.envelope), *messages])
        link.staged = epoch.digest

    async def _greeted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one gateway's connection until it ends."""
        link: _Link | None = None
        try:
            hello = await asyncio.wait_for(_read(reader), PATIENCE)
            if not isinstance(hello, seam.Hello):
                return
            link = _Link(self.fleet.member(hello.gateway), writer)
            await self._done(lambda: self._welcome(link))
            while True:
                await self._heard(link, await _read(reader))
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
            return
        finally:
            writer.transport.abort()
            if link is not None and self._links.get(link.member.name) is link:
                del self._links[link.member.name]
                link.member.connected = False
                await self.fleet.tell()

    async def _welcome(self, link: _Link) -> None:
        """Rule 2; an older connection of the same name is dropped."""
        standing = await asyncio.to_thread(self._roll.standing)
        before = self._links.get(link.member.name)
        if before is not None:
            before.writer.transport.abort()
        self._links[link.member.name] = link
        link.member.connected, link.member.epoch = True, 0
        await link.send(standing)
        await self._give_epoch(link)
        if self._next is not None:
            await self._stage(link, *self._next)
        await link.send([seam.Sync(self._syncs)])

    async def _heard(self, link: _Link, message: seam.Up) -> None:
        member = link.member
        if self._links.get(member.name) is not link:
            raise ValueError("a gateway of the same name has taken its place")
        match message:
            case seam.Applied(number, 0, _):
                link.synced = max(link.synced, number)
            case seam.Applied(_, epoch, cut):
                member.epoch, member.cut, member.applied_at = epoch, cut, elapsed()
                member.wanting = ""
            case seam.Declined(_, why):
                member.wanting, link.staged = why, ""
            case seam.Asserted():
                await self._asked(link, message)
                return
            case _:
                raise ValueError("a gateway greets once")
        await self.fleet.tell()

    async def _asked(self, link: _Link, message: seam.Asserted) -> None:
        """Have a word judged in its turn (rule 5)."""
        if link.asked >= MOST_ASKED:
            await link.send([seam.Assessed(message.number, 0)])
            return
        link.asked += 1

        async def job() -> None:
            link.asked -= 1
            answer = seam.Assessed(message.number, 0)
            try:
                if self._loads is not None:
                    assessor, now = self._loads.assessor(link.member.name), self._clock.now()
                    assess = self._assertions.assess
                    answer = await asyncio.to_thread(assess, assessor, message, now)
            except Exception as error:  # noqa: BLE001  the word is refused, whatever went wrong
                self._loop.call_exception_handler(
                    {"message": "a word could not be judged", "exception": error}
                )
            await link.send([answer])

        self._work.put_nowait(job)


def _parts(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Join frames to parts; whatever there is, a few at a time."""
    part = bytearray()
    for frame in frames:
        part += frame
        if len(part) >= PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _listen(path: Path) -> socket.socket:
    """Listen on a Unix socket that only its owner can reach; one left behind is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    return listener


async def _read(reader: asyncio.StreamReader) -> seam.Up:
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > seam.MAX_FRAME:
        raise ValueError("seam message too large")
    message: seam.Up = seam.up_decoder.decode(await reader.readexactly(size))
    return message
