"""What the gateway costs, beside what any proxy would: `./dev bench gateway [--json]`.

1. One run, interleaved rounds, the best of each: straight to the upstream, through a relay that
   copies bytes and reads nothing, through nginx where it is installed, through the gateway with the
   full decision under a rule and its receipts, and through one that gathers and writes none.
2. CPU is the proxy process's own (user and system) per request; latency is the caller's. Caller,
   proxy and upstream share the machine's cores, so only ratios travel.
3. Then a thousand streams are opened and cut by an order: activation sent to acknowledgement.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from unittest.mock import patch

import uvloop

from tests.worlds.control import Control, citizen, order
from tests.worlds.gateway import CHAT, FR, US, Wire, post
from tests.worlds.upstream import Upstream
from writ.gateway.receipts import Receipts
from writ.gateway.server import main as serve_gateway

ROUNDS = 3
SECONDS = 1.5
STREAMS = 1000
BODY = {"model": "fable-5", "messages": [{"role": "user", "content": "word " * 180}]}
ANSWER = json.dumps({"id": "x", "object": "chat.completion", "text": "word " * 170}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class _Upstream(asyncio.Protocol):
    """Answers every request of the one size we send."""

    size = len(post(CHAT, BODY, US))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.left = b""

    def data_received(self, data: bytes) -> None:
        data = self.left + data
        while (end := data.find(b'"}]}')) >= 0:  # the end of our body
            self.transport.write(HEAD % len(ANSWER) + ANSWER)
            data = data[end + 4 :]
        self.left = data


class _Relay(asyncio.Protocol):
    """Copies bytes between a caller and the upstream."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.other: asyncio.Transport | None = None
        self.early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self.port:
            self.task = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        made, far = await loop.create_connection(lambda: _Relay(0), "127.0.0.1", self.port)
        self.other = made
        far.other = self.transport
        self.other.write(self.early)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early += data
        elif not self.other.is_closing():
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio names it
        if self.other is not None:
            self.other.abort()


@dataclass
class _Caller(asyncio.Protocol):
    """Sends a request, waits for the answer, sends the next."""

    request: bytes
    latencies: list[float] = field(default_factory=list)
    left: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        self.head = b""
        self.left = 0
        self.since = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.left:
            self.head += data
            head, mark, body = self.head.partition(b"\r\n\r\n")
            if not mark:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            self.left, data = len(ANSWER), body
        self.left -= len(data)
        if self.left <= 0:
            self.latencies.append(time.perf_counter() - self.since)
            self._send()


@dataclass
class _Target:
    """Somewhere to send requests, and the processes whose CPU counts."""

    name: str
    port: int
    pids: tuple[int, ...] = ()

    def cpu(self) -> float:
        """CPU seconds used so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        used = 0
        for pid in self.pids:
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(stat[11]) + int(stat[12])
        return used / ticks


async def _load(port: int, connections: int) -> list[float]:
    """Keep `connections` busy for a while and return every latency in seconds."""
    loop = asyncio.get_running_loop()
    callers: list[_Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: _Caller(post(CHAT, BODY, US)), "127.0.0.1", port
        )
        callers.append(caller)
    await asyncio.sleep(SECONDS)
    for caller in callers:
        caller.transport.abort()
    return [latency for caller in callers for latency in caller.latencies]


def measure(targets: list[_Target]) -> dict[str, dict[str, float]]:
    """Measure every target, rounds interleaved."""
    best: dict[str, dict[str, float]] = {target.name: {} for target in targets}
    for _ in range(ROUNDS):
        for target in targets:
            one = uvloop.run(_load(target.port, 1))
            before = target.cpu()
            many = uvloop.run(_load(target.port, 16))
            row = {
                "p50_ms_1": statistics.median(one) * 1000,
                "p50_ms_16": statistics.median(many) * 1000,
                "cpu_us": (target.cpu() - before) / len(many) * 1e6,
            }
            kept = best[target.name]
            for name, value in row.items():
                kept[name] = min(value, kept.get(name, value))
    return best


@contextmanager
def _process(*arguments: str) -> Iterator[tuple[int, int]]:
    """Run a part of this file or the gateway; yields (port, pid)."""
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            yield int(said["listen"].rpartition(":")[2]), process.pid
        finally:
            process.kill()


@contextmanager
def _gateway(folder: Path, upstream: int, *command: str) -> Iterator[_Target]:
    """Run a gateway under a rule; the last word of its command names it."""
    folder.mkdir()
    control = Control(
        folder, f'[[upstream]]\nname = "main"\naddress = "http://127.0.0.1:{upstream}"\n'
    )
    control.enrol(US, citizen("ann", "US"))
    with _process("-m", *command, "--config", str(control.config)) as (port, pid):
        control.await_gateway()
        control.enact(order())
        renewing = control.keep_renewing()
        yield _Target(command[-1].removeprefix("--").removeprefix("writ."), port, (pid,))
        renewing.set()
        control.close()


def _unlogged(config: Path) -> None:
    """Run a gateway that leaves nothing of permits: what is left of its cost is not the log's."""
    with (
        patch.object(Receipts, "begun", lambda *_: True),
        patch.object(Receipts, "ended", lambda *_: None),
        patch.object(Receipts, "counted", lambda *_: None),
    ):
        serve_gateway(config)


