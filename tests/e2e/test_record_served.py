"""A deployment that keeps its own record, and whose receipts have outgrown a file."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.worlds.deployment import CATALOGUE, PATIENCE, Deployment, found
from tests.worlds.signers import letter

ADDRESS = "https://record.example.org"
RECORD = f"""
[record]
address = "{ADDRESS}"
operator = "Acme AI"
listen = "127.0.0.1:0"
"""
MIB = 1 << 20


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def outgrown(folder: Path) -> None:
    """Write the receipts of a gateway that went on until its file was full."""
    folder.mkdir(mode=0o700)
    instant, why = "2026-06-12T21:30:00Z", "x" * 500
    receipt = {"kind": "refusal", "at": instant, "outcome": "deny", "error": why}
    line = json.dumps({"id": "old00000", **receipt}, separators=(",", ":")) + "\n"
    lines = (line.replace("00000", f"{number:05}") for number in range(MIB // len(line)))
    (folder / "gateway-1.jsonl").write_text("".join(lines))


def proved(deployment: Deployment, decision: str) -> str:
    """Prove the receipt of a decision, as the operator, and verify it, as a stranger."""
    folder = deployment.folder
    (folder / "decisions.policy").write_text(deployment.writ("log", "policy", "--log", "decisions"))
    deployment.writ("log", "prove", decision, "--log", "decisions", "--out", folder)
    proof, opening = (f"decisions-{decision}.{end}" for end in ("tlog-proof", "json"))
    words = ("log", "verify", proof, "--policy", "decisions.policy", "--opening", opening)
    return deployment.writ(*words)


def audited(deployment: Deployment, address: str) -> None:
    """Audit the record's log from where it is served, as a stranger without a copy of it."""
    policy = deployment.folder / "log.policy"
    policy.write_text(deployment.writ("log", "policy"))
    assert 0 < deployment.json("log", "audit", address, "--policy", policy)["size"]


def files_of(process: int) -> list[str]:
    """What a process has open."""
    return [str(item.readlink()) for item in Path(f"/proc/{process}/fd").iterdir()]


def test_a_refusal_leads_to_a_page_that_is_there(tmp_path: Path) -> None:
    """Activating is enough: the record tells of it, from a process that can open nothing else.

    The gateway has begun a second file of receipts by then; the first is gone, and what was in it
    is proved from the log like what came after.
    """
    deployment = found(tmp_path)
    config, order = tmp_path / "writ.toml", tmp_path / "us-bis.v1.yaml"
    text = config.read_text().replace("# receipts_mib = 64", "receipts_mib = 1")
    config.write_text(text + RECORD)
    order.write_bytes(
        letter().replace(b"undetermined: verify", b"undetermined: deny") + b"disclosure: full\n"
    )
    outgrown(deployment.data / "receipts")
    deployment.writ("subject", "add", "alice", "--kind", "person")
    with deployment.served() as served:
        record = f"http://{served.ready['record']}"
        key = deployment.writ("key", "create", "alice").strip()
        deployment.obey(CATALOGUE, order)
        refused = served.ask(key)
        link = refused.links["blocked-by"]["url"]
        until(lambda: httpx2.get(link.replace(ADDRESS, record)).status_code == 200)
        answer = httpx2.get(link.replace(ADDRESS, record))
        audited(deployment, f"{record}/log")
        opened = files_of(json.loads((deployment.data / "record.json").read_text())["pid"])
        decision = refused.json()["error"]["problem"]["decision"]
        receipts = deployment.data / "receipts"
        until(lambda: not (receipts / "gateway-1.jsonl").exists())
        old = proved(deployment, "old00007")
        new = deployment.writ("log", "prove", decision, "--log", "decisions", "--out", tmp_path)

    assert (451, f"{ADDRESS}/orders/us-bis.html") == (refused.status_code, link)
    assert "Licence requirement" in answer.text
    assert "on every gateway" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert [] == [name for name in opened if str(deployment.data) in name]
    assert [True, True] == ['"id":"old00007"' in old, f"decisions-{decision}.json" in new]
    assert (receipts / "gateway-1+2.jsonl").exists()
