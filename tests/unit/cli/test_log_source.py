"""A published log as it is served: whoever verifies it needs its address, and no folder."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.worlds.published_log import publish
from writ.cli.log import app
from writ.errors import Refused, WritError


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log, its checkpoints and a policy."""
    return publish(tmp_path_factory.mktemp("served"))


@pytest.fixture
def here(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of them, in the folder that commands are run in."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(kept, tmp_path, dirs_exist_ok=True)


class Files(SimpleHTTPRequestHandler):
    """What any web server does with a folder, and what none should."""

    def do_GET(self) -> None:
        """Serve a file; or fail, lead elsewhere, or never end."""
        if self.path.startswith("/down/"):
            self.send_error(500)
        elif self.path.startswith("/elsewhere/"):
            self.send_response(302)
            self.send_header("location", self.path.replace("/elsewhere/", "/log/"))
            self.end_headers()
        elif self.path.startswith("/endless/"):
            self.send_response(200)
            self.end_headers()
            with suppress(ConnectionError):
                for _ in range(1000):
                    self.wfile.write(bytes(1 << 20))
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing."""


@pytest.fixture
def address(here: Path) -> Iterator[str]:
    """Serve all that over HTTP, by a server that knows nothing of logs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=here))
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_log_is_verified_and_audited_where_it_is_served(address: str, here: Path) -> None:
    """As in a folder: all of it, parts of it, by a checkpoint of before; and it lacks what it lacks."""

    def run(command: str, *words: str) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(_run(command, f"{address}/log/", "--json", *words))
        return said

    told = run("verify", "--range", "256-257", "--since", "3.checkpoint")
    assert ([256, 257], 3) == (told["range"], told["continues"])
    assert 255 == run("verify", "--checkpoint", "255.checkpoint")["size"]
    assert (600, 256) == (
        run("audit", "--since", "256.checkpoint")["size"],
        run("audit", "--since", "256.checkpoint")["continues"],
    )
    (here / "log" / "tile" / "entries" / "001").unlink()
    with pytest.raises(Refused, match="the log lacks `tile/entries/001`"):
        run("audit")


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("{}/down", "/down/checkpoint` answers 500"),
        ("{}/elsewhere", "/elsewhere/checkpoint` answers 302"),
        ("{}/endless", "`checkpoint` is larger than any log's"),
        ("{}/nothing", "/nothing` has no checkpoint"),
        ("http://127.0.0.1:1", r"does not answer \(ConnectError\)"),
        ("http://127.0.0.1:port", r"does not answer \(InvalidURL\)"),
    ],
)
def test_an_address_that_has_no_log_is_told(address: str, where: str, why: str) -> None:
    """A failure, a redirection, a file without an end, nothing there, nobody there, no address."""
    with pytest.raises(WritError, match=why):
        _run("audit", where.format(address))


def _run(*words: str) -> str:
    call = [*words, "--policy", "log.policy"]
    return CliRunner().invoke(app, call, catch_exceptions=False).stdout
