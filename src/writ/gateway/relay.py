"""How an upstream's answer reaches the caller: as events, held until whole, or in pieces.

1. An event stream goes out in whole events, so that an error event can end it anywhere; it is
   always chunked (to an HTTP/1.0 caller: until the connection closes).
2. Any other answer is held until it is whole, so that one that breaks off or comes too late is
   replaced by an error; one that is too long to hold goes out in pieces from there on.
3. What was sent is never completed with anything but its own bytes or the error event.
"""

from collections.abc import Callable

from writ.gateway.events import Events
from writ.gateway.fields import Fields, response_fields, status_line
from writ.gateway.limits import Limits

_STREAM = b"text/event-stream"
_NO_BODY = frozenset((204, 304))


def is_stream(fields: Fields) -> bool:
    """Whether the answer is an event stream."""
    return any(
        name == b"content-type" and value[: len(_STREAM)].lower() == _STREAM
        for name, value in fields
    )


def is_encoded(fields: Fields) -> bool:
    """Whether the answer's body is compressed."""
    return any(name == b"content-encoding" and value != b"identity" for name, value in fields)


class Overlong(Exception):
    """An event is longer than a gateway keeps."""


class Relay:
    """One answer on its way; `begun` once a byte of it may have left."""

    def __init__(
        self, write: Callable[[bytes], None], limits: Limits, extra: bytes, *, chunked: bool
    ) -> None:
        self.begun = False
        self.events: Events | None = None
        self._write = write
        self._limits = limits
        self._extra = extra
        self._chunked = chunked
        self._status = 0
        self._fields: Fields = ()
        self._held: list[bytes] = []
        self._held_bytes = 0

    def head(self, status: int, fields: Fields) -> None:
        """Take the head; that of an event stream leaves at once."""
        self._status, self._fields = status, fields
        if is_stream(fields):
            self.events = Events()
            self._begin()

    def passes(self, size: int) -> bool:
        """Whether a piece of so many bytes would leave at once, or only be held."""
        held = not self.begun and self._held_bytes + size <= self._limits.answer_bytes
        return not held

    def data(self, data: bytes) -> None:
        """Take a piece of the body; Overlong when an event is."""
        if self.events is not None:
            whole = self.events.feed(data)
            if whole:
                self._write(self._piece(whole))
            if self.events.waiting > self._limits.event_bytes:
                raise Overlong
        elif self.begun:
            self._write(self._piece(data))
        else:
            self._held.append(data)
            self._held_bytes += len(data)
            if self._held_bytes > self._limits.answer_bytes:
                self._begin()
                self._write(self._piece(b"".join(self._held)))
                self._held = []

    def end(self) -> None:
        """Finish: send what is held, or the end of what was begun."""
        if self.begun:
            rest = self.events.rest() if self.events is not None else b""
            self._write((self._piece(rest) if rest else b"") + self._last())
            return
        self.begun = True
        body = b"".join(self._held)
        length = b"" if self._status in _NO_BODY else b"content-length: %d\r\n" % len(body)
        self._write(self._first() + length + b"\r\n" + body)

    def cut(self, event: bytes) -> None:
        """End a stream with an error event; what is kept of a half event is dropped (rule 3)."""
        self._write(self._piece(event) + self._last())

    def _begin(self) -> None:
        self.begun = True
        framing = b"transfer-encoding: chunked\r\n" if self._chunked else b""
        self._write(self._first() + framing + b"\r\n")

    def _first(self) -> bytes:
        return status_line(self._status) + response_fields(self._fields) + self._extra

    def _piece(self, data: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data

    def _last(self) -> bytes:
        return b"0\r\n\r\n" if self._chunked else b""
