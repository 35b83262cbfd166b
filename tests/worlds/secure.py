"""A server over TLS on loopback, under the name localhost, by a certificate of an authority of its own."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from tests.worlds.issuers import DAY, root
from writ.clock import wall


@contextmanager
def secure_server(
    folder: Path, handler: type[http.server.BaseHTTPRequestHandler]
) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Serve; give the port, and a context that trusts the authority."""
    span: dict[str, Any] = {"since": wall() - DAY, "until": wall() + DAY}
    authority = root(**span)
    server = authority.issue("localhost", number=3, dns=["localhost"], **span)
    key = server.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "both.pem"
    file.write_bytes(server.pem.encode() + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield listener.server_address[1], ssl.create_default_context(cadata=authority.pem)
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
