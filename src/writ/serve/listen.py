"""Two servers on one loop: the command line's Unix socket and the loopback administration port.

1. Sockets are opened here, so that their modes and ports are known before anybody is answered.
2. Signals are the process's business, not a server's.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from writ.errors import Failed
from writ.model.listeners import Address

GRACE = 5


def listen_unix(path: Path) -> socket.socket:
    """Listen on a Unix socket that only its owner can reach; one left behind is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    return listener


def listen_tcp(address: Address) -> socket.socket:
    """Listen on a TCP address; one that is taken is Failed."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise Failed(f"cannot listen on {address}: {error.strerror}") from None
    return listener


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone (rule 2)."""
        yield


class Face:
    """One app on one socket."""

    def __init__(self, app: Starlette, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._listener = listener
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Answer from now on."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listener]))

    async def stop(self) -> None:
        """Finish what is being answered, then close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._listener.close()
