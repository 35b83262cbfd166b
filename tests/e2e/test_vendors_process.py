"""The portal's own process with vendors: it takes notices, and erases what was left to be erased."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from tests.worlds.office import office
from tests.worlds.vendor_door import lay_vendors
from writ.model.config import read_config
from writ.people.vendors.erasures import Erasures, Waiting

PATIENCE = 30


def started(config: Path, log: Path) -> "subprocess.Popen[str]":
    """Start the portal's process."""
    command = [sys.executable, "-m", "writ.portal", "--config", str(config)]
    with log.open("w") as file:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True)


def test_the_process_goes_on_erasing_what_another_began(tmp_path: Path) -> None:
    """A note that a process left behind is due; a vendor inside this network is not asked."""
    made = office(tmp_path, portal=True)
    lay_vendors(tmp_path, "https://localhost:9")
    text = made.config.read_text().replace("[portal]", '[portal]\nlisten = "127.0.0.1:0"')
    made.config.write_text(text)
    left = Erasures(read_config(made.config).erasures / "persona")
    left.expect("inq_left")
    log = tmp_path / "portal.log"
    process = started(made.config, log)
    assert process.stdout is not None
    try:
        address = json.loads(process.stdout.readline())["listen"]
        notices = f"http://{address}/verify/notices"
        codes = [
            httpx2.post(f"{notices}/{name}", content=b"{}").status_code
            for name in ("persona", "veriff", "nobody")
        ]
        began = time.monotonic()
        while left.count() != Waiting(1, 1) and time.monotonic() - began < PATIENCE:
            time.sleep(0.02)
    finally:
        process.terminate()
        code = process.wait(PATIENCE)
        process.stdout.close()
    assert ([403, 403, 403], Waiting(1, 1)) == (codes, left.count())
    assert code in {0, -15}
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert [("not erased", "persona")] == [(item["event"], item["vendor"]) for item in told]
    assert "not at a public address" in told[0]["why"]
    assert "inq_left" not in log.read_text()
