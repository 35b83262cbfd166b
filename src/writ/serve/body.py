"""Requests and answers of the control process: JSON with exact fields, within a budget."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing
from itertools import islice
from typing import TypeVar

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

from writ.errors import InvalidInput, WritError
from writ.model.json_form import read_form as as_form

LARGEST = 64 * 1024 * 1024
"""Bytes of a request; a file of facts or of orders is the largest there is."""

PATIENCE = 60.0
"""Seconds that the reader of an answer in parts may stand still."""

AT_ONCE = 1000
"""Rows of a long list that are written at once."""

UNAPPLIED = "writ-unapplied"
"""The header that says so; see `writ.serve.site.Site.settled`."""

T = TypeVar("T")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON object with exactly the fields of its class."""


async def read_bytes(request: Request, most: int = LARGEST) -> bytes:
    """Read a request's body; one that is too large is InvalidInput."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise InvalidInput(f"more than {most >> 20} MiB at once; send it in parts")
    return bytes(body)


async def read_form(request: Request, form: type[T]) -> T:
    """Read a request's body as `form`."""
    return as_form(await read_bytes(request), form, "the request is not in its form")


def answer(value: object, status: int = 200, *, applied: bool = True) -> Response:
    """Write an answer; a change that some gateway has not applied yet says so in a header."""
    headers = None if applied else {UNAPPLIED: "1"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def listed(name: str, rows: Callable[[], Iterable[object]]) -> Generator[bytes]:
    """Write a JSON object with one long list, in parts; `rows` is asked once the first is wanted."""
    left, between = iter(rows()), b""
    yield b'{"%b":[' % name.encode()
    while some := list(islice(left, AT_ONCE)):
        yield between + msgspec.json.encode(some)[1:-1]
        between = b","
    yield b"]}"


class Flowing(StreamingResponse):
    """An answer in parts, each made in a thread of its own once the reader has taken the one before.

    Parts may be read of a view of the store, and as long as one is open what was erased stays in the
    file of last writes: whoever does not take a part within `PATIENCE` seconds gets no further one.
    """

    def __init__(self, first: bytes, parts: Generator[bytes], worker: Executor) -> None:
        self._parts = _in_turn(first, parts, worker)
        super().__init__(self._parts)

    @classmethod
    async def begun(cls, parts: Generator[bytes]) -> "Flowing":
        """Make the first part, so that what cannot even begin is answered as the error it is."""
        worker = ThreadPoolExecutor(1)
        try:
            first = await asyncio.get_running_loop().run_in_executor(worker, next, parts)
        except BaseException:
            _let_go(parts, worker)
            raise
        return cls(first, parts, worker)

    async def stream_response(self, send: Send) -> None:
        """Send the parts; an answer that is broken off lacks its end, which its reader can tell."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(PATIENCE):
                await send(message)

        async with aclosing(self._parts):
            try:
                await super().stream_response(in_time)
            except (TimeoutError, WritError) as error:
                why = str(error) or f"nobody took it for {PATIENCE} s"
                structlog.get_logger().warning("an answer was broken off", why=why)


async def _in_turn(
    first: bytes, parts: Generator[bytes], worker: Executor
) -> AsyncGenerator[bytes]:
    loop = asyncio.get_running_loop()
    try:
        yield first
        while part := await loop.run_in_executor(worker, next, parts, b""):
            yield part
    finally:
        _let_go(parts, worker)


def _let_go(parts: Generator[bytes], worker: Executor) -> None:
    """End the parts in their thread, after what it may be at."""
    worker.submit(parts.close)
    worker.shutdown(wait=False)
