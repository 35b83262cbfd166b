"""The gateway's end of the seam: what it is told, it proves before it believes it.

1. A snapshot is staged only once its signatures are proved against the pinned trust document.
   One that is not in order is declined, with the reason, and so is all that belongs to it. So is
   one below the floor (see `writ.gateway.floor`).
2. Each connection fills a board of its own, whole, which replaces the old one at its first
   activation: what was revoked while nobody listened is gone. Until then the old one serves.
3. Rules, facts, keys and leases reach the answers under way before they are acknowledged.
4. A lost connection is sought again four times a second; the lease says how long that may last.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec
import structlog

from writ.errors import Refused
from writ.gateway.assessing import Assessing
from writ.gateway.flights import Flights
from writ.gateway.floor import Floor
from writ.gateway.gate import Gate
from writ.point import seam
from writ.point.board import Board
from writ.point.view import View, read_view

RETRY_SECONDS = 0.25
_PREFIX = 4
_log = structlog.get_logger("writ.gateway.control")

Verify = Callable[[bytes], bytes]
"""Turns the bytes of an envelope into those of the snapshot it proves, or raises Refused."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a snapshot is held against: the trust document, and what was in force before."""

    verify: Verify
    floor: Floor


class Control(asyncio.Protocol):
    """One connection to the control process."""

    def __init__(self, gate: Gate, flights: Flights, proof: Proof, assessing: Assessing) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gate = gate
        self._flights = flights
        self._proof = proof
        self._assessing = assessing
        self._board = Board()
        self._declined = 0
        self._changed = False
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._say(seam.Hello(self._gate.name, self._gate.board.epoch))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio names it
        self._assessing.lost(self._say)
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            for message in self._messages():
                self._hear(message)
        except (msgspec.DecodeError, Refused) as error:
            _log.error("control process misspoke", why=str(error))
            self._transport.abort()
            return
        self._settle()

    def _messages(self) -> Iterator[seam.Down]:
        """Take whole messages off the buffer."""
        at, end = 0, _PREFIX
        while len(self._buffer) >= end:
            size = int.from_bytes(self._buffer[at:end], "big")
            if size > seam.MAX_FRAME:
                raise Refused("seam message too large")
            if len(self._buffer) < end + size:
                break
            message: seam.Down = seam.down_decoder.decode(self._buffer[end : end + size])
            at, end = end + size, end + size + _PREFIX
            yield message
        del self._buffer[:at]

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()

    def _hear(self, message: seam.Down) -> None:
        match message:
            case seam.Snapshot():
                self._stage(message)
            case seam.Activate(epoch):
                self._activate(epoch)
            case seam.Sync(number):
                self._settle()
                self._say(seam.Applied(number, 0))
            case seam.Lease():
                self._renew(message)
            case seam.Assessed():
                self._assessing.hear(message)
            case _:
                self._put(message)

    def _put(self, message: seam.Row | seam.Subject | seam.Key | seam.Issuer) -> None:
        if isinstance(message, seam.Key | seam.Issuer):
            self._board.put(message)
            self._changed = True
        elif message.epoch != self._declined:
            self._board.put(message)
            self._changed |= message.epoch == self._board.epoch

    def _stage(self, message: seam.Snapshot) -> None:
        try:
            self._board.stage(self._proved(message))
        except Refused as refused:
            self._declined = message.epoch
            _log.error("snapshot declined", epoch=message.epoch, why=str(refused))
            self._say(seam.Declined(message.epoch, str(refused)))
        else:
            self._declined = 0

    def _proved(self, message: seam.Snapshot) -> View:
        view = read_view(self._proof.verify(message.envelope))
        if view.epoch != message.epoch:
            raise Refused(f"snapshot is epoch {view.epoch}, announced as {message.epoch}")
        self._proof.floor.check(view.epoch, view.digest)
        return view

    def _activate(self, epoch: int) -> None:
        if epoch == self._declined:
            return
        try:
            self._board.activate(epoch)
        except Refused as refused:
            _log.error("epoch declined", epoch=epoch, why=str(refused))
            self._say(seam.Declined(epoch, str(refused)))
            return
        self._gate.enforce(self._board)
        self._assessing.connected(self._say)
        cut = self._flights.sweep()
        self._changed = False
        if self._board.view is not None:
            self._proof.floor.lift(epoch, self._board.view.digest)
        _log.info("epoch in force here", epoch=epoch, cut=cut)
        self._say(seam.Applied(0, epoch, cut))

    def _renew(self, message: seam.Lease) -> None:
        try:
            self._gate.renew(message)
        except Refused as refused:
            _log.error("lease declined", why=str(refused))
            self._say(seam.Declined(self._gate.board.epoch, str(refused)))

    def _settle(self) -> None:
        """Have answers under way check themselves, if anything changed (rule 3)."""
        if self._changed and self._gate.board is self._board:
            self._flights.sweep()
        self._changed = False

    def _say(self, message: seam.Up) -> None:
        self._transport.write(seam.frame(message))


async def listen(
    path: Path, gate: Gate, flights: Flights, proof: Proof, assessing: Assessing
) -> None:
    """Keep a connection to the control process; returns only when cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            _, control = await loop.create_unix_connection(
                lambda: Control(gate, flights, proof, assessing), str(path)
            )
        except OSError:
            await asyncio.sleep(RETRY_SECONDS)
            continue
        _log.info("control process found")
        try:
            await control.closed
        finally:
            control.close()
        _log.warning("control process lost")
        await asyncio.sleep(RETRY_SECONDS)
