"""The `writ` command in a process of its own that need not load everything first.

Half a second of every command is Python reading its files. Here one process reads them once for a
whole run of tests, and each command is a fork of it: its own memory, folder, environment, streams
and exit code.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from typer.core import TyperGroup
from typer.main import get_group

PATIENCE = 110
_lock = threading.Lock()
_servers: list[subprocess.Popen[bytes]] = []


def writ(
    *words: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `writ` as `subprocess.run` would: in a folder, with an environment, to its end."""
    arguments = ["writ", *map(str, words)]
    with tempfile.TemporaryDirectory() as name, _lock:
        streams = [Path(name) / stream for stream in ("in", "out", "err")]
        streams[0].write_text(stdin)
        asked = {
            "arguments": arguments,
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
            "streams": [str(stream) for stream in streams],
        }
        code = _ask(asked)
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    return subprocess.CompletedProcess(arguments, code, out, err)


def _ask(asked: Mapping[str, object]) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    guard = threading.Timer(PATIENCE, server.kill)
    guard.start()
    try:
        server.stdin.write(json.dumps(asked).encode() + b"\n")
        server.stdin.flush()
        line = server.stdout.readline()
    finally:
        guard.cancel()
    assert line, f"`{asked['arguments']}` took longer than {PATIENCE} s"
    return int(line)


def _server() -> subprocess.Popen[bytes]:
    if not _servers or _servers[-1].poll() is not None:
        command = [sys.executable, "-m", "tests.worlds.warm"]
        root = Path(__file__).parents[2]
        server = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        _servers.append(server)
        atexit.register(server.communicate)
    return _servers[-1]


def _serve() -> None:
    """Fork for each line that comes in, and answer with the exit code."""
    from writ.cli.main import app, main  # noqa: PLC0415  read here, not by those who only ask

    _load(get_group(app))
    for late in ("httpx2", "writ.serve.app", "writ.serve.alone"):
        import_module(late)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(asked, main)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _load(group: TyperGroup) -> None:
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            _load(command)


def _run(asked: dict[str, Any], main: Callable[[], None]) -> None:
    """Become the command: this never returns."""
    signal.alarm(PATIENCE)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, path in enumerate(asked["streams"]):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        os.dup2(os.open(path, flags, 0o600), number)
    sys.argv = asked["arguments"]
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  the interpreter would print it, and so do we
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
