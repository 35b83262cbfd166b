"""A small model server that answers in both dialects and says which model it is.

1. OpenAI chat completions and responses, Anthropic messages, each whole or as a stream, and the
   list of models; nothing of a prompt is kept.
2. The answer names the model exactly as the request did, so that a drill sees who was asked.
3. An answer has as many words as the request allows (`max_tokens` and its like), twelve if it does
   not say. The first words come at once; a long answer is then spoken, a word every `PACE` seconds.
4. It prints one line with its port when it is ready, and stops on SIGTERM or when its standard input
   ends.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import chain, cycle, islice
from typing import cast

import httptools
import msgspec
import uvloop

from writ.canonical import Plain

PACE = 0.2
AT_ONCE = 24
WORDS = 12
_TEXT = ("a", "letter", "names", "two", "models", "and", "nobody", "else", "is", "to", "notice")
_LARGEST = 8 * 1024 * 1024


class Asked(msgspec.Struct, frozen=True):
    """The part of a request that matters here."""

    model: str
    stream: bool = False
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None

    @property
    def words(self) -> list[str]:
        """The words of the answer, each but the first with a space before it."""
        count = self.max_tokens or self.max_completion_tokens or self.max_output_tokens or WORDS
        spoken = islice(cycle(_TEXT), count)
        return [word if number == 0 else f" {word}" for number, word in enumerate(spoken)]


def chat(asked: Asked) -> Plain:
    """Answer a chat completion."""
    choice: Plain = {
        "index": 0,
        "message": {"role": "assistant", "content": "".join(asked.words), "refusal": None},
        "finish_reason": "stop",
        "logprobs": None,
    }
    count = len(asked.words)
    usage = {"prompt_tokens": 1, "completion_tokens": count, "total_tokens": count + 1}
    return {**_chat_head(asked, "chat.completion"), "choices": [choice], "usage": usage}


def chat_events(asked: Asked) -> Iterator[bytes]:
    """Answer a chat completion piece by piece."""
    head = _chat_head(asked, "chat.completion.chunk")
    pieces: Iterator[Plain] = ({"content": word} for word in asked.words)
    for delta in chain([{"role": "assistant", "content": ""}], pieces):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    end = _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield end + b"data: [DONE]\n\n"


def response(asked: Asked) -> Plain:
    """Answer a response."""
    return _response(asked, "completed", [_message_item("".join(asked.words), "completed")])


def response_events(asked: Asked) -> Iterator[bytes]:
    """Answer a response piece by piece."""
    for number, body in enumerate(_response_bodies(asked)):
        yield _event({**body, "sequence_number": number}, str(body["type"]))


def _response_bodies(asked: Asked) -> Iterator[dict[str, Plain]]:
    text = "".join(asked.words)
    output: dict[str, Plain] = {"output_index": 0}
    place: dict[str, Plain] = {**output, "item_id": "msg_1", "content_index": 0}
    opened, closed = _message_item("", "in_progress"), _message_item(text, "completed")
    yield {"type": "response.created", "response": _response(asked, "in_progress", [])}
    yield {"type": "response.output_item.added", **output, "item": opened}
    yield {"type": "response.content_part.added", **place, "part": _part("")}
    for word in asked.words:
        yield {"type": "response.output_text.delta", **place, "delta": word, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": _part(text)}
    yield {"type": "response.output_item.done", **output, "item": closed}
    yield {"type": "response.completed", "response": response(asked)}


def message(asked: Asked) -> Plain:
    """Answer a message."""
    return _message(asked, [{"type": "text", "text": "".join(asked.words)}], "end_turn")


def message_events(asked: Asked) -> Iterator[bytes]:
    """Answer a message piece by piece."""
    for body in _message_bodies(asked):
        yield _event(body, str(body["type"]))


def _message_bodies(asked: Asked) -> Iterator[dict[str, Plain]]:
    block: Plain = {"type": "text", "text": ""}
    yield {"type": "message_start", "message": _message(asked, [], None)}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for word in asked.words:
        delta: Plain = {"type": "text_delta", "text": word}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": len(asked.words)},
    }
    yield {"type": "message_stop"}


def _chat_head(asked: Asked, kind: str) -> dict[str, Plain]:
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": asked.model}


def _response(asked: Asked, status: str, output: list[Plain]) -> Plain:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "status": status,
        "model": asked.model,
        "output": output,
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


def _message_item(text: str, status: str) -> Plain:
    content: list[Plain] = [_part(text)] if status == "completed" else []
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def _part(text: str) -> Plain:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _message(asked: Asked, content: list[Plain], reason: str | None) -> Plain:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": len(asked.words)},
    }


def _event(body: Mapping[str, Plain], name: str = "") -> bytes:
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(body) + b"\n\n"


_WHOLE = {"/v1/chat/completions": chat, "/v1/responses": response, "/v1/messages": message}
_STREAM = {
    "/v1/chat/completions": chat_events,
    "/v1/responses": response_events,
    "/v1/messages": message_events,
}
_decoder = msgspec.json.Decoder(Asked)


class Connection(asyncio.Protocol):
    """One client's connection; requests are answered one after another."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._writable = asyncio.Event()
        self._writable.set()
        self._url, self._body = b"", bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self._transport = stream
        self._task = asyncio.get_running_loop().create_task(self._answer_all(stream))

    def connection_lost(self, _exc: Exception | None) -> None:
        self._writable.set()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            if self._transport is not None:
                self._transport.close()

    def on_message_begin(self) -> None:
        self._url, self._body = b"", bytearray()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > _LARGEST and self._transport is not None:
            self._transport.close()

    def on_message_complete(self) -> None:
        path = self._url.partition(b"?")[0].decode("ascii", "replace")
        self._waiting.put_nowait((path, bytes(self._body)))

    async def _answer_all(self, transport: asyncio.Transport) -> None:
        while True:
            path, body = await self._waiting.get()
            async for piece in _answer(path, body):
                await self._writable.wait()
                transport.write(piece)


