"""Writ as it is deployed, over one size: `python -m bench.law.deployed ORDERS`.

1. A folder, keys, `writ serve` with its gateway; all orders are submitted, signed by two and
   activated by the commands that people use, then one order more on top of them.
2. Of each step `passed / command / served`: the seconds that passed, and the CPU seconds of the
   command and of the served process, for the machine is shared.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.law.files import folder
from bench.law.letters import CODES, letters
from tests.worlds.deployment import Deployment, found, us_passport

PEOPLE = 5
TICK = os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """What each step cost."""

    def __init__(self, process: int) -> None:
        self.said: dict[str, str] = {}
        self._process = process

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        started, command, served = time.perf_counter(), _children(), self._served()
        yield
        passed = time.perf_counter() - started
        cost = passed, _children() - command, self._served() - served
        self.said[name] = " / ".join(f"{seconds:.1f}" for seconds in cost)

    def _served(self) -> float:
        fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def measure(orders: int) -> dict[str, object]:
    """Measure one size (rule 1)."""
    with tempfile.TemporaryDirectory() as place:
        deployment = found(Path(place))
        sources = Path(place) / "orders"
        sources.mkdir()
        files = folder(letters(orders + 1))
        last = f"order-{orders:05}"
        for name, data in files.items():
            (sources / name).write_bytes(data)
        now = [sources / name for name in files if not name.startswith(last)]
        more = [sources / f"{last}.yaml"]
        _enrol(deployment)
        with deployment.served() as served:
            watch = Stopwatch(served.process.pid)
            for name, put in (("all", [p for p in now if p.suffix == ".yaml"]), ("one", more)):
                _obey(deployment, watch, name, put)
    return {"orders": orders, **watch.said}


def _enrol(deployment: Deployment) -> None:
    """Put people on the books, each with a key and a passport."""
    for number in range(PEOPLE):
        deployment.writ("subject", "add", f"p{number}", "--kind", "person")
        deployment.writ("key", "create", f"p{number}")
    lines = [us_passport(f"p{number}", value=[CODES[number * 11]]) for number in range(PEOPLE)]
    deployment.writ("facts", "import", deployment.facts(*lines), "--method-key", "idv.key")


def _obey(deployment: Deployment, watch: Stopwatch, name: str, files: list[Path]) -> None:
    with watch.step(f"submit {name}"):
        deployment.writ("submit", *files, "--key", "ada.key")
    for signer in ("ben", "eve"):
        with watch.step(f"{signer} signs {name}"):
            deployment.writ("sign", "--key", f"{signer}.key", "--yes")
    with watch.step(f"activate {name}"):
        deployment.writ("activate")


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
