"""A bare host for the method `wallet`: what wallets reach of a portal, on one loopback port."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from writ.errors import WritError
from writ.people.methods import Arrival, Reply, Session
from writ.people.openid4vp.wallet import Wallet


class Host:
    """Hears what comes to `/HANDLE/LEG` for the sessions that it was told of."""

    def __init__(self, method: Wallet, address: str) -> None:
        self.method = method
        self.address = address
        self.refused: list[str] = []
        self._sessions: dict[str, Session] = {}

    def begin(self, session: Session) -> str:
        """Begin a session; return the link that its page shows."""
        session.address = f"{self.address}/{session.handle}"
        self._sessions[session.handle] = session
        page = asyncio.run(self.method.begin(session, "en"))
        links = page.data["links"]  # type: ignore[union-attr]  # a page
        assert isinstance(links, list)
        return str(links[0])

    def hear(self, handle: str, arrival: Arrival) -> Reply:
        """Answer a wallet as a portal does."""
        try:
            step = asyncio.run(self.method.hear(self._sessions[handle], arrival))
        except WritError as error:
            self.refused.append(str(error))
            return Reply(b'{"error":"invalid_request"}', "application/json", 400)
        assert isinstance(step, Reply)
        return step


@contextmanager
def hosting(method: Wallet) -> Iterator[Host]:
    """Listen until the test is over."""
    found: list[Host] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            _, handle, leg = self.path.split("/")
            step = found[0].hear(handle, Arrival(leg, browser=False, fields=dict(parse_qsl(body))))
            self.send_response(step.status)
            self.send_header("Content-Type", step.content_type)
            self.send_header("Content-Length", str(len(step.body)))
            self.end_headers()
            self.wfile.write(step.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.append(Host(method, f"http://127.0.0.1:{server.server_address[1]}"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
