import asyncio
import http.server
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from tests.worlds.secure import secure_server
from writ.errors import Failed, Refused, WritError
from writ.people.https import HttpsFetch, inside
from writ.people.sources import LONGEST_PAUSE, MOST, Document, NotNow, Sources

PLACE = Document("an issuer", "https://id.example/keys", "*/*", 100)


@dataclass
class Issuer:
    """Publishes a document unless something is wrong; counts how often it was asked."""

    wrong: WritError | None = None
    asked: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Answer once it may."""
        self.asked += 1
        await self.answers.wait()
        if self.wrong is not None:
            raise self.wrong
        return uri.encode()


@dataclass
class World:
    """One issuer, asked at an instant of a test's choosing."""

    issuer: Issuer = field(default_factory=Issuer)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.issuer.answers.set()
        self.sources: Sources[bytes] = Sources(self.issuer, lambda: self.now)

    def ask(self, place: Document = PLACE, read: Callable[[bytes], bytes] = bytes) -> bytes:
        """Ask as one stranger does."""
        return asyncio.run(self.sources.get(place, read))

    def refused(self, place: Document = PLACE) -> WritError:
        """What is told instead of the document."""
        with pytest.raises(WritError) as told:
            self.ask(place)
        return told.value


def test_one_that_is_down_is_asked_less_and_less_and_never_less_than_once_a_minute() -> None:
    """The pause doubles from a second to a minute, however many strangers come."""
    world = World(Issuer(wrong=Failed("`id.example` does not answer; try again later")))
    asked: list[float] = []
    for world.now in range(300):
        before = world.issuer.asked
        for _ in range(3):
            world.refused()
        asked += [world.now] * (world.issuer.asked - before)
    pauses = [late - soon for soon, late in itertools.pairwise(asked)]
    assert [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE] == pauses


def test_whoever_comes_in_a_pause_is_told_why_and_for_how_long() -> None:
    """The reason is the source's own, and the seconds count down."""
    world = World(Issuer(wrong=Failed("`id.example` does not answer; try again later")))
    told = world.refused()
    assert "`id.example` does not answer; try again in 1 second" == str(told)
    world.now = 1.0
    world.refused()
    world.now = 1.2
    told = world.refused()
    assert isinstance(told, NotNow)
    assert 2 == told.after
    assert "`id.example` does not answer; try again in 2 seconds" == str(told)


def test_a_success_ends_the_pause_and_the_next_begins_anew() -> None:
    """An issuer that is back is not held to what it was."""
    world = World(Issuer(wrong=Failed("down")))
    for world.now in (0.0, 1.0, 3.0):
        world.refused()
    world.now, world.issuer.wrong = 7.0, None
    assert PLACE.uri.encode() == world.ask()
    world.issuer.wrong = Failed("down")
    assert "down; try again in 1 second" == str(world.refused())


def test_a_document_that_cannot_be_read_is_not_fetched_all_the_time_either() -> None:
    """What is published wrongly stays a refusal, in its own words."""
    world = World()

    def read(_: bytes) -> bytes:
        raise Refused("the key set of `idp` is no key set")

    for _ in range(3):
        with pytest.raises(Refused, match="the key set of `idp` is no key set"):
            world.ask(read=read)
    assert 1 == world.issuer.asked


def test_many_who_come_at_once_ask_once() -> None:
    """They wait for one answer; whoever goes away meanwhile takes it from nobody."""
    world = World()
    world.issuer.answers.clear()

    async def rush() -> list[bytes]:
        coming = [asyncio.create_task(world.sources.get(PLACE, bytes)) for _ in range(50)]
        await asyncio.sleep(0)
        coming[0].cancel()
        await asyncio.sleep(0)
        world.issuer.answers.set()
        return await asyncio.gather(*coming[1:])

    assert [PLACE.uri.encode()] * 49 == asyncio.run(rush())
    assert 1 == world.issuer.asked


def test_a_document_of_another_address_or_owner_is_asked_for_on_its_own() -> None:
    """One that is down stops no other, and what is read for one issuer is not another's."""
    world = World(Issuer(wrong=Failed("down")))
    world.refused()
    world.issuer.wrong = None
    for place in (PLACE._replace(uri="https://id.example/list"), PLACE._replace(owner="another")):
        assert place.uri.encode() == world.ask(place)


def test_a_thousand_failures_are_remembered() -> None:
    """The one that failed longest ago makes way."""
    world = World(Issuer(wrong=Failed("down")))
    places = [PLACE._replace(uri=f"https://id.example/{number}") for number in range(MOST + 1)]

    async def fail() -> None:
        for place in places:
            with pytest.raises(NotNow):
                await world.sources.get(place, bytes)

    asyncio.run(fail())
    world.refused(places[-1])
    assert MOST + 1 == world.issuer.asked
    world.refused(places[0])
    assert MOST + 2 == world.issuer.asked


class Down(http.server.BaseHTTPRequestHandler):
    """An issuer's machine that is up and out of order."""

    asked: ClassVar[list[str]] = []
    counting = threading.Lock()

    def do_GET(self) -> None:
        """Count, and fail."""
        with self.counting:
            self.asked.append(self.path)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, HttpsFetch]]:
    """Its port, and what reaches it."""
    with secure_server(tmp_path_factory.mktemp("tls"), Down) as (port, context):
        yield port, HttpsFetch(context, inside)


def test_a_machine_is_asked_once_for_two_hundred_strangers(port: tuple[int, HttpsFetch]) -> None:
    """Half of them come at once, half in the pause after; the machine hears of one."""
    number, fetch = port
    sources: Sources[bytes] = Sources(fetch, lambda: 0.0)
    place = PLACE._replace(uri=f"https://localhost:{number}/keys")

    async def come() -> list[bytes | BaseException]:
        coming = [sources.get(place, bytes) for _ in range(100)]
        return await asyncio.gather(*coming, return_exceptions=True)

    told = {str(item) for item in [*asyncio.run(come()), *asyncio.run(come())]}
    assert {"`localhost` answers 503; try again in 1 second"} == told
    assert ["/keys"] == Down.asked
