"""A whole small world around a gateway: an upstream, a control process, people with keys.

The gateway runs in a thread with an event loop of its own, as its process would run it.
"""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uvloop

from tests.worlds.control import Control, Key, citizen, company, order, stranger
from tests.worlds.upstream import Upstream
from writ.gateway.limits import Limits
from writ.gateway.server import Server
from writ.model.config import read_config

US = Key("wk_us", "ann")
FR = Key("wk_fr", "eva")
NOBODY = Key("wk_nobody", "zoe")
ACME = Key("wk_acme", "robot", "service", "acme")
PATIENCE = 20.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; field names in lower case."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as JSON."""
        read: dict[str, object] = json.loads(self.body)
        return read

    @property
    def error(self) -> dict[str, object]:
        """The error inside either envelope."""
        inner = self.json["error"]
        assert isinstance(inner, dict)
        return inner

    @property
    def code(self) -> object:
        """The stable code inside either envelope."""
        details = self.error.get("details")
        return details["error_code"] if isinstance(details, dict) else self.error["code"]


class Wire:
    """A raw connection to a gateway."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(PATIENCE)
        self._reader = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def answer(self) -> Answer:
        """Read one answer whole; ConnectionError if there is none, or not all of it."""
        status, fields = self.head()
        if fields.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self.chunk, b""))
        elif "content-length" in fields:
            body = self._exactly(int(fields["content-length"]))
        else:
            body = self._reader.read()
        return Answer(status, fields, body)

    def head(self) -> tuple[int, dict[str, str]]:
        """Read an answer's head."""
        line = self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("no answer")
        fields = {}
        while (field := self._reader.readline()) != b"\r\n":
            name, _, value = field.decode().rstrip("\r\n").partition(": ")
            fields[name] = value
        return int(line.split(b" ")[1]), fields

    def chunk(self) -> bytes:
        """Read one chunk; the last one is empty."""
        line = self._reader.readline()
        if not line:
            raise ConnectionError("broken off between chunks")
        data = self._exactly(int(line, 16))
        self._exactly(2)
        return data

    def rest(self) -> bytes:
        """Read until the gateway closes."""
        return self._reader.read()

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self.socket.close()

    def _exactly(self, length: int) -> bytes:
        data = self._reader.read(length)
        if len(data) < length:
            raise ConnectionError("broken off")
        return data


def post(
    path: str, body: object, key: Key | None = US, *, script: str = "", fields: str = ""
) -> bytes:
    """Return a POST as bytes; `body` is JSON unless it is bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(data)}\r\n" + fields
    head += f"Authorization: Bearer {key.text}\r\n" if key else ""
    head += f"X-Script: {script}\r\n" if script else ""
    return head.encode() + b"\r\n" + data


def chat(model: str = "fable-5", *, stream: bool = False) -> dict[str, object]:
    """Return the body of a chat completion."""
    body: dict[str, object] = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    return {**body, "stream": True} if stream else body


CHAT = "/v1/chat/completions"


class World:
    """An upstream, a control process with four keys, and a gateway between them.

    `address` is that of another upstream, to stand in for ours.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        extra: str = "",
        address: str = "",
    ) -> None:
        self.upstream = Upstream()
        address = address or self.upstream.address
        upstreams = f'[[upstream]]\nname = "main"\naddress = "{address}"\n'
        self.control = Control(folder, upstreams, extra)
        self.control.enrol(US, citizen("ann", "US"))
        self.control.enrol(FR, citizen("eva", "FR"))
        self.control.enrol(NOBODY, stranger("zoe"))
        self.control.enrol(ACME, company("acme", "US"))
        self.gateway = Gateway(self.control.config, limits)
        self.control.await_gateway()

    def close(self) -> None:
        """Take it all down."""
        self.gateway.close()
        self.control.close()
        self.upstream.close()

    def enact(self, **changes: str) -> int:
        """Put one order in force; return how many answers it cut."""
        return self.control.enact(order(**changes)).cut

    def open(self) -> Wire:
        """Connect."""
        return Wire(self.gateway.port)

    def ask(self, data: bytes) -> Answer:
        """Send one request on a connection of its own and read the answer."""
        wire = self.open()
        try:
            wire.send(data)
            return wire.answer()
        finally:
            wire.close()

    def chat(self, key: Key | None = US, model: str = "fable-5", **more: str) -> Answer:
        """Ask for a chat completion."""
        return self.ask(post(CHAT, chat(model), key, **more))

    def metric(self, name: str) -> float:
        """Return one number of the gateway's metrics."""
        found = re.search(f"^{re.escape(name)} (.+)$", self.metrics(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def await_metric(self, name: str, value: float) -> None:
        """Wait for a number of the metrics; TimeoutError if it does not come."""
        for _ in range(400):
            if self.metric(name) == value:
                return
            time.sleep(0.05)
        raise TimeoutError(f"`{name}` is {self.metric(name)}, not {value}")

    def metrics(self) -> str:
        """Scrape the metrics socket."""
        with socket.socket(socket.AF_UNIX) as scrape:
            scrape.connect(str(self.control.folder / "gateway-1.metrics.sock"))
            scrape.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            with scrape.makefile("rb") as reader:
                return reader.read().decode()

    def receipts(self) -> list[dict[str, object]]:
        """Read what has been written so far."""
        path = self.control.folder / "receipts" / "gateway-1.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def await_receipt(self, kind: str) -> dict[str, object]:
        """Wait for a receipt of a kind; TimeoutError if none comes."""
        for _ in range(200):
            for receipt in self.receipts():
                if receipt["kind"] == kind:
                    return receipt
            time.sleep(0.05)
        raise TimeoutError(f"no receipt `{kind}`")


class Gateway:
    """A gateway in a thread; `port` is where it listens."""

    def __init__(self, config: Path, limits: Limits | None = None) -> None:
        self.port = 0
        self._config = config
        self._limits = limits
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._ready.wait(PATIENCE) or self._error:
            raise RuntimeError("the gateway did not start") from self._error

    def close(self) -> None:
        """Stop it and wait; whatever it died of is raised."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            uvloop.run(self._serve())
        except BaseException as error:  # noqa: BLE001  handed to whoever closes
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._loop.set_exception_handler(self._caught)

        def ready(_: str, port: int) -> None:
            self.port = port
            self._ready.set()

        self.server = Server(read_config(self._config), self._limits)
        await self.server.run(self._stop, ready)

    def _caught(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        self._error = error if isinstance(error, BaseException) else RuntimeError(str(context))
        self._stop.set()
