"""A deployment as its operator has it: a folder, the real `writ` command, a served process.

Everybody has a key of their own, made by `writ keygen`: `ada` submits, `ben` and `eve` sign and
hold, `idv` verifies people (A3).
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from tests.worlds.warm import writ

ORDERS = Path(__file__).parent.parent.parent / "orders" / "june-2026"
CATALOGUE = ORDERS / "catalogue.yaml"
LETTER = ORDERS / "us-bis-2026-06-12.v1.yaml"
PATIENCE = 60
_METHODS = (("review", "A3"), ("declaration", "A0"), ("wallet", "A3"), ("employer", "A2"))
"""What a portal carries out itself, and how far it is believed."""


@dataclass
class Served:
    """A running `writ serve`."""

    process: subprocess.Popen[str]
    log: Path
    ready: dict[str, object]

    @property
    def gateway(self) -> str:
        """Where clients come."""
        return f"http://{self.ready['gateway']}"

    @property
    def admin(self) -> str:
        """Where metrics are."""
        return f"http://{self.ready['admin']}"

    def ask(self, key: str, model: str = "fable-5") -> httpx2.Response:
        """Send one chat completion with an API key."""
        return httpx2.post(
            f"{self.gateway}/v1/chat/completions",
            headers={"authorization": f"Bearer {key}"},
            json={"model": model, "messages": [{"role": "user", "content": "hello"}]},
            timeout=PATIENCE,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@dataclass
class Deployment:
    """A folder with `writ.toml`; keys lie beside it as `ada.key` and so on."""

    folder: Path
    publics: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def run(self, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `writ` in the folder."""
        env = {**_environment(), "WRIT_CONFIG": "writ.toml"}
        return writ(*words, cwd=self.folder, env=env, stdin=stdin)

    def writ(self, *words: str | Path) -> str:
        """Run `writ`, expect it to succeed, return what it printed."""
        done = self.run(*words)
        assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
        return done.stdout

    def json(self, *words: str | Path) -> dict[str, Any]:
        """Run `writ ... --json` and return the value."""
        read: dict[str, Any] = json.loads(self.writ(*words, "--json"))
        return read

    def fails(self, code: int, *words: str | Path) -> str:
        """Run `writ`, expect this exit code and no trace, return what it said on stderr."""
        done = self.run(*words)
        assert (code, "") == (done.returncode, done.stdout)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    def obey(self, *files: Path) -> dict[str, Any]:
        """Submit files, have two sign, activate; return the report."""
        self.writ("submit", *files, "--key", "ada.key")
        for name in ("ben", "eve"):
            self.writ("sign", "--key", f"{name}.key", "--yes")
        return self.json("activate")

    def facts(self, *lines: dict[str, object]) -> Path:
        """Write a file of facts."""
        path = self.folder / "facts.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    @contextlib.contextmanager
    def served(self) -> Iterator[Served]:
        """Serve, and stop at the end if nobody did before."""
        served = self.start()
        try:
            yield served
        finally:
            if served.process.poll() is None:
                served.stop()

    def start(self) -> Served:
        """Start `writ serve` and wait for its ready line."""
        log = self.folder / "serve.log"
        with log.open("a") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "writ", "serve", "--config", self.folder / "writ.toml"],
                stdout=subprocess.PIPE,
                stderr=file,
                stdin=subprocess.DEVNULL,
                env=_environment(),
                text=True,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text()
        return Served(process, log, json.loads(line))


def _environment() -> dict[str, str]:
    """This process's environment; compiled files are kept, or every command compiles all anew."""
    return {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def us_passport(subject: str, **changes: object) -> dict[str, object]:
    """A line of a file of facts: a US passport, seen yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return {
        "subject": subject,
        "attribute": "citizenships",
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A3",
        "method": "passport",
        "issuer": "idv",
        "verified_at": yesterday.isoformat(),
    } | changes


def found(
    folder: Path,
    upstream: str = "http://127.0.0.1:9",
    gates: str = "",
    portal: str = "",
    reviewers: tuple[str, ...] = (),
) -> Deployment:
    """Set up a deployment in an empty folder, by the commands its operator would use.

    Without `gates` a proposal needs nothing but signatures; with `portal`, people prove who they are
    there, and `reviewers` look at papers (A3).
    """
    deployment = Deployment(folder)
    free = ("--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", upstream)
    deployment.writ("init", ".", *free, *(("--portal", portal) if portal else ()))
    for name in ("ada", "ben", "eve", "idv", *reviewers):
        line = deployment.writ("keygen", "--out", f"{name}.key", "--person", name).strip()
        deployment.publics[name] = line.partition("=")[2]
    people = {"ada": "submit", "ben": "sign,hold", "eve": "sign,hold"}
    people |= dict.fromkeys(reviewers, "review")
    words = [
        word
        for name, roles in people.items()
        for word in ("--person", f"{name}={deployment.publics[name]}:{roles}")
    ]
    words += ["--method", f"idv={deployment.publics['idv']}:A3", "--gates", gates]
    for name, level in _METHODS if portal else ():
        file = f"data/methods/{name}.key"
        line = deployment.writ("keygen", "--out", file, "--person", name).strip()
        words += ["--method", f"{line}:{level}"]
    deployment.writ("trust", "init", *words)
    return deployment


def copy_of(deployment: Deployment, folder: Path) -> Deployment:
    """Copy a deployment that nobody serves, so that a test may do with it what it likes."""
    shutil.copytree(deployment.folder, folder, dirs_exist_ok=True)
    return Deployment(folder, deployment.publics)
