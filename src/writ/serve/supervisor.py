"""Keeps a face running in a process of its own: started, watched, and started again.

A face is `gateway` or `portal`: what `python -m writ.NAME` runs; or another module, by its whole name.

1. A face that dies is started anew, after a pause that doubles from 0.2 s to 10 s and is
   forgotten once one has run for 30 s.
2. A face outlives a control process that crashed: a gateway goes on by its lease, and the next
   control process finds it by the note it left in the data folder and watches it, instead of starting a
   second one on the same port. One that was started with another `writ.toml` is stopped first.
3. A face is told to stop (SIGTERM) and killed only when it does not within 15 s.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from writ.canonical import digest_bytes
from writ.clock import elapsed
from writ.errors import Failed

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
SETTLED = 30.0
STOPPING = 15.0
STARTING = 30.0


@dataclass(slots=True)
class _Running:
    """A face's process; `descriptor` becomes readable when it ends (pidfd_open(2)).

    `child` is None where another process started it.
    """

    pid: int
    descriptor: int
    listen: str
    since: float
    child: asyncio.subprocess.Process | None = None


class _Note(msgspec.Struct, forbid_unknown_fields=True):
    pid: int
    listen: str
    config: str


class _Ready(msgspec.Struct):
    ready: bool
    listen: str


class Supervisor:
    """Starts one face and keeps it; `started` is called with each one's address."""

    def __init__(
        self,
        config: Path,
        folder: Path,
        started: Callable[[str], None],
        face: str = "gateway",
        module: str = "",
    ) -> None:
        self._config = config
        self._face = face
        self._command = [sys.executable, "-m", module or f"writ.{face}", "--config", str(config)]
        self._note = folder / f"{face}.json"
        self._started = started
        self._log = structlog.get_logger()
        self._running: _Running | None = None
        self._task: asyncio.Task[None] | None = None
        self.restarts = 0

    async def start(self) -> str:
        """Find or start the face and return the address it listens on."""
        self._running = await self._left_behind() or await self._spawn()
        self._started(self._running.listen)
        self._task = asyncio.create_task(self._watch())
        return self._running.listen

    async def stop(self) -> None:
        """Rule 3."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        running, self._running = self._running, None
        if running is not None:
            await self._end(running)

    async def _end(self, running: _Running) -> None:
        """Rule 3."""
        _tell(running.descriptor, signal.SIGTERM)
        try:
            await asyncio.wait_for(_ended(running), STOPPING)
        except TimeoutError:
            self._log.warning(f"{self._face} killed", pid=running.pid)
            _tell(running.descriptor, signal.SIGKILL)
            await _ended(running)
        self._forget(running)

    async def _watch(self) -> None:
        pause = FIRST_PAUSE
        while True:
            running = self._running
            if running is not None:
                await _ended(running)
                self._running = None
                self._forget(running)
                self._log.error(f"{self._face} died", pid=running.pid)
                pause = FIRST_PAUSE if elapsed() - running.since > SETTLED else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            self.restarts += 1
            try:
                self._running = await self._spawn()
            except Failed as error:
                self._log.error(f"{self._face} did not start", why=str(error))
            else:
                self._started(self._running.listen)

    async def _spawn(self) -> _Running:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
        )
        failed = Failed(f"the {self._face} did not start; its log says why")
        try:
            descriptor = os.pidfd_open(process.pid)
        except ProcessLookupError:  # it ended, and asyncio has seen it, before it could be opened
            await process.wait()
            raise failed from None
        try:
            line = await asyncio.wait_for(_first_line(process), STARTING)
            ready = msgspec.json.decode(line, type=_Ready)
        except (TimeoutError, ValueError, msgspec.DecodeError):
            _tell(descriptor, signal.SIGKILL)
            await process.wait()
            os.close(descriptor)
            raise failed from None
        note = _Note(process.pid, ready.listen, self._digest())
        self._note.write_bytes(msgspec.json.encode(note))
        return _Running(process.pid, descriptor, ready.listen, elapsed(), process)

    def _digest(self) -> str:
        """Digest of the configuration as it is now; a file that is gone is like no other."""
        try:
            return digest_bytes(self._config.read_bytes())
        except OSError:
            return ""

    async def _left_behind(self) -> _Running | None:
        """Find the face that a control process before this one started (rule 2)."""
        try:
            note = msgspec.json.decode(self._note.read_bytes(), type=_Note)
            descriptor = os.pidfd_open(note.pid)
        except (OSError, msgspec.DecodeError):
            return None
        # The id may have been given to another process since: look once it can no longer be.
        if _arguments(note.pid) != [part.encode() for part in self._command[1:]]:
            os.close(descriptor)
            return None
        found = _Running(note.pid, descriptor, note.listen, elapsed())
        if note.config != self._digest():
            self._log.info(f"{self._face} with another configuration stopped", pid=note.pid)
            await self._end(found)
            return None
        self._log.info(f"{self._face} found running", pid=note.pid)
        return found

    def _forget(self, running: _Running) -> None:
        os.close(running.descriptor)
        self._note.unlink(missing_ok=True)


def _arguments(pid: int) -> list[bytes]:
    """Return what a process was started with, its program apart; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:-1]
    except OSError:
        return []


def _tell(descriptor: int, number: signal.Signals) -> None:
    """Send a signal to a process, unless it has ended."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(descriptor, number)


async def _first_line(process: asyncio.subprocess.Process) -> bytes:
    return b"" if process.stdout is None else await process.stdout.readline()


async def _ended(running: _Running) -> None:
    """Wait until a process has ended."""
    if running.child is not None:
        await running.child.wait()
        return
    descriptor = running.descriptor
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, ended.set_result, None)
    try:
        await ended
    finally:
        loop.remove_reader(descriptor)
