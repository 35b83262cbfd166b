"""Counters for whoever may read the data folder: a Unix socket that answers any GET with them.

The gateway's own listener shows nothing of itself; the administration listener reads this one.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from writ.errors import Failed

_LONGEST_HEAD = 8192
_PATIENCE = 2.0


class _Scrape(asyncio.Protocol):
    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if b"\r\n\r\n" in self._seen:
            body = self._text().encode()
            head = (
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self._transport.write(head.encode() + body)
            self._transport.close()
        elif len(self._seen) > _LONGEST_HEAD:
            self._transport.abort()


def socket_of(folder: Path, gateway: str) -> Path:
    """Return where a gateway's counters are read."""
    return folder / f"{gateway}.metrics.sock"


async def scrape(path: Path) -> bytes:
    """Read a gateway's counters; nothing where none runs."""
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"GET /metrics HTTP/1.1\r\nHost: gateway\r\n\r\n")
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return b""
    return answer.partition(b"\r\n\r\n")[2]


async def listen(path: Path, text: Callable[[], str]) -> asyncio.Server:
    """Serve `text` on a socket that only its owner can reach."""
    path.unlink(missing_ok=True)  # noqa: ASYNC240  one entry, before anybody is served
    before = os.umask(0o177)
    try:
        return await asyncio.get_running_loop().create_unix_server(lambda: _Scrape(text), str(path))
    except OSError as error:  # a path of more than 107 bytes, for one (unix(7))
        raise Failed(f"cannot listen on `{path}`: {error.strerror or error}") from None
    finally:
        os.umask(before)
