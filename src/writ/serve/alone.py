"""One app on one address, until told to stop: a published log, a witness."""

import asyncio
import signal
from collections.abc import Callable

from starlette.applications import Starlette

from writ.model.listeners import Address
from writ.serve.listen import Face, listen_tcp


def run_alone(app: Starlette, address: Address, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the address once it is listened on."""
    asyncio.run(_run(app, address, ready))


async def _run(app: Starlette, address: Address, ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listener = listen_tcp(address)
    host, port = listener.getsockname()[:2]
    face = Face(app, listener)
    face.start()
    ready(f"{host}:{port}")
    await stop.wait()
    await face.stop()
