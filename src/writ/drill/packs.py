"""What a drill leaves for strangers: a pack of evidence for each order, checked with the server gone.

1. The scorecard so far is put on record, by the word of who submitted. It cannot tell of the packs,
   which have it in them.
2. Packs are exported while the deployment serves, by the command people run, with the reports that
   were attached and that scorecard.
3. They are checked once it is gone, and its folder with it: by `writ evidence verify`, and by the
   script in the pack, each in a process of its own that is given the pack and the log's key.
"""

import asyncio
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from writ.canonical import digest_bytes
from writ.clock import format_instant
from writ.desk.results import Drill, sign_drill
from writ.drill.deployment import SUBMITTER, Deployment
from writ.drill.record import Pack
from writ.drill.reports import CONFIG, REPORTS
from writ.drill.scorecard import Scorecard
from writ.errors import Failed

POLICY, SCRIPT = "log.policy", "verify.py"
ENCLOSED = "drill"


async def record_card(site: Deployment, card: Scorecard) -> None:
    """Put the scorecard on record, and leave it to be enclosed (rule 1)."""
    at = site.clock.now()
    told = {key: value for key, value in card.plain().items() if not key.startswith("packs")}
    data = msgspec.json.encode({"at": format_instant(at), **told}) + b"\n"
    await asyncio.to_thread((site.folder / ENCLOSED).mkdir)
    (site.folder / ENCLOSED / "scorecard.json").write_bytes(data)
    took = None if card.in_force_ms is None else round(card.in_force_ms)
    said = Drill(at, card.right, card.requests, card.wrong_outcomes, took)
    word = sign_drill(said, digest_bytes(data), site.trust, site.people[SUBMITTER])
    await site.control.post("/results/drills", {"envelope": word.plain()})


async def export_packs(site: Deployment, orders: Sequence[str], out: Path) -> list[Path]:
    """Write a pack for each order into a folder, and the log's key (rule 2)."""
    config = ("--config", str(site.folder / CONFIG))
    code, policy, error = await _run(site.folder, "-m", "writ", "log", "policy", *config)
    if code:
        raise Failed(f"the log's key could not be had: {error}")
    (out / POLICY).write_text(policy)
    packs, there = list[Path](), await asyncio.to_thread(out.absolute)
    for order in orders:
        pack = there / f"evidence-{order}.zip"
        beside = [word for other in orders if other != order for word in ("--beside", other)]
        reports = ("--attach", REPORTS) if (site.folder / REPORTS).is_dir() else ()
        shown = ("--attach", ENCLOSED, *reports)
        words = ("evidence", "export", order, "--out", str(pack), *beside, *shown, *config)
        code, _, error = await _run(site.folder, "-m", "writ", *words)
        if code:
            raise Failed(f"the evidence on `{order}` could not be exported: {error}")
        packs.append(pack)
    return packs


async def check_pack(pack: Path) -> Pack:
    """Check a pack twice (rule 3)."""
    with zipfile.ZipFile(pack) as archive:
        (pack.parent / SCRIPT).write_bytes(archive.read(SCRIPT))
    asked = (str(pack), "--policy", POLICY)
    said = [
        await _run(pack.parent, "-m", "writ", "evidence", "verify", *asked),
        await _run(pack.parent, "-I", SCRIPT, *asked),
    ]
    wrong = "; ".join(error for code, _, error in said if code)
    size = (await asyncio.to_thread(pack.stat)).st_size
    return Pack(name=pack.name, size=size, proved=not wrong, note=wrong)


async def _run(folder: Path, *words: str) -> tuple[int | None, str, str]:
    """Run Python; return exit code, output and what it said of errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
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
    return process.returncode, out.decode(), error.decode().strip()
