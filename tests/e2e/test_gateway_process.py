"""The gateway as the process that `writ serve` starts."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.control import Control, citizen, order
from tests.worlds.gateway import CHAT, FR, US, Wire, chat, post
from tests.worlds.upstream import Upstream

WAIT = 20


class _Process:
    """A gateway process and where it listens."""

    def __init__(self, config: Path) -> None:
        self.log = config.parent / "gateway.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "writ.gateway", "--config", str(config)],
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        ready = json.loads(self.process.stdout.readline())
        assert True is ready["ready"]
        self.port = int(ready["listen"].rpartition(":")[2])

    def status(self, data: bytes) -> int:
        """Send one request and return the status of the answer."""
        wire = Wire(self.port)
        wire.send(data)
        answer = wire.answer()
        wire.close()
        return answer.status

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=WAIT)
        return self.process.returncode


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A control process with two keys, and an upstream."""
    upstream = Upstream()
    built = Control(tmp_path, f'[[upstream]]\nname = "main"\naddress = "{upstream.address}"\n')
    built.enrol(US, citizen("ann", "US"))
    built.enrol(FR, citizen("eva", "FR"))
    yield built
    built.close()
    upstream.close()


def test_it_serves_stops_and_starts_again(control: Control) -> None:
    """A ready line, the order obeyed, an orderly end; a killed one leaves a gap; no secret logged."""
    process = _Process(control.config)
    control.await_gateway()
    assert 503 == process.status(post(CHAT, chat(), US))
    control.enact(order())
    wanted = [200, 451]
    assert wanted == [process.status(post(CHAT, chat(), key)) for key in (US, FR)]
    assert 0 == process.end(signal.SIGTERM)
    control.hang_up()
    process = _Process(control.config)
    control.await_gateway()
    assert wanted == [process.status(post(CHAT, chat(), key)) for key in (US, FR)]
    assert -signal.SIGKILL == process.end(signal.SIGKILL)
    control.hang_up()
    process = _Process(control.config)
    control.await_gateway()
    assert wanted == [process.status(post(CHAT, chat(), key)) for key in (US, FR)]
    assert 0 == process.end(signal.SIGTERM)
    lines = (control.folder / "receipts" / "gateway-1.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert (1, 2, 3) == (kinds.count("gap"), kinds.count("closed"), kinds.count("refusal"))
    told = process.log.read_text()
    for word in ("hello", US.text, FR.text, "ann", "eva"):
        assert word not in told


def test_a_port_that_is_taken_is_said_in_one_line(control: Control) -> None:
    """Exit 1, no trace."""
    first = _Process(control.config)
    text = control.config.read_text()
    text = text.replace("127.0.0.1:0", f"127.0.0.1:{first.port}").replace("gateway-1", "gateway-2")
    control.config.write_text(text)
    second = subprocess.run(
        [sys.executable, "-m", "writ.gateway", "--config", str(control.config)],
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )
    assert (1, 1) == (second.returncode, second.stderr.count("\n"))
    assert "cannot listen" in second.stderr
    assert 0 == first.end(signal.SIGTERM)


def test_a_missing_configuration_is_said_in_one_line(tmp_path: Path) -> None:
    """Exit 3, no trace."""
    ran = subprocess.run(
        [sys.executable, "-m", "writ.gateway", "--config", str(tmp_path / "none.toml")],
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )
    assert (3, 1) == (ran.returncode, ran.stderr.count("\n"))
