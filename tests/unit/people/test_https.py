import asyncio
import http.server
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.worlds.issuers import DAY, root
from writ.clock import wall
from writ.errors import Failed, Refused
from writ.people.https import HttpsFetch, public


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        """Answer with the host that was asked for, a status, or much."""
        code = int(self.path[1:]) if self.path[1:].isdigit() else 200
        body = b"x" * 1000 if self.path == "/much" else self.headers["Host"].encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Serve over TLS on loopback, under the name localhost."""
    span: dict[str, Any] = {"since": wall() - DAY, "until": wall() + DAY}
    authority = root(**span)
    server = authority.issue("localhost", number=3, dns=["localhost"], **span)
    folder = tmp_path_factory.mktemp("tls")
    key = server.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "both.pem"
    file.write_bytes(server.pem.encode() + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    trusting = ssl.create_default_context(cadata=authority.pem)
    yield listener.server_address[1], trusting
    listener.shutdown()
    thread.join()
    listener.server_close()


def get(
    source: tuple[int, ssl.SSLContext], path: str, limit: int = 100, host: str = "localhost"
) -> bytes:
    """Fetch from this machine."""
    port, context = source
    fetch = HttpsFetch(context, lambda address: address in {"127.0.0.1", "::1"})
    return asyncio.run(fetch.get(f"https://{host}:{port}{path}", "*/*", limit))


def test_a_document_is_fetched_by_its_name(source: tuple[int, ssl.SSLContext]) -> None:
    """The connection goes to the address, the request and the certificate to the name."""
    assert f"localhost:{source[0]}".encode() == get(source, "/list")


@pytest.mark.parametrize(
    ("path", "limit", "why"),
    [
        ("/404", 100, "`localhost` answers 404; try again later"),
        ("/302", 100, "`localhost` answers 302; try again later"),
        ("/much", 999, "answers with more than 999 bytes"),
    ],
)
def test_other_answers_have_failed(
    source: tuple[int, ssl.SSLContext], path: str, limit: int, why: str
) -> None:
    """No redirect is followed, and no more is read than asked for."""
    with pytest.raises(Failed, match=why):
        get(source, path, limit)


def test_a_certificate_of_another_name_has_failed(source: tuple[int, ssl.SSLContext]) -> None:
    """The name that was asked for stands in the certificate, or nothing is read."""
    with pytest.raises(Failed, match=r"`127\.0\.0\.1` does not answer"):
        get(source, "/list", host="127.0.0.1")


def test_addresses_inside_are_not_asked(source: tuple[int, ssl.SSLContext]) -> None:
    """A name that leads to this machine or a private network is refused before anything is sent."""
    with pytest.raises(Refused, match="`localhost` is not at a public address"):
        asyncio.run(HttpsFetch(source[1]).get(f"https://localhost:{source[0]}/", "*/*", 1))
    inside = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"]
    assert [] == [address for address in inside if public(address)]
    assert public("93.184.216.34")


@pytest.mark.parametrize("uri", ["http://a.example/", "https://", "https://me@a.example/", "x"])
def test_other_addresses_are_refused(uri: str) -> None:
    """Only plain https is fetched."""
    with pytest.raises(Refused, match="only plain https addresses are fetched"):
        asyncio.run(HttpsFetch().get(uri, "*/*", 1))


def test_a_name_that_is_not_there_has_failed() -> None:
    """What cannot be resolved may be there later."""
    with pytest.raises(Failed, match=r"`nowhere\.invalid` is not found"):
        asyncio.run(HttpsFetch().get("https://nowhere.invalid/", "*/*", 1))
