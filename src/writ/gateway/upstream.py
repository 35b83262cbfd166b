"""Connections to a model server: kept, reused, and given up when they misbehave.

1. One call at a time on a connection; an unused one is kept for the next call, newest first.
2. A kept connection that turns out closed before any byte of an answer is replaced once by a
   fresh one; nothing else is ever sent twice.
3. Bytes beyond an answer's stated end, an upgrade, malformed framing or a transfer coding besides
   `chunked` end the call as a failure, and the connection with it.
4. Whether a connection may be kept must be asked inside `on_message_complete`; afterwards the
   parser has forgotten.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import httptools

from writ.clock import elapsed
from writ.errors import Failed
from writ.gateway.fields import Fields
from writ.gateway.limits import Limits
from writ.model import listeners

NO_BODY = frozenset((204, 304))
_INFORMATIONAL = 200


class _Excess(Exception):
    pass


class Listener(Protocol):
    """Who made a call."""

    def on_head(self, status: int, fields: Fields) -> None:
        """Take the head of the answer."""

    def on_data(self, data: bytes) -> None:
        """Take a piece of its body."""

    def on_end(self) -> None:
        """Take note that the answer is whole."""

    def on_failure(self, status: int, why: str) -> None:
        """Take note that there will be no (more) answer: 502 or 504, and why."""


class Call:
    """One request to an upstream, from wanting a connection to the end of the answer."""

    __slots__ = ("body", "head", "listener", "paused", "retried", "task", "wire")

    def __init__(self, head: bytes, body: bytes, listener: Listener) -> None:
        self.head = head
        self.body = body
        self.listener = listener
        self.wire: Wire | None = None
        self.task: asyncio.Task[None] | None = None
        self.retried = False
        self.paused = False

    def cancel(self) -> None:
        """Give the call up; its connection is closed, so that the upstream stops working."""
        if self.task is not None:
            self.task.cancel()
            self.task = None
        if self.wire is not None:
            self.wire.abandon()

    def pause(self) -> None:
        """Stop reading the answer: the caller is slower than the upstream."""
        self.paused = True
        if self.wire is not None and not self.wire.transport.is_closing():
            self.wire.transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self.paused = False
        if self.wire is not None and not self.wire.transport.is_closing():
            self.wire.touch()
            self.wire.transport.resume_reading()


class Upstream:
    """One model server and the connections to it; `connects` and `calls` only grow."""

    def __init__(self, settings: listeners.Upstream, limits: Limits) -> None:
        parts = urlsplit(settings.address)
        self.name = settings.name
        self.dialects = settings.dialects
        self.models = settings.models
        self.prefix = parts.path.encode()
        self.authority = parts.netloc.encode()
        self.key = _read_key(settings.key_file) if settings.key_file else b""
        self.connects = 0
        self.calls = 0
        self.limits = limits
        self.idle: list[Wire] = []
        self.busy: set[Wire] = set()
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)

    def send(self, head: bytes, body: bytes, listener: Listener) -> Call:
        """Send a request; the listener hears how it goes."""
        self.calls += 1
        call = Call(head, body, listener)
        while self.idle:
            wire = self.idle.pop()
            if not wire.transport.is_closing():
                wire.begin(call)
                return call
        self.connect(call)
        return call

    def connect(self, call: Call) -> None:
        """Open a fresh connection for `call`."""
        call.task = asyncio.get_running_loop().create_task(self._connect(call))

    def tick(self, now: float) -> None:
        """Close what was unused too long and give up what is silent too long (elapsed seconds)."""
        for wire in [wire for wire in self.idle if wire.deadline < now]:
            wire.transport.abort()
            self.idle.remove(wire)
        for wire in [wire for wire in self.busy if wire.deadline < now]:
            wire.give_up()

    def calls_under_way(self) -> list[Call]:
        """Return the calls that have a connection."""
        return [wire.call for wire in self.busy if wire.call is not None]

    def close(self) -> None:
        """Close every connection."""
        for wire in (*self.idle, *self.busy):
            wire.transport.abort()

    async def _connect(self, call: Call) -> None:
        loop = asyncio.get_running_loop()
        opening: Coroutine[Any, Any, tuple[asyncio.BaseTransport, Wire]] = loop.create_connection(
            lambda: Wire(self), self._host, self._port, ssl=self._tls
        )
        try:
            _, wire = await asyncio.wait_for(opening, self.limits.connect_seconds)
            if call.task is None:  # given up as it opened; Python 3.11 says nothing of that
                wire.transport.abort()
                return
        except TimeoutError:
            call.task = None
            call.listener.on_failure(504, "the model server does not answer")
        except OSError:
            call.task = None
            call.listener.on_failure(502, "the model server cannot be reached")
        else:
            call.task = None
            self.connects += 1
            wire.begin(call)


class Wire(asyncio.Protocol):
    """One connection; `deadline` is when its patience ends (elapsed seconds)."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.deadline = 0.0
        self.call: Call | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._fields: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._fresh = True  # has carried no answer yet
        self._heard = False  # a byte of the present answer has come
        self._open_ended = False  # its body ends with the connection
        self._in_body = False
        self._whole = False
        self._keep = False

    # -- from the call -----------------------------------------------------------------------

    def begin(self, call: Call) -> None:
        """Send the call's request."""
        self.call = call
        call.wire = self
        self._heard = self._in_body = self._open_ended = self._whole = False
        self.upstream.busy.add(self)
        self.deadline = elapsed() + self.upstream.limits.first_byte_seconds
        if call.paused:
            self.transport.pause_reading()
        self.transport.writelines((call.head, call.body))

    def abandon(self) -> None:
        """Close the connection under the call; nobody is told."""
        self._leave()
        self.transport.abort()

    def give_up(self) -> None:
        """The upstream is silent for too long."""
        if self.call is not None and self.call.paused:  # it is the caller who is slow
            self.touch()
            return
        self._fail(504, "the model server went silent")

    def touch(self) -> None:
        """Start the wait for more bytes anew."""
        self.deadline = elapsed() + self.upstream.limits.silence_seconds

    # -- from the transport ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.call is None:  # an answer nobody asked for
            self._forget()
            return
        self._heard = True
        self.touch()
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(502, "the model server's answer is malformed")  # rule 3
            if isinstance(error, httptools.HttpParserCallbackError) and not isinstance(
                error.__context__, _Excess
            ):
                raise  # a fault of ours, not of the upstream's
        else:
            if self._whole:
                self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        call = self.call
        if call is None:
            self._forget()
        elif not self._heard and not self._fresh and not call.retried:  # rule 2
            self._leave()
            call.retried = True
            self.upstream.connect(call)
        elif self._open_ended and exc is None:
            self._leave()
            call.listener.on_end()
        else:
            self._fail(502, "the model server broke off its answer")

    # -- from the parser ---------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Start an answer; a second one in the same breath is excess (rule 3)."""
        if self._whole:
            raise _Excess
        self._fields = []
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; trailer fields are dropped."""
        if self._in_body:
            return
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > self.upstream.limits.head_bytes:
            raise _Excess
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Pass the head on, unless it is an interim one."""
        status = self._parser.get_status_code()
        if status < _INFORMATIONAL or self.call is None:
            return
        names = {name for name, _ in self._fields}
        codings = [value.lower() for name, value in self._fields if name == b"transfer-encoding"]
        if codings not in ([], [b"chunked"]):
            raise _Excess
        self._in_body = True
        self._open_ended = status not in NO_BODY and not names & {
            b"content-length",
            b"transfer-encoding",
        }
        self.call.listener.on_head(status, self._fields)

    def on_body(self, data: bytes) -> None:
        """Pass a piece of the body on."""
        if self.call is not None:
            self.call.listener.on_data(data)

    def on_message_complete(self) -> None:
        """Note the end; the call ends once the bytes at hand hold no excess (rule 4)."""
        if self._in_body:
            self._in_body = False
            self._whole = True
            self._keep = self._parser.should_keep_alive()

    # -- ends --------------------------------------------------------------------------------

    def _finish(self) -> None:
        call = self._leave()
        self._fresh = False
        if self._keep and not self.transport.is_closing():
            self.deadline = elapsed() + self.upstream.limits.spare_seconds
            self.transport.resume_reading()
            self.upstream.idle.append(self)
        else:
            self.transport.abort()
        if call is not None:
            call.listener.on_end()

    def _fail(self, status: int, why: str) -> None:
        call = self._leave()
        self.transport.abort()
        if call is not None:
            call.listener.on_failure(status, why)

    def _leave(self) -> Call | None:
        call, self.call = self.call, None
        if call is not None:
            call.wire = None
        self.upstream.busy.discard(self)
        return call

    def _forget(self) -> None:
        if self in self.upstream.idle:
            self.upstream.idle.remove(self)
        self.transport.abort()


def _read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise Failed(f"cannot read the upstream's key `{path}`: {error.strerror}") from None
    if not key or b"\n" in key or b"\r" in key:
        raise Failed(f"`{path}` does not hold one key on one line")
    return key
