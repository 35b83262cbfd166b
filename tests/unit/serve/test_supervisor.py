"""The supervisor over a real process that stands for a gateway by its command line alone."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from writ.errors import Failed
from writ.serve import supervisor
from writ.serve.supervisor import Supervisor

READY = """
import signal, sys, time
print('{"ready": true, "listen": "127.0.0.1:%d"}' % PORT, flush=True)
SIGNALS
time.sleep(600)
"""


def watching(folder: Path, program: str, started: asyncio.Queue[str]) -> Supervisor:
    """A supervisor whose gateway is this program."""
    config = folder / "writ.toml"
    config.touch()
    keeper = Supervisor(config, folder, started.put_nowait)
    keeper._command = [sys.executable, "-c", program]
    return keeper


def program(port: int, signals: str = "") -> str:
    """A program that says it is ready and then sleeps."""
    return READY.replace("PORT", str(port)).replace("SIGNALS", signals)


def noted(folder: Path) -> int:
    """The process id in the note."""
    note = folder / "gateway.json"
    return int(note.read_text().split(":")[1].split(",")[0])


def test_a_gateway_that_dies_is_started_again(tmp_path: Path) -> None:
    """Each death is followed by a start; stopping ends the last one and removes the note."""

    async def run() -> tuple[int, int, int]:
        started: asyncio.Queue[str] = asyncio.Queue()
        keeper = watching(tmp_path, program(1), started)
        assert "127.0.0.1:1" == await keeper.start() == await started.get()
        first = noted(tmp_path)
        os.kill(first, signal.SIGKILL)
        await started.get()
        second = noted(tmp_path)
        await keeper.stop()
        return first, second, keeper.restarts

    first, second, restarts = asyncio.run(run())
    assert (True, 1) == (first != second, restarts)
    assert not (tmp_path / "gateway.json").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_gateway_with_another_configuration_is_replaced(tmp_path: Path) -> None:
    """What was left behind with an older `writ.toml` is stopped, and a new one is started."""

    async def run() -> tuple[int, int]:
        started: asyncio.Queue[str] = asyncio.Queue()
        first = watching(tmp_path, program(7), started)
        await first.start()
        pid = noted(tmp_path)
        if first._task is not None:
            first._task.cancel()  # as if this supervisor's process had been killed
        (tmp_path / "writ.toml").write_text("[gateway]\n")
        second = watching(tmp_path, program(7), started)
        await second.start()
        anew = noted(tmp_path)
        await second.stop()
        return pid, anew

    pid, anew = asyncio.run(run())
    assert pid != anew
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_gateway_left_behind_is_found(tmp_path: Path) -> None:
    """The next supervisor watches the process of the one before, and starts one when it dies."""

    async def run() -> tuple[bool, bool, int]:
        before: asyncio.Queue[str] = asyncio.Queue()
        first = watching(tmp_path, program(7), before)
        await first.start()
        pid = noted(tmp_path)
        if first._task is not None:
            first._task.cancel()  # as if this supervisor's process had been killed
        after: asyncio.Queue[str] = asyncio.Queue()
        second = watching(tmp_path, program(7), after)
        found = await second.start() == await after.get() and noted(tmp_path) == pid
        os.kill(pid, signal.SIGKILL)
        await after.get()
        anew = noted(tmp_path) != pid
        await second.stop()
        return found, anew, second.restarts

    assert (True, True, 1) == asyncio.run(run())


def test_a_note_about_somebody_else_is_not_believed(tmp_path: Path) -> None:
    """A process id that now belongs to another program is left alone."""
    (tmp_path / "gateway.json").write_text(f'{{"pid":{os.getpid()},"listen":"127.0.0.1:9"}}')

    async def run() -> str:
        keeper = watching(tmp_path, program(8), asyncio.Queue())
        address = await keeper.start()
        await keeper.stop()
        return address

    assert "127.0.0.1:8" == asyncio.run(run())


def test_a_gateway_that_does_not_start_is_a_failure(tmp_path: Path) -> None:
    """No ready line, no server."""

    async def run() -> None:
        await watching(tmp_path, "print('hello')", asyncio.Queue()).start()

    with pytest.raises(Failed, match="the gateway did not start; its log says why"):
        asyncio.run(run())


def test_a_gateway_that_is_gone_before_it_can_be_opened_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may end, and be seen to, before there is a descriptor of it; the supervisor goes on."""

    def opened(_: int) -> int:
        raise ProcessLookupError

    async def run() -> None:
        await watching(tmp_path, "print('hello')", asyncio.Queue()).start()

    monkeypatch.setattr(supervisor, "os", SimpleNamespace(**vars(os) | {"pidfd_open": opened}))
    with pytest.raises(Failed, match="the gateway did not start; its log says why"):
        asyncio.run(run())


def test_a_gateway_that_does_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM first; SIGKILL when that did not help in time."""
    monkeypatch.setattr(supervisor, "STOPPING", 0.2)
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True)"

    async def run() -> int:
        keeper = watching(tmp_path, program(1, deaf), asyncio.Queue())
        await keeper.start()
        pid = noted(tmp_path)
        await asyncio.sleep(0.2)
        await keeper.stop()
        return pid

    pid = asyncio.run(run())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
