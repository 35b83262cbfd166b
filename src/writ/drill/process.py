"""Starts a program, waits for its ready line, and stops it again."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from writ.errors import Failed

READY_SECONDS = 60.0
STOP_SECONDS = 20.0


@asynccontextmanager
async def running(
    name: str, command: Sequence[str], log: Path
) -> AsyncIterator[Mapping[str, object]]:
    """Run Python with these arguments; give what its ready line says; stop it by SIGTERM.

    Its standard input is a pipe that ends with this process; what it logs goes to a file.
    """
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=file,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            yield await _ready(name, process, log)
        finally:
            await _stop(process)


async def _ready(name: str, process: asyncio.subprocess.Process, log: Path) -> Mapping[str, object]:
    if process.stdout is None:
        raise Failed(f"{name} has no output to read its ready line from")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
        said: Mapping[str, object] = msgspec.json.decode(line)
    except (TimeoutError, msgspec.DecodeError):
        raise Failed(f"{name} did not start; see `{log}`") from None
    return said


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
