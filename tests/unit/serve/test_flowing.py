"""Answers in parts: whole or known to be broken, at the pace of whoever reads them."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.worlds.office import Office, office
from writ.cli import client
from writ.cli.registered import registered
from writ.clock import SECOND, Instant
from writ.errors import Failed, WritError
from writ.law.subjects import UNPROVED
from writ.model.config import read_config
from writ.model.subject import Fact, Subject, Value
from writ.people import census as books
from writ.people.census import census
from writ.serve import body
from writ.serve.app import control_app
from writ.serve.body import Flowing
from writ.serve.listen import Face, listen_unix
from writ.serve.problem import expected
from writ.serve.site import Site, open_site
from writ.store.people_tables import attestation

NAMES = tuple(f"p{number:02}" for number in range(25))
AT: Instant = 1_767_225_600 * SECOND


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A deployment with twenty-five people on its books, one of whom nobody can vouch for."""
    made = office(tmp_path_factory.mktemp("office"))
    told = Fact("citizenships", (Value(("US", "")),), "at_least", 3, "idv", "idv", AT)
    made.enrol(*(Subject(name, "person", (), (told,)) for name in NAMES))
    with open_site(read_config(made.config)) as site, site.store.unit() as connection:
        here = attestation.c.subject == NAMES[7]
        connection.execute(attestation.update().where(here).values(envelope=b"{}"))
    return made


@pytest.fixture
def site(desk: Office) -> Iterator[Site]:
    """The deployment, opened."""
    with open_site(read_config(desk.config)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten subjects a page, and a reader may stand still for a tenth of a second."""
    monkeypatch.setattr(books, "PAGE", 10)
    monkeypatch.setattr(body, "AT_ONCE", 10)
    monkeypatch.setattr(body, "PATIENCE", 0.1)


@contextmanager
def served(app: Starlette, path: Path) -> Iterator[None]:
    """Answer on a Unix socket from another thread."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        face = Face(app, listen_unix(path))
        face.start()
        await stop.wait()
        await face.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    until(lambda: answers(path))
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        path.unlink()


def answers(path: Path) -> bool:
    """Whether anybody listens there."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes to hold."""
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


class Parts:
    """An answer of many parts that remembers how many were made, and whether it was let go of."""

    def __init__(self, size: int, most: int, error: WritError | None = None) -> None:
        self._size, self._most, self._error = size, most, error
        self.made, self.ended = 0, False

    def app(self) -> Starlette:
        """Answer with them."""

        async def answer(_request: Request) -> Response:
            return await Flowing.begun(self._parts())

        return Starlette(
            routes=[Route("/population", answer)], exception_handlers={WritError: expected}
        )

    def _parts(self) -> Generator[bytes]:
        try:
            for _ in range(self._most):
                self.made += 1
                yield b"x" * (self._size - 1) + b"\n"
            if self._error is not None:
                raise self._error
        finally:
            self.ended = True


def asked(path: Path) -> socket.socket:
    """Ask for the answer, and read nothing of it."""
    reader = socket.socket(socket.AF_UNIX)
    reader.connect(str(path))
    reader.sendall(b"GET /population HTTP/1.1\r\nhost: writ\r\n\r\n")
    return reader


def test_everybody_arrives_as_the_books_have_them(desk: Office, site: Site) -> None:
    """By a running process and without one the lines are the same, and each is a subject."""
    alone = b"".join(census(site.registry)).splitlines()[1:]
    config = read_config(desk.config)
    with served(control_app(site), config.control_socket):
        lines = list(registered(desk.config).lines)
    names = [item.id for item in site.registry.subjects.all()]
    assert (names, alone) == ([_id(line) for line in lines], lines)
    assert [NAMES[7]] == [_id(line) for line in lines if UNPROVED.encode() in line]
    assert {*NAMES} - {NAMES[7]} == {_id(line) for line in lines if b'"facts"' in line}


def _id(line: bytes) -> str:
    return line.split(b'"')[3].decode()


def test_a_population_is_of_one_state_of_the_books(site: Site) -> None:
    """Who is added, and what is taken back, while it is read is not in it."""
    before = b"".join(census(site.registry))
    pages = census(site.registry)
    first = [next(pages), next(pages)]
    site.registry.subjects.add([Subject("zz", "person"), Subject("aa", "person")])
    site.registry.facts.revoke(site.registry.facts.carried(NAMES[20])[0].id)
    assert before == b"".join((*first, *pages))
    assert before != b"".join(census(site.registry))


def test_a_population_is_never_held_at_once(site: Site) -> None:
    """No page has more subjects than it may, and nothing of them is remembered for having been read."""
    sizes = [page.count(b"\n") for page in census(site.registry)]
    assert (1, 10, sum(sizes) - 1) == (
        sizes[0],
        max(sizes),
        len(site.registry.subjects.all()),
    )
    assert {} == site.registry.facts._methods._proved


def test_subjects_are_listed_as_one_object(site: Site) -> None:
    """The list of who is on the books is written in parts, and reads as one."""

    async def call() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=control_app(site))
        async with httpx2.AsyncClient(transport=transport, base_url="http://writ") as http:
            return await http.get("/subjects")

    listed = asyncio.run(call()).json()["subjects"]
    assert [
        {"id": item.id, "kind": item.kind, "acts_for": list(item.acts_for)}
        for item in site.registry.subjects.all()
    ] == listed


def test_who_reads_nothing_is_sent_no_more_and_is_let_go_of(tmp_path: Path) -> None:
    """Of a gigabyte a few parts are made, and then the answer ends without its end."""
    parts = Parts(1 << 20, 1000)
    with served(parts.app(), tmp_path / "s"), structlog.testing.capture_logs() as logs:
        with asked(tmp_path / "s") as reader:
            until(lambda: parts.ended)
            taken = b"".join(iter(lambda: reader.recv(1 << 20), b""))
        assert parts.made < 10
        assert not taken.endswith(b"\r\n0\r\n\r\n")
    assert ["nobody took it for 0.1 s"] == [log["why"] for log in logs]


def test_who_goes_away_is_sent_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts end as soon as nobody is there to take them."""
    monkeypatch.setattr(body, "PATIENCE", 60.0)
    parts = Parts(1 << 20, 1000)
    with served(parts.app(), tmp_path / "s"):
        asked(tmp_path / "s").close()
        until(lambda: parts.ended)
    assert parts.made < 1000


def test_an_answer_that_breaks_off_is_no_smaller_population(desk: Office) -> None:
    """A control process that fails in the middle, or tells of too few, has told nothing."""
    config = read_config(desk.config)
    broken = Parts(100, 3, Failed("the store is gone"))
    with served(broken.app(), config.control_socket), pytest.raises(Failed, match="went away"):
        list(client.everybody(desk.config))
    assert broken.ended

    short = iter(
        [b'{"subjects": 2, "deleted": 0, "last": null}\n', b'{"id": "a", "kind": "person"}\n']
    )
    app = Starlette(routes=[Route("/population", lambda _: Response(b"".join(short)))])
    with served(app, config.control_socket), pytest.raises(Failed, match="after 1 of 2 subjects"):
        list(registered(desk.config).lines)


def test_what_cannot_begin_is_answered_as_the_error_it_is(desk: Office) -> None:
    """An error before the first part has its own words."""
    parts = Parts(100, 0, Failed("cannot use the store"))
    config = read_config(desk.config)
    with (
        served(parts.app(), config.control_socket),
        pytest.raises(Failed, match="cannot use the store"),
    ):
        list(client.everybody(desk.config))
    assert parts.ended
