"""A timestamping authority: OpenSSL with a root of its own, over HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = stamping.pem
signer_key = stamping.key
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_chain = no
[stamping]
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """Its files lie in a folder; `root` is what whoever relies on it has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "authority.cnf").write_text(_CONFIG)
        self._openssl(
            "req", "-x509", *_KEY, "-keyout", "root.key", "-out", "root.pem", *_named("root")
        )
        self._openssl(
            "req", *_KEY, "-keyout", "stamping.key", "-out", "stamping.csr", *_named("tsa")
        )
        self._openssl(
            "x509", "-req", "-in", "stamping.csr", "-CA", "root.pem", "-CAkey", "root.key",
            "-CAcreateserial", "-days", "30", "-extfile", "authority.cnf",
            "-extensions", "stamping", "-out", "stamping.pem",
        )  # fmt: skip

    @property
    def root(self) -> bytes:
        """The certificate that everything leads to."""
        return (self.folder / "root.pem").read_bytes()

    def stamp(self, request: bytes) -> bytes:
        """Answer one request."""
        (self.folder / "request").write_bytes(request)
        self._openssl(
            "ts", "-reply", "-config", "authority.cnf", "-queryfile", "request", "-out", "answer"
        )
        return (self.folder / "answer").read_bytes()

    def verifies(self, answer: Path, data: Path) -> bool:
        """Whether OpenSSL proves a stamp on a file."""
        words = ("ts", "-verify", "-in", answer, "-data", data, "-CAfile", "root.pem")
        return self._run(*map(str, words)).returncode == 0

    def _openssl(self, *words: str) -> None:
        done = self._run(*words)
        assert 0 == done.returncode, done.stderr

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["openssl", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@contextmanager
def answering(authority: Authority) -> Iterator[str]:
    """Have an authority answer over HTTP; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["content-length"]))
            answer = authority.stamp(request)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _named(name: str) -> tuple[str, str]:
    return "-subj", f"/CN={name}"
