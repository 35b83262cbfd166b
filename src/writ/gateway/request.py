"""HTTP/1.1 requests, read strictly and within limits (RFC 9112).

1. What the parser calls ambiguous is refused: both lengths at once, folded fields, bare line feeds.
2. Trailer fields are dropped: nothing may be said after the decision is prepared.
3. The body is kept whole, for the model is in it; nothing after a last request is read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httptools

from writ.gateway.limits import Limits


class Malformed(Exception):
    """A request that is not taken: its status, a stable code and a sentence for the caller.

    `allow` is the method that a route takes instead (RFC 9110 15.5.6).
    """

    def __init__(self, status: int, code: str, message: str, allow: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.allow = allow


@dataclass(slots=True)
class Request:
    """One request; field names are in lower case, in the order they came."""

    method: str = ""
    target: bytes = b""
    version: str = "1.1"
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = False
    _index: dict[bytes, list[bytes]] | None = None
    _path: bytes = b""

    def values(self, name: bytes) -> Sequence[bytes]:
        """Return every value of a field; ask once all fields are in."""
        if self._index is None:
            self._index = {}
            for key, value in self.fields:
                self._index.setdefault(key, []).append(value)
        return self._index.get(name, ())

    @property
    def path(self) -> bytes:
        """The target's path, the authority of an absolute form left out (RFC 9112 3.2.2)."""
        if not self._path:
            target = self.target
            if target[:7].lower() == b"http://":
                target = b"/" + target[7:].partition(b"/")[2]
            self._path = target.partition(b"?")[0]
        return self._path

    @property
    def query(self) -> bytes:
        """The target's query with its question mark, or nothing."""
        _, mark, query = self.target.partition(b"?")
        return mark + query


class Reader:
    """Feeds the parser and hands out whole requests.

    `on_head` is called when a request's fields are in (to answer `Expect`), `on_request` when all
    of it is. `feed` raises Malformed; after that, or once `finished`, nothing more is read.
    """

    def __init__(
        self,
        limits: Limits,
        on_head: Callable[[Request], None],
        on_request: Callable[[Request], None],
    ) -> None:
        self.finished = False
        self.in_head = False
        self.in_body = False
        self._limits = limits
        self._on_head = on_head
        self._on_request = on_request
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()
        self._parts: list[bytes] = []
        self._fed = 0
        self._head_bytes = 0
        self._body_bytes = 0

    @property
    def partial(self) -> bool:
        """Whether a request has begun and is not whole."""
        return self.in_head or self.in_body

    @property
    def begun(self) -> Request:
        """The request being read, as far as it is known."""
        return self._request

    def feed(self, data: bytes) -> None:
        """Read more bytes."""
        if self.finished:
            return
        self._fed += len(data)
        self._parse(data)
        if not self.in_body and self._fed > self._limits.head_bytes:
            self.finished = True
            raise Malformed(431, "head_too_large", "request head too large")

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.finished = True
            raise Malformed(400, "upgrade_refused", "this server speaks HTTP/1.1 only") from None
        except httptools.HttpParserError as error:
            if self.finished:  # bytes after a last request are nobody's
                return
            self.finished = True
            fault = error.__context__
            if isinstance(fault, Malformed):
                raise fault from None
            if isinstance(error, httptools.HttpParserCallbackError):
                raise  # a fault of ours, not of the caller's
            reason = str(error) or "not HTTP/1.1"
            raise Malformed(400, "bad_request", f"malformed request: {reason}") from None

    # -- called by the parser ----------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Start a request."""
        self._request = Request()
        self._parts = []
        self._head_bytes = self._body_bytes = 0
        self.in_head = True

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._request.target += url
        if len(self._request.target) > self._limits.target_bytes:
            raise Malformed(414, "target_too_long", "request target too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; one of the trailer is dropped (rule 2)."""
        if self.in_body:
            return
        fields = self._request.fields
        fields.append((name.lower(), value))
        self._head_bytes += len(name) + len(value) + 4
        limits = self._limits
        if self._head_bytes > limits.head_bytes or len(fields) > limits.head_fields:
            raise Malformed(431, "head_too_large", "request head too large")

    def on_headers_complete(self) -> None:
        """Check what the fields say about the message itself."""
        request = self._request
        request.method = self._parser.get_method().decode("ascii")
        request.version = self._parser.get_http_version()
        self.in_head, self.in_body = False, True
        self._check_version(request)
        self._check_length(request)
        if not self._parser.should_upgrade():
            self._on_head(request)

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        self._parts.append(data)
        self._body_bytes += len(data)
        if self._body_bytes > self._limits.body_bytes:
            raise Malformed(413, "body_too_large", "request body too large")

    def on_message_complete(self) -> None:
        """Hand the request out."""
        self.in_body = False
        self._fed = 0
        if self._parser.should_upgrade():
            return
        request = self._request
        parts = self._parts
        request.body = parts[0] if len(parts) == 1 else b"".join(parts)
        request.keep_alive = request.version == "1.1" and self._parser.should_keep_alive()
        self.finished = not request.keep_alive
        self._parts = []
        self._on_request(request)

    # -- checks ------------------------------------------------------------------------------

    def _check_version(self, request: Request) -> None:
        if request.version not in {"1.0", "1.1"}:
            raise Malformed(505, "http_version", "this server speaks HTTP/1.1 only")
        hosts = len(request.values(b"host"))
        if hosts > 1 or (hosts == 0 and request.version == "1.1"):  # RFC 9112 3.2
            raise Malformed(400, "bad_host", "a request has exactly one Host field")

    def _check_length(self, request: Request) -> None:
        codings = request.values(b"transfer-encoding")
        if codings and (request.version == "1.0" or codings != [b"chunked"]):  # RFC 9112 6.1
            raise Malformed(
                400, "bad_transfer_coding", "the only transfer coding here is `chunked`"
            )
        for length in request.values(b"content-length"):
            if int(length) > self._limits.body_bytes:
                raise Malformed(413, "body_too_large", "request body too large")