@contextmanager
def _nginx(folder: Path, upstream: int) -> Iterator[_Target | None]:
    """Run nginx as a plain proxy, where it is installed."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    port = 18089
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;\n"
        "events {} http { access_log off; upstream u { server 127.0.0.1:%d; keepalive 64; }\n"
        "server { listen 127.0.0.1:%d; location / { proxy_pass http://u; proxy_http_version 1.1;"
        ' proxy_set_header Connection ""; } } }' % (upstream, port)
    )
    with subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]) as server:
        time.sleep(0.5)
        try:
            yield _Target("nginx", port, (server.pid,))
        finally:
            server.kill()


def cut(folder: Path) -> dict[str, float]:
    """Open many streams, put an order in force, and return how long that took, in ms."""
    upstream = Upstream()
    control = Control(folder, f'[[upstream]]\nname = "main"\naddress = "{upstream.address}"\n')
    control.enrol(FR, citizen("eva", "FR"))
    body = {**BODY, "stream": True}
    with _process("-m", "writ.gateway", "--config", str(control.config)) as (port, _):
        control.await_gateway()
        control.enact()
        wires = [Wire(port) for _ in range(STREAMS)]
        for wire in wires:
            wire.send(post(CHAT, body, FR, script="held"))
        for wire in wires:
            wire.head()
            wire.chunk()
        since = time.perf_counter()
        applied = control.enact(order())
        acknowledged = time.perf_counter()
        for wire in wires:
            while wire.chunk():
                pass
        ended = time.perf_counter()
    control.close()
    upstream.close()
    return {
        "streams": applied.cut,
        "acknowledged_ms": (acknowledged - since) * 1000,
        "all_ended_ms": (ended - since) * 1000,
    }


def main() -> None:
    """Measure and print; `--json` prints JSON only."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream, _ = stack.enter_context(_process("-m", "bench.gateway", "--upstream"))
        relay = stack.enter_context(_process("-m", "bench.gateway", "--relay", str(upstream)))
        nginx = stack.enter_context(_nginx(folder, upstream))
        targets = [_Target("direct", upstream), _Target("relay", relay[0], (relay[1],))]
        targets += [nginx] if nginx else []
        targets.append(stack.enter_context(_gateway(folder / "on", upstream, "writ.gateway")))
        off = _gateway(folder / "off", upstream, "bench.gateway", "--unlogged")
        targets.append(stack.enter_context(off))
        rows = measure(targets)
    with tempfile.TemporaryDirectory() as name:
        streams = cut(Path(name))
    report = {"body_bytes": len(json.dumps(BODY)), "targets": rows, "cut": streams}
    if "--json" in sys.argv:
        print(json.dumps(report))
    else:
        _print(rows, streams)


def _print(rows: Mapping[str, Mapping[str, float]], streams: Mapping[str, float]) -> None:
    relay = rows["relay"]["cpu_us"]
    for name, row in rows.items():
        times = f"{row['cpu_us'] / relay:6.2f}x relay" if row["cpu_us"] else ""
        print(
            f"{name:9} {row['cpu_us']:7.1f} us CPU a request   p50 {row['p50_ms_1']:.3f} ms alone,"
            f" {row['p50_ms_16']:.3f} ms of 16 {times}"
        )
    costs = rows["gateway"]["cpu_us"] / rows["unlogged"]["cpu_us"]
    print(f"receipts: {costs:.2f} times the CPU of the same gateway without them")
    print(
        f"{streams['streams']:.0f} streams cut: acknowledged after"
        f" {streams['acknowledged_ms']:.0f} ms, all ended after {streams['all_ended_ms']:.0f} ms"
    )


async def _serve(upstream: int | None) -> None:
    server = await asyncio.get_running_loop().create_server(
        _Upstream if upstream is None else lambda: _Relay(upstream), "127.0.0.1", 0
    )
    print(json.dumps({"listen": f"127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if "--unlogged" in sys.argv:
        _unlogged(Path(sys.argv[-1]))
    elif "--upstream" in sys.argv:
        uvloop.run(_serve(None))
    elif "--relay" in sys.argv:
        uvloop.run(_serve(int(sys.argv[-1])))
    else:
        main()
