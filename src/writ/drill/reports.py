"""The proof and the simulation that a drill's proposals need, made by the commands people run.

1. Each runs as a process of its own on exactly what is proposed, both at once, while the crowd goes
   on asking; the simulation asks the registry who there is.
2. Reports are kept in the deployment's folder, a proof with its questions, for who packs evidence.
3. A report is attached whatever it says. Where there is none, or a proof proves nothing, two people
   do without, and say why.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from writ.canonical import Plain, digest_bytes
from writ.clock import elapsed
from writ.errors import Failed, NotProved, Refused

Kind = Literal["proof", "simulation"]

CONFIG, REPORTS = "writ.toml", "reports"

COMMANDS: Mapping[Kind, Sequence[str]] = {
    "proof": ("order", "prove"),
    "simulation": ("order", "simulate", "--floor", "10"),  # packs of evidence leave the house
}


class _Report(msgspec.Struct):
    digest: str
    verdict: str
    summary: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one command between two elapsed instants; `said` is None: no report, and why."""

    kind: Kind
    said: Mapping[str, Plain] | None
    verdict: str
    since: float
    until: float

    @property
    def met(self) -> bool:
        """Whether an activation may rest on it."""
        return self.said is not None and (self.kind != "proof" or self.verdict == "proved")


async def make_reports(folder: Path, kinds: Iterable[Kind]) -> list[Made]:
    """Make reports on the open proposal of a deployment, at once (rule 1)."""
    return await asyncio.gather(*(_made(folder, kind) for kind in kinds))


async def _made(folder: Path, kind: Kind) -> Made:
    since = elapsed()
    kept = folder / REPORTS
    await asyncio.to_thread(kept.mkdir, exist_ok=True)
    questions = await asyncio.to_thread(tempfile.mkdtemp, prefix=f"{kind}-", dir=kept)
    out_too = ("--out", questions) if kind == "proof" else ()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "writ", *COMMANDS[kind], "--config", CONFIG, *out_too, "--json"),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, error = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    until = elapsed()
    if process.returncode == Refused.exit_code:
        return Made(kind, None, error.decode().strip(), since, until)
    if process.returncode not in {0, NotProved.exit_code}:
        raise Failed(f"a {kind} could not be made: {error.decode().strip()}")
    found = msgspec.json.decode(out, type=_Report)
    (Path(questions) / f"{kind}-as-attached.json").write_bytes(out)
    said: dict[str, Plain] = {
        "kind": kind,
        "law": found.digest,
        "report": digest_bytes(out),
        "verdict": found.verdict,
        "summary": found.summary,
    }
    return Made(kind, said, found.verdict, since, until)