async def _answer(path: str, body: bytes) -> AsyncIterator[bytes]:
    if path == "/v1/models":
        yield _whole(200, {"object": "list", "data": []})
        return
    if path not in _WHOLE:
        yield _whole(404, {"error": {"message": f"no route {path}", "type": "not_found"}})
        return
    try:
        asked = _decoder.decode(body)
    except msgspec.DecodeError as error:
        yield _whole(400, {"error": {"message": str(error), "type": "invalid_request_error"}})
        return
    if not asked.stream:
        yield _whole(200, _WHOLE[path](asked))
        return
    async for piece in _stream(_STREAM[path](asked)):
        yield piece


async def _stream(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    yield head + b"".join(map(_chunk, islice(events, AT_ONCE)))
    for event in events:
        await asyncio.sleep(PACE)
        yield _chunk(event)
    yield b"0\r\n\r\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _whole(status: int, body: Plain) -> bytes:
    data = msgspec.json.encode(body)
    word = {200: b"OK", 400: b"Bad Request", 404: b"Not Found"}[status]
    return b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        status,
        word,
        len(data),
        data,
    )


async def serve(ready: asyncio.Future[int] | None = None, port: int = 0) -> None:
    """Serve on 127.0.0.1 until cancelled; the port goes to `ready`, or on a line of its own."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    bound: int = server.sockets[0].getsockname()[1]
    if ready is None:
        sys.stdout.write(msgspec.json.encode({"ready": "upstream", "port": bound}).decode() + "\n")
        sys.stdout.flush()
    else:
        ready.set_result(bound)
    async with server:
        await server.serve_forever()


async def _until_told() -> None:
    serving = asyncio.get_running_loop().create_task(serve())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    with contextlib.suppress(PermissionError):  # /dev/null cannot be waited for, and never ends
        loop.add_reader(sys.stdin.fileno(), serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told())
