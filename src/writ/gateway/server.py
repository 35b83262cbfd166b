"""Puts one gateway together and runs it: the listener, the seam, the ticker, the receipts.

1. The ready line comes once callers are answered; before the first snapshot the answer is 503.
2. Every 25 ms: instants that have come and leases that have lapsed reach the answers under way.
   Every 100 ms: time-outs. Every 200 ms: receipts of permits are handed to the disk; each second,
   the counts of the others.
3. Told to stop, it takes no new connection, lets answers under way end for a while, and closes
   the receipts.
"""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import structlog

from writ.clock import Clock, DrillClock, WallClock, elapsed, wall
from writ.errors import Failed, Refused
from writ.gateway import control, metrics
from writ.gateway.connection import Connection
from writ.gateway.floor import Floor
from writ.gateway.gate import Gate
from writ.gateway.invite import inviter_of
from writ.gateway.limits import Limits
from writ.gateway.parts import Parts
from writ.gateway.receipts import Receipts
from writ.gateway.upstream import Upstream
from writ.gateway.used import Used
from writ.model.config import Config, read_config
from writ.signing.approval import verify_snapshot
from writ.signing.trust import Trust, read_trust

TICK_SECONDS = 0.025
_TIMEOUTS = 4
_FLUSH = 8
_COUNT = 40
_STOPPING_SECONDS = 10.0
_log = structlog.get_logger("writ.gateway")


class Server:
    """One gateway process."""

    def __init__(self, config: Config, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        clock: Clock = DrillClock(config.drill_clock) if config.drill_clock else WallClock()
        floor = Floor(config.folder / "receipts" / f"{config.gateway_name}.floor")
        self.parts = Parts(
            gate=Gate(config.gateway_name, clock, Used(0 if floor.first else wall())),
            limits=limits,
            upstreams=[Upstream(item, limits) for item in config.upstreams],
            receipts=Receipts(
                config.folder / "receipts",
                config.gateway_name,
                clock,
                limits.permits_waiting,
                config.receipts_bytes,
            ),
            record=config.record.address if config.record else "",
            inviter=inviter_of(config),
        )
        self._proof = control.Proof(self._verify, floor)
        self._config = config
        self._trust: Trust | None = None
        self._connections: set[Connection] = set()
        self._live = False
        self._ticks = 0

    async def run(self, stop: asyncio.Event, ready: Callable[[str, int], None]) -> None:
        """Serve until `stop` is set; `ready` hears where, once callers are answered."""
        loop = asyncio.get_running_loop()
        config, parts = self._config, self.parts
        address = config.gateway_listen
        try:
            listener = await loop.create_server(
                lambda: Connection(parts, self._connections),
                address.host,
                address.port,
                backlog=1024,
            )
        except OSError as error:
            raise Failed(f"cannot listen on `{address}`: {error.strerror}") from None
        measures = await metrics.listen(
            metrics.socket_of(config.folder, config.gateway_name), self.metrics
        )
        ready(*listener.sockets[0].getsockname()[:2])
        tasks = [
            asyncio.create_task(self._tick()),
            asyncio.create_task(
                control.listen(
                    config.seam_socket, parts.gate, parts.flights, self._proof, parts.assessing
                )
            ),
        ]
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait((waiting, *tasks), return_when=asyncio.FIRST_COMPLETED)
        listener.close()
        measures.close()
        await self._stop()
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)
        for task in done:
            task.result()

    def metrics(self) -> str:
        """Return the counters as text for Prometheus."""
        parts = self.parts
        return parts.counters.text(
            {
                "writ_gateway_decides_by_epoch": parts.gate.board.epoch,
                "writ_gateway_lease_live": int(parts.gate.live),
                "writ_gateway_connections": len(self._connections),
                "writ_gateway_answers_under_way": len(parts.flights),
                "writ_gateway_receipts_working": int(parts.receipts.working),
                "writ_gateway_receipts_gap": int(parts.receipts.gap),
                "writ_gateway_words_used": len(parts.gate.used),
            },
            {
                "writ_gateway_words_asked_total": parts.assessing.asked,
                "writ_gateway_upstream_calls_total": sum(u.calls for u in parts.upstreams),
                "writ_gateway_upstream_connects_total": sum(u.connects for u in parts.upstreams),
            },
        )

    async def _tick(self) -> None:
        parts = self.parts
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._ticks += 1
            now = elapsed()
            live = parts.gate.live
            if self._live and not live:
                parts.flights.sweep()
            self._live = live
            parts.flights.tick(parts.gate.clock.now(), now)
            if self._ticks % _TIMEOUTS == 0:
                self._time_out(now)
            if self._ticks % _FLUSH == 0:
                parts.receipts.flush()
            if self._ticks % _COUNT == 0:
                parts.receipts.flush_counts()

    def _time_out(self, now: float) -> None:
        for connection in [item for item in self._connections if item.deadline < now]:
            connection.expire()
        for upstream in self.parts.upstreams:
            upstream.tick(now)

    async def _stop(self) -> None:
        """Rule 3."""
        for connection in tuple(self._connections):
            connection.close()
        for _ in range(int(_STOPPING_SECONDS / TICK_SECONDS)):
            if not len(self.parts.flights):
                break
            await asyncio.sleep(TICK_SECONDS)
        for connection in tuple(self._connections):
            connection.abort()
        for upstream in self.parts.upstreams:
            upstream.close()
        await asyncio.sleep(TICK_SECONDS)  # for the loop to close what was aborted
        self.parts.receipts.close()

    def _verify(self, envelope: bytes) -> bytes:
        trust = self._trusted()
        self.parts.gate.online = trust.online
        return verify_snapshot(envelope, trust)

    def _trusted(self) -> Trust:
        """Return the trust document; it may have come to be since this process began."""
        if self._trust is None:
            config = read_config(self._config.file)
            try:
                data = config.trust_file.read_bytes()
            except OSError as error:
                raise Refused(f"cannot read `{config.trust_file}`: {error.strerror}") from None
            self._trust = read_trust(data, config.pin, drill=config.drill_clock is not None)
        return self._trust


async def _main(config: Config) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_exception_handler(_log_exception)
    await Server(config).run(stop, _print_ready)


def _print_ready(host: str, port: int) -> None:
    listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    print(f'{{"ready":true,"listen":"{listen}"}}', flush=True)  # noqa: T201  rule 1


def _log_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log what nobody caught; never what it was working on."""
    error = context.get("exception")
    told = error if isinstance(error, Exception) else None
    _log.error("uncaught", what=str(context.get("message")), exc_info=told)


def main(config_file: Path) -> None:
    """Run the gateway of a configuration until it is told to stop."""
    import uvloop  # noqa: PLC0415  known to this function only

    uvloop.run(_main(read_config(config_file)))
