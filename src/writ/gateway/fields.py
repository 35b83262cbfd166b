"""Header fields on their way through, both ways.

1. Hop-by-hop fields stay behind, those named by `Connection` among them (RFC 9110 7.6.1).
2. Ours (`x-writ-*`) come from nobody else: stripped inbound and from the upstream's answer.
3. The caller's credential never leaves, under whatever name; the upstream gets its own, or none.
4. Fields by which some servers take another method, target or model than the request's stay behind.
5. Framing is written anew, from what was read, never copied.
"""

from collections.abc import Iterable, Sequence
from email.utils import formatdate
from http import HTTPStatus

from writ.clock import wall

Fields = Sequence[tuple[bytes, bytes]]

PREFIX = b"x-writ-"
END_USER = b"x-writ-end-user"

_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
_CREDENTIALS = {b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key"}
_STEERING = {
    b"x-http-method",
    b"x-http-method-override",
    b"x-method-override",
    b"x-original-url",
    b"x-rewrite-url",
    b"x-portkey-config",
    b"x-portkey-provider",
    b"x-portkey-virtual-key",
    b"helicone-fallbacks",
}
_REQUEST = _HOP | _CREDENTIALS | _STEERING | {b"content-length", b"expect", b"host"}
_RESPONSE = _HOP | {b"content-length"}
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def named_by_connection(fields: Fields) -> frozenset[bytes]:
    """Return the field names that `Connection` lists, in lower case."""
    values = [value for name, value in fields if name == b"connection"]
    return frozenset(
        part.strip().lower() for value in values for part in value.split(b",") if part.strip()
    )


def request_fields(fields: Fields, *, stream: bool) -> bytes:
    """Return the caller's fields as they go upstream; a stream is asked for uncompressed.

    Compressed events have no boundaries to cut at.
    """
    dropped = _REQUEST | named_by_connection(fields)
    if stream:
        dropped |= {b"accept-encoding"}
    return _lines(fields, dropped)


def response_fields(fields: Fields) -> bytes:
    """Return the upstream's fields as they go to the caller, without framing."""
    return _lines(fields, _RESPONSE | named_by_connection(fields))


def _lines(fields: Fields, dropped: frozenset[bytes]) -> bytes:
    return b"".join(
        b"%b: %b\r\n" % (name, value)
        for name, value in fields
        if name not in dropped and not name.startswith(PREFIX)
    )


def status_line(status: int) -> bytes:
    """Return the first line of an answer."""
    return b"HTTP/1.1 %d %b\r\n" % (status, _REASONS.get(status, "").encode())


def own_answer(
    status: int, extra: Iterable[tuple[str, str]], body: bytes, *, keep_alive: bool
) -> bytes:
    """Return a whole answer of our own, with a JSON body."""
    fields = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("date", formatdate(wall(), usegmt=True)),
        *extra,
        *(() if keep_alive else (("connection", "close"),)),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return status_line(status) + lines.encode() + b"\r\n" + body
