import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from writ.clock import wall
from writ.drill.probe import APIS, Api, Credentials, Question, Reply, Voice
from writ.drill.upstream import serve
from writ.model.catalogue import Catalogue, Model
from writ.signing.end_user import verify_end_user
from writ.signing.keys import KeyPair

CATALOGUE = Catalogue("p", {"m": Model("m", frozenset({"alias"})), "n": Model("n")})
PROBLEM = {"decision": "d-1"}
REFUSALS = {
    "openai": {"error": {"message": "no", "type": "t", "code": "legal_order", "problem": PROBLEM}},
    "anthropic": {
        "type": "error",
        "error": {
            "type": "permission_error",
            "message": "no",
            "details": {"error_code": "legal_order", "problem": PROBLEM},
        },
    },
}


async def canned(answer: bytes, heard: list[bytes]) -> asyncio.Server:
    """Answer every request with the same bytes, and keep what was heard."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


def asked(answer: bytes, ask: Callable[[Voice], Awaitable[Reply]]) -> tuple[Reply, list[bytes]]:
    """Ask a server of canned answers."""
    heard: list[bytes] = []

    async def main() -> Reply:
        server = await canned(answer, heard)
        port = server.sockets[0].getsockname()[1]
        async with server, Voice(f"127.0.0.1:{port}", CATALOGUE) as voice:
            return await ask(voice)

    return asyncio.run(main()), heard


def http(status: int, body: object, kind: str = "application/json") -> bytes:
    """Write an answer that closes the connection."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return (
        f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n"
        "connection: close\r\n\r\n"
    ).encode() + data


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS)
def test_refusals_are_read_off_the_official_error(api: Api, stream: bool) -> None:  # noqa: FBT001  a parameter of the table
    """Status, code and decision id come from the client's own error, after one try."""
    question = Question("m", "alias", api, stream)
    answer = http(451, REFUSALS[question.dialect])
    reply, heard = asked(answer, lambda voice: voice.ask(Credentials("wk", "k"), question))
    assert ("deny", 451, "legal_order", "d-1") == (
        reply.answer, reply.status, reply.code, reply.decision,
    )  # fmt: skip
    assert 1 == len(heard)


@pytest.mark.parametrize("api", APIS)
def test_an_unavailable_gateway_is_an_error_after_one_try(api: Api) -> None:
    """A 503 is not tried again, so that no failure hides behind a second try."""
    question = Question("m", "m", api, stream=False)
    reply, heard = asked(
        http(503, {"error": {"message": "later"}}),
        lambda voice: voice.ask(Credentials("wk", "k"), question),
    )
    assert ("error", 503) == (reply.answer, reply.status)
    assert 1 == len(heard)


def test_a_torn_answer_is_an_error() -> None:
    """An answer that breaks off is an error with the client's word for it."""
    torn = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    question = Question("m", "m", "chat", stream=False)
    reply, _ = asked(torn, lambda voice: voice.ask(Credentials("wk", "k"), question))
    assert ("error", None) == (reply.answer, reply.status)
    assert reply.note


def test_an_end_user_is_asserted_by_the_organisation() -> None:
    """The token names the end user, is bound to the API key, and is another for each request."""
    issuer = KeyPair.generate()
    who = Credentials("wk_text", "key-id", "someone", issuer)
    question = Question("m", "m", "messages", stream=False)
    _, heard = asked(http(500, {}), lambda voice: voice.ask(who, question))
    lines = [line.split(b": ", 1) for line in heard[0].split(b"\r\n")[1:] if line]
    head = {name.lower(): value for name, value in lines}
    token = head[b"x-writ-end-user"].decode()
    assert b"Bearer wk_text" == head[b"authorization"]
    assert {"x-writ-end-user": token} != who.headers()
    said = verify_end_user(token, "key-id", {issuer.id: issuer.public}.get, wall())
    assert "someone" == said.sub


def held(question: Question) -> tuple[Reply, str, str]:
    """Hold a stream at the drill's upstream and see how it fares."""

    async def main() -> tuple[Reply, str, str]:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()
        serving = loop.create_task(serve(ready))
        async with Voice(f"127.0.0.1:{await ready}", CATALOGUE) as voice:
            reply, stream = await voice.hold(Credentials("wk", "k"), question)
            assert stream is not None
            spoken = await stream.until_later_than(stream.last, 5)
            unended = await stream.until_ended(0.05)
            await stream.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return reply, spoken, unended

    return asyncio.run(main())


@pytest.mark.parametrize("api", APIS)
def test_a_held_stream_speaks_on(api: Api) -> None:
    """A stream that nobody ends is spared, for whichever API it is."""
    reply, spoken, unended = held(Question("m", "alias", api, stream=True))
    assert ("permit", "spared", "spared") == (reply.answer, spoken, unended)


CHAT_START = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":0,"model":"m","choices":[]}\n\n'
)


@pytest.mark.parametrize(
    ("end", "fate", "note"),
    [
        (b'data: {"error":{"message":"no","code":"legal_order"}}\n\n', "cut", "legal_order"),
        (b"data: [DONE]\n\n", "lost", "ended as if complete"),
    ],
)
def test_how_a_held_stream_ends(end: bytes, fate: str, note: str) -> None:
    """Only the dialect's own error is a cut; an end that looks complete is a loss."""
    question = Question("m", "m", "chat", stream=True)
    ended: list[tuple[str, str]] = []

    async def ask(voice: Voice) -> Reply:
        reply, stream = await voice.hold(Credentials("wk", "k"), question)
        assert stream is not None
        ended.append((await stream.until_ended(5), stream.note))
        return reply

    reply, _ = asked(http(200, CHAT_START + end, "text/event-stream"), ask)
    assert "permit" == reply.answer
    assert [(fate, note)] == ended


def test_a_stream_that_falls_silent_is_lost() -> None:
    """A stream that neither ends nor speaks has not been spared."""
    told: list[tuple[str, str]] = []
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + CHAT_START

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        await reader.read()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Voice(f"127.0.0.1:{port}", CATALOGUE) as voice:
            question = Question("m", "m", "chat", stream=True)
            _, stream = await voice.hold(Credentials("wk", "k"), question)
            assert stream is not None
            told.append((await stream.until_later_than(stream.last, 0.1), stream.note))
            await stream.close()

    asyncio.run(main())
    assert [("lost", "silent")] == told


def test_a_stream_that_is_refused_is_not_held() -> None:
    """A refusal instead of a first piece leaves nothing to hold."""
    question = Question("m", "m", "messages", stream=True)
    streams: list[object] = []

    async def ask(voice: Voice) -> Reply:
        reply, stream = await voice.hold(Credentials("wk", "k"), question)
        streams.append(stream)
        return reply

    reply, _ = asked(http(451, REFUSALS["anthropic"]), ask)
    assert ("deny", [None]) == (reply.answer, streams)
