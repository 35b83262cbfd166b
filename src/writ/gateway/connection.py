"""One caller's connection: requests in, answers out, in the order the requests came.

1. Requests are read while one is answered, but no more than a few: then reading stops, and past
   the limit the connection closes after those taken (RFC 9112 9.3.2).
2. A malformed request is answered in its turn, and is the last.
3. Whoever closes their side while an upstream works for them has gone: the call is cancelled.
   With no upstream at work, what is owed is still sent.
4. After an answer that ends the connection early, what the caller still sends is read and thrown
   away for a moment, or the answer could be lost with the connection (RFC 9112 9.6).
5. A large body, or one of unknown length, is taken from a known API key only.
6. Every wait has an end: for a head, for a body, for the next request, for a caller to read on.
"""

import asyncio
import math
from collections import deque
from typing import cast

from writ.clock import elapsed
from writ.gateway.credential import digest_of_key
from writ.gateway.exchange import Exchange
from writ.gateway.parts import Parts
from writ.gateway.request import Malformed, Reader, Request

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_SECONDS = 2.0


class Connection(asyncio.Protocol):
    """A caller; `deadline` is when its patience with us, or ours with it, ends (elapsed)."""

    def __init__(self, parts: Parts, connections: set["Connection"]) -> None:
        self.paused = False
        self.deadline = math.inf
        self._parts = parts
        self._connections = connections
        self._reader = Reader(parts.limits, self._on_head, self._on_request)
        self._queue: deque[Exchange] = deque()
        self._running = False
        self._closing = False
        self._lingering = False
        self._expecting = False

    # -- from the transport ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)
        self._wait(self._parts.limits.head_seconds)
        if len(self._connections) > self._parts.limits.connections:
            self._fault(Malformed(503, "too_many_connections", "too many connections"))

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            return
        idle = not self._reader.partial
        try:
            self._reader.feed(data)
        except Malformed as fault:
            self._fault(fault)
            return
        if idle and self._reader.in_head:
            self._wait(self._parts.limits.head_seconds)
        self._run()
        self._pace()

    def eof_received(self) -> bool:
        if self._lingering or not self._queue or self._queue[0].called:  # rule 3
            return False
        self._closing = True
        self._reader.finished = True
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio names it
        self._connections.discard(self)
        while self._queue:
            self._queue.popleft().abandon()

    def pause_writing(self) -> None:
        self.paused = True
        self._wait(self._parts.limits.stalled_client_seconds)
        if self._queue:
            self._queue[0].pause()

    def resume_writing(self) -> None:
        self.paused = False
        self.deadline = math.inf if self._queue else self.deadline
        if self._queue:
            self._queue[0].resume()

    # -- from the reader ---------------------------------------------------------------------

    def _on_head(self, request: Request) -> None:
        self._wait(self._parts.limits.body_seconds)
        for expectation in request.values(b"expect"):
            if request.version == "1.0":  # RFC 9110 10.1.1
                continue
            if expectation.lower() != b"100-continue":
                raise Malformed(417, "expectation_failed", "this server meets no such expectation")
            self._expecting = True
        self._check_stranger(request)
        self._encourage()

    def _check_stranger(self, request: Request) -> None:
        """Rule 5; before the first snapshot nobody is known, and nobody is told so."""
        board, limits = self._parts.gate.board, self._parts.limits
        lengths = [int(length) for length in request.values(b"content-length")]
        chunked = bool(request.values(b"transfer-encoding"))
        if not chunked and max(lengths, default=0) <= limits.stranger_bytes:
            return
        if board.view is not None and board.key(digest_of_key(request)) is None:
            raise Malformed(401, "invalid_api_key", "this API key is not valid")

    def _on_request(self, request: Request) -> None:
        self._expecting = False
        if len(self._queue) >= self._parts.limits.pipelined:  # rule 1
            self._closing = True
            self._reader.finished = True
            return
        if not self._closing:
            self._queue.append(Exchange(self, self._parts, request))

    # -- from the exchange -------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send bytes of the present answer, unless nobody is there any more."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def keeps(self, request: Request) -> bool:
        """Whether the connection stays open after this request."""
        last = self._closing and len(self._queue) <= 1
        return request.keep_alive and not last

    def finished(self, *, keep: bool) -> None:
        """Go on with the next request, or end the connection."""
        self._queue.popleft().close()
        if not keep or (self._closing and not self._queue):
            self._end()
            return
        if not self._queue and not self._reader.partial:
            self._wait(self._parts.limits.idle_seconds)
        self._encourage()
        self._run()
        self._pace()

    # -- from the clock ----------------------------------------------------------------------

    def expire(self) -> None:
        """Rule 6."""
        if self._lingering or self.paused or not self._reader.partial:
            self._transport.abort()
            return
        self._fault(Malformed(408, "request_timeout", "the request did not arrive in time"))

    def close(self) -> None:
        """Close, at once if nothing is owed, otherwise after the present answer."""
        self._closing = True
        if not self._queue:
            self._transport.close()

    def abort(self) -> None:
        """Break off."""
        self._transport.abort()

    # ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        if self._running:
            return
        self._running = True
        while self._queue and not self._queue[0].begun:
            self._queue[0].begin()
        self._running = False

    def _pace(self) -> None:
        """Read on while at most one request waits behind the one that is answered (rule 1)."""
        if self._transport.is_closing():
            return
        if len(self._queue) > 1:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
        if self._queue and not self._reader.partial and not self.paused:
            self.deadline = math.inf

    def _fault(self, fault: Malformed) -> None:
        self._closing = True
        self._reader.finished = True
        request = self._reader.begun
        request.keep_alive = False
        self._queue.append(Exchange(self, self._parts, request, fault))
        self._run()

    def _encourage(self) -> None:
        """Answer `Expect: 100-continue` once nothing else is owed before it."""
        if self._expecting and not self._queue and self._reader.in_body:
            self._expecting = False
            self._transport.write(_CONTINUE)

    def _end(self) -> None:
        while self._queue:
            self._queue.popleft().abandon()
        if self._reader.partial or self._closing:  # rule 4
            self._linger()
        else:
            self._transport.close()

    def _linger(self) -> None:
        self._lingering = True
        self._wait(_LINGER_SECONDS)
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.resume_reading()
            self._transport.write_eof()
        else:
            self._transport.close()

    def _wait(self, seconds: float) -> None:
        self.deadline = elapsed() + seconds
