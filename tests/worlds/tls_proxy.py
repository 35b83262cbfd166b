"""A proxy that asks browsers for a certificate, and hands on what TLS proved (RFC 9440)."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives import serialization

from tests.worlds.client_certificates import hand_on
from tests.worlds.issuers import Authority

Behind = Callable[[str, dict[str, str]], httpx2.Response]
"""Answers a path with headers, as whatever is behind the proxy does."""


def files_of(folder: Path, name: str, holder: Authority) -> tuple[str, str]:
    """Write a certificate and its key as TLS wants them."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_text(holder.pem)
    key.write_bytes(
        holder.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(certificate), str(key)


@contextmanager
def proxying(own: tuple[str, str], root: str, behind: Behind) -> Iterator[str]:
    """Listen on loopback with a certificate, for browsers that have one from a root."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            der = self.connection.getpeercert(binary_form=True)
            answer = behind(self.path, hand_on(der) if der else {})
            self.send_response(answer.status_code)
            if "location" in answer.headers:
                self.send_header("Location", answer.headers["location"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own)
    context.load_verify_locations(root)
    context.verify_mode = ssl.CERT_OPTIONAL
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browser(root: str, own: tuple[str, str] | None = None) -> httpx2.Client:
    """Open a browser that trusts a root, with a certificate or without."""
    context = ssl.create_default_context(cafile=root)
    if own is not None:
        context.load_cert_chain(*own)
    return httpx2.Client(verify=context)
