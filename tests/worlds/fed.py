"""A feed over a real socket: a registry in a real store, a desk of given epochs, gateways that listen.

A gateway here believes every snapshot; proving them is tested with the gateway itself.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.worlds.june import BOOK, V1
from tests.worlds.stores import store_at
from writ.canonical import Plain
from writ.clock import DAY, DrillClock, Instant, format_instant
from writ.desk.assertions import Assertions
from writ.desk.feed import Epoch, Feed
from writ.desk.fleet import Fleet
from writ.desk.leases import Leases
from writ.desk.roll import Roll
from writ.law.snapshot import snapshot
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Subject
from writ.people.keys import Wanted
from writ.people.registry import Registry
from writ.point import seam
from writ.point.board import Board
from writ.point.view import read_view
from writ.signing.keys import KeyPair
from writ.signing.trust import Method, Trust

NOW = V1 + DAY
ACME = Subject("acme", "organisation")
ALICE = Subject("alice", "person")
BOB = Subject("bob", "person")
BOT = Subject("bot", "service", ("acme",))


class Desk:
    """A desk that has in force whatever it is told."""

    def __init__(self) -> None:
        self.now: Epoch | None = None

    def epoch(self) -> Epoch | None:
        """What is in force."""
        return self.now

    def put(self, number: int, book: Lawbook = BOOK) -> None:
        """Put an epoch in force."""
        self.now = Epoch(number, f"sha256:{number}", snapshot(book, number, None, 1), book)


class Office:
    """A registry with Acme, its service, Alice and Bob, and one method that counts for A2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = DrillClock(folder / "clock", NOW)
        self.store = store_at(folder / "writ.sqlite")
        self.idv, self.online = KeyPair.generate(), KeyPair.generate()
        methods = {
            "idv": Method("idv", self.idv.public, 2),
            "employer": Method("employer", KeyPair.generate().public, 2),
        }
        trust = Trust({}, methods, self.online.public)
        self.registry = Registry(self.store, trust, self.clock, folder)
        self.registry.subjects.add([ACME, ALICE, BOB, BOT])
        self.roll = Roll(self.registry.books, self.registry.facts)

    def show(
        self,
        subject: str,
        attribute: str,
        *values: Plain,
        completeness: str = "at_least",
        ends: Instant | None = None,
    ) -> None:
        """Have a fact attested."""
        fact: dict[str, Plain] = {
            "subject": subject,
            "attribute": attribute,
            "value": list(values),
            "completeness": completeness,
            "assurance": "A2",
            "method": "passport",
            "issuer": "idv",
            "verified_at": "2026-06-01T00:00:00Z",
        }
        if ends is not None:
            fact["expires_at"] = format_instant(ends)
        self.registry.facts.take_in(msgspec.json.encode(fact), self.idv, skip_bad=False)

    def key(self, requester: str, organisation: str | None = None) -> bytes:
        """Make an API key and return its digest."""
        [(made, _)] = self.registry.keys.create([Wanted(requester, organisation)])
        return made.digest


@dataclass
class Gateway:
    """One end of a connection: applies what it hears, and says so unless it is told not to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    obeys: bool = True
    board: Board = field(default_factory=Board)
    heard: list[seam.Down] = field(default_factory=list)
    closed: bool = False

    async def listen(self) -> None:
        """Hear until the connection ends."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                size = int.from_bytes(await self.reader.readexactly(4), "big")
                await self._hear(seam.down_decoder.decode(await self.reader.readexactly(size)))
        self.writer.close()
        self.closed = True

    async def say(self, message: seam.Up) -> None:
        """Say something to the control process."""
        self.writer.write(seam.frame(message))
        await self.writer.drain()

    def leases(self) -> list[int]:
        """Epochs of the leases heard, in order."""
        return [
            msgspec.json.decode(message.statement)["epoch"]
            for message in self.heard
            if isinstance(message, seam.Lease)
        ]

    async def _hear(self, message: seam.Down) -> None:
        self.heard.append(message)
        match message:
            case seam.Snapshot(_, envelope):
                self.board.stage(read_view(envelope))
            case seam.Activate(epoch):
                self.board.activate(epoch)
                if self.obeys:
                    await self.say(seam.Applied(0, epoch, 2))
            case seam.Sync(number):
                if self.obeys:
                    await self.say(seam.Applied(number, 0))
            case seam.Lease() | seam.Assessed():
                pass
            case _:
                self.board.put(message)


class Fed:
    """A feed and the gateways it serves."""

    def __init__(self, office: Office, names: Iterable[str] = (), lifetime: float = 30.0) -> None:
        self.office = office
        self.desk = Desk()
        leases = Leases(office.online, office.clock, lifetime)
        words = Assertions(office.registry.books, office.roll, 2)
        self.feed = Feed(
            self.desk, office.roll, leases, Fleet(names, leases), office.clock, assertions=words
        )
        self.path = office.folder / "seam.sock"
        self._tasks: list[asyncio.Task[None]] = []

    async def gateway(self, name: str = "gateway-1", *, obeys: bool = True) -> Gateway:
        """Connect a gateway and wait until the feed knows it."""
        made = await self.stranger(obeys=obeys)
        await made.say(seam.Hello(name, 0))
        await until(lambda: any(isinstance(m, seam.Sync) for m in made.heard))
        return made

    async def stranger(self, *, obeys: bool = True) -> Gateway:
        """Connect without a greeting."""
        made = Gateway(*await asyncio.open_unix_connection(str(self.path)), obeys)
        self._tasks.append(asyncio.create_task(made.listen()))
        return made

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Fed"]:
        """Serve, then stop."""
        await self.feed.start(self.path)
        try:
            yield self
        finally:
            await self.feed.stop()
            await asyncio.gather(*self._tasks)


@contextlib.asynccontextmanager
async def in_force(office: Office) -> AsyncIterator[tuple[Fed, Gateway]]:
    """Serve a gateway with the June letters in force, then stop."""
    fed = Fed(office)
    fed.desk.put(1)
    async with fed.running():
        yield fed, await fed.gateway()


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; the test's own time-out ends a wait in vain."""
    while not condition():  # noqa: ASYNC110  what is waited for has no event of its own
        await asyncio.sleep(0.005)


def run(story: Coroutine[None, None, None]) -> None:
    """Run a story to its end."""
    asyncio.run(story)


def outcome(
    gateway: Gateway, office: Office, digest: bytes, model: str = "fable-5", sub: str | None = None
) -> Outcome | None:
    """What a gateway decides for a key; None where it cannot."""
    key = gateway.board.key(digest)
    assert key is not None
    named = None if sub is None else seam.end_user_name(office.roll.name_of("acme"), sub)
    links = gateway.board.links(key, named, office.clock.now())
    if links is None:
        return None
    verdict = gateway.board.judge(links, model, office.clock.now(), live=True)
    return None if verdict is None else verdict.outcome
