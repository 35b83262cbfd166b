"""What one caller is answered: said at once, or passed on as the upstream sends it, and then over.

1. Nothing reaches an answer that is over.
2. What was begun ends with its own bytes: a stream by its error event, anything else by breaking
   off.
"""

from typing import Protocol

from writ.gateway.dialects import speak
from writ.gateway.fields import Fields, own_answer
from writ.gateway.parts import Parts
from writ.gateway.refusal import Refusal
from writ.gateway.relay import Relay
from writ.gateway.request import Request
from writ.gateway.routes import Kind, Route, dialect_of


class Caller(Protocol):
    """The connection that is answered on."""

    paused: bool

    def write(self, data: bytes) -> None:
        """Send bytes of the present answer."""

    def keeps(self, request: Request) -> bool:
        """Whether the connection stays open after this request."""

    def finished(self, *, keep: bool) -> None:
        """The answer is over, and with it the connection, unless it is to be kept."""


class Reply:
    """One answer."""

    __slots__ = ("_caller", "_parts", "_request", "dialect", "kind", "over", "relay")

    def __init__(self, caller: Caller, parts: Parts, request: Request) -> None:
        self.over = False
        self.dialect = dialect_of(request)
        self.kind = Kind.CHAT
        self.relay: Relay | None = None
        self._caller = caller
        self._parts = parts
        self._request = request

    def say(self, answer: Refusal) -> None:
        """Refuse."""
        keep = self._caller.keeps(self._request)
        self._parts.counters.outcomes[answer.code] += 1
        data = speak.answer(answer, self.dialect, keep_alive=keep)
        if self._request.method == "HEAD":  # RFC 9110 9.3.2: the head alone
            data = data[: data.index(b"\r\n\r\n") + 4]
        self._finish(data, keep=keep)

    def list(self, route: Route, names: tuple[str, ...]) -> None:
        """Answer with a list of models, or one entry of it."""
        body = speak.listing(route, names)
        keep = self._caller.keeps(self._request)
        self._parts.counters.outcomes["listed"] += 1
        answer = own_answer(200, [("cache-control", "no-store")], body, keep_alive=keep)
        self._finish(answer, keep=keep)

    def pass_on(self, status: int, fields: Fields, extra: bytes) -> None:
        """Begin to pass on an upstream's answer."""
        chunked = self._request.version == "1.1"
        if not self._caller.keeps(self._request):
            extra += b"connection: close\r\n"
        self.relay = Relay(self._caller.write, self._parts.limits, extra, chunked=chunked)
        self.relay.head(status, fields)

    def whole(self, relay: Relay) -> None:
        """End an answer that the upstream sent to its end."""
        relay.end()
        self._parts.counters.outcomes["served"] += 1
        self._finish(b"", keep=self._caller.keeps(self._request))

    def taken_back(self) -> Relay | None:
        """Pass on no more; return what was begun, if it was."""
        relay, self.relay = self.relay, None
        return relay if relay is not None and relay.begun else None

    def fail(self, answer: Refusal) -> None:
        """Say that it cannot go on."""
        begun = self.taken_back()
        if begun is None:
            self.say(answer)
        else:
            self.break_off(begun, answer)

    def break_off(self, relay: Relay, answer: Refusal) -> None:
        """End what was begun (rule 2)."""
        self._parts.counters.outcomes["broken_off"] += 1
        if relay.events is not None:
            relay.cut(speak.event(answer, self.kind, relay.events.count))
        self._finish(b"", keep=False)

    def _finish(self, data: bytes, *, keep: bool) -> None:
        if self.over:
            return
        self.over = True
        if data:
            self._caller.write(data)
        self._caller.finished(keep=keep)
