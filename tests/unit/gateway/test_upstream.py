"""Upstreams that are slow, wrong, gone, or too much."""

import asyncio
import contextlib
import time

import pytest

from tests.unit.gateway.conftest import SHORT
from tests.worlds.gateway import CHAT, FR, US, World, chat, post
from writ.gateway.fields import Fields
from writ.gateway.upstream import Upstream
from writ.model.listeners import Upstream as Settings

MESSAGES = "/v1/messages"
ALL = frozenset({"*"})


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("dropped", 502),
        ("short", 502),
        ("long", 502),
        ("two", 502),
        ("garbage", 502),
        ("zipped", 502),
        ("packed", 502),
        ("elsewhere", 502),
        ("silent", 504),
    ],
)
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_a_failing_upstream_is_said_in_the_envelope(
    hasty: World, script: str, status: int, path: str
) -> None:
    """502 or 504 with a code; the next request is served."""
    answer = hasty.ask(post(path, chat(), US, script=script))
    assert (status, "upstream_failed") == (answer.status, answer.code)
    assert 200 == hasty.ask(post(path, chat(), US)).status


@pytest.mark.parametrize("script", ["right", "chunked", "closing", "interim"])
def test_every_framing_is_understood(hasty: World, script: str) -> None:
    """However an upstream frames its answer, the caller gets it whole."""
    answer = hasty.ask(post(CHAT, chat(), US, script=script))
    assert (200, "chat.completion") == (answer.status, answer.json["object"])
    assert "x-late" not in answer.fields


def test_an_upstream_that_is_down(hasty: World) -> None:
    """502 in the envelope, with its receipt of the permit."""
    hasty.upstream.close()
    answer = hasty.chat()
    assert (502, "upstream_failed") == (answer.status, answer.code)
    assert 1 == hasty.await_receipt("permit")["begun"]


def test_the_upstreams_own_errors_pass(hasty: World) -> None:
    """They are the upstream's bytes."""
    answer = hasty.chat(script="failing")
    assert (500, "out of order") == (answer.status, answer.error["message"])


def test_a_stale_connection_is_replaced_once(hasty: World) -> None:
    """A kept connection that was closed meanwhile costs the caller nothing."""
    assert 200 == hasty.chat().status
    hasty.upstream.drop()
    assert 200 == hasty.chat().status
    assert 2 == len(hasty.upstream.seen)


def test_nothing_else_is_sent_twice(hasty: World) -> None:
    """A fresh connection that drops the request fails it."""
    assert 502 == hasty.chat(script="dropped").status
    assert 1 == len(hasty.upstream.seen)


def test_connections_are_reused(hasty: World) -> None:
    """Callers come and go, the upstream's connection stays; streams give theirs back too."""
    for number in range(100):
        assert 200 == hasty.ask(post(CHAT, chat(stream=number % 2 == 0), US)).status
    assert (100, 1) == (len(hasty.upstream.seen), hasty.upstream.connections)
    assert 1 == hasty.metric("writ_gateway_upstream_connects_total")
    assert 100 == hasty.metric("writ_gateway_upstream_calls_total")


def test_a_stream_that_breaks_off_ends_with_an_error(hasty: World) -> None:
    """The half event is dropped, the error event comes, then the end of the chunks."""
    answer = hasty.ask(post(CHAT, chat(stream=True), US, script="half"))
    first, last = answer.body.split(b"\n\n")[0], answer.body.split(b"\n\n")[-2]
    assert first.startswith(b'data: {"id": "chat-1"')
    assert last.startswith(b'data: {"error":{"message":"the model server broke off')


def test_an_event_without_end_is_given_up(hasty: World) -> None:
    """Nobody's memory is an upstream's to fill."""
    answer = hasty.ask(post(CHAT, chat(stream=True), US, script="endless"))
    assert b"an event without end" in answer.body


def test_a_long_answer_passes_in_pieces(hasty: World) -> None:
    """More than is held goes on as it comes, all of it."""
    answer = hasty.chat(script="huge")
    assert (200, 20 * 2**20) == (answer.status, len(answer.body))


def test_a_slow_caller_slows_the_upstream(hasty: World) -> None:
    """Of an endless torrent only so much is taken as the caller reads."""
    wire = hasty.open()
    wire.send(post(CHAT, chat(stream=True), US, script="torrent"))
    assert 200 == wire.head()[0]
    upstream = hasty.gateway.server.parts.upstreams[0]
    for _ in range(500):
        if [call.paused for call in upstream.calls_under_way()] == [True]:
            break
        time.sleep(0.02)
    assert [True] == [call.paused for call in upstream.calls_under_way()]
    taken = 0
    while taken < 64 * 2**20:
        taken += len(wire.chunk())
    wire.close()
    hasty.await_metric("writ_gateway_answers_under_way", 0)


@pytest.mark.parametrize("script", ["held", "silent"])
def test_a_caller_who_goes_cancels_the_call(hasty: World, script: str) -> None:
    """The upstream's connection closes, before and within the answer."""
    wire = hasty.open()
    wire.send(post(CHAT, chat(stream=True), US, script=script))
    if script == "held":
        assert 200 == wire.head()[0]
    while not hasty.upstream.seen:
        time.sleep(0.01)
    wire.close()
    assert True is hasty.upstream.seen[0].gone.wait(10)


def test_a_refused_caller_costs_the_upstream_nothing(hasty: World) -> None:
    """No connection, no request."""
    assert 451 == hasty.chat(FR).status
    assert 0 == hasty.upstream.connections


class Deaf:
    """Whoever asked, and wants to hear nothing more."""

    def on_head(self, status: int, fields: Fields) -> None:
        """Hear of a head."""
        raise AssertionError(status, fields)

    def on_data(self, data: bytes) -> None:
        """Hear of a body."""
        raise AssertionError(data)

    def on_end(self) -> None:
        """Hear that it is whole."""
        raise AssertionError

    def on_failure(self, status: int, why: str) -> None:
        """Hear that there is none."""
        raise AssertionError(status, why)


def test_a_call_that_was_given_up_is_not_sent() -> None:
    """At whatever moment of connecting: nothing reaches the upstream, and nothing is left open."""
    received: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            received.append(await reader.read())
        writer.close()

    async def give_up() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        settings = Settings("main", f"http://{host}:{port}", ALL, ALL, None)
        upstream = Upstream(settings, SHORT)
        for moment in range(30):
            call = upstream.send(b"POST / HTTP/1.1\r\n\r\n", b"", Deaf())
            for _ in range(moment):
                await asyncio.sleep(0)
            sent = call.wire is not None
            call.cancel()
            if sent:
                break
            await asyncio.sleep(0.005)
            assert (set(), []) == (upstream.busy, upstream.idle)
            assert not any(received)
        server.close()

    asyncio.run(asyncio.wait_for(give_up(), 10))
