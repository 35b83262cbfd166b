"""The logs as their users have them: an operator, an auditor without a server, two witnesses."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, found
from tests.worlds.upstream import Upstream


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The letter in force, with a log that has a second signature."""
    deployment = found(tmp_path_factory.mktemp("log"), "http://127.0.0.1:1")
    config = deployment.folder / "writ.toml"
    config.write_text(
        config.read_text() + '\n[log]\norigin = "example.org/writ"\npost_quantum = true\n'
    )
    deployment.obey(CATALOGUE, LETTER)
    assert "whose `disclosure` is `none`" in deployment.fails(2, "log", "publish")
    tell(deployment)
    return deployment


def tell(deployment: Deployment) -> None:
    """Have two people say that logs may be published though the letter may not be told."""
    deployment.writ("log", "seal", "--key", deployment.folder / "ben.key")
    for name in ("ben", "eve"):
        deployment.writ("log", "lift", "--key", deployment.folder / f"{name}.key")


@contextmanager
def listening(folder: Path, *words: str | Path) -> Iterator[dict[str, str]]:
    """Run a command that serves; yield its ready line, with the address as a link."""
    process = subprocess.Popen(
        [sys.executable, "-m", "writ", *map(str, words)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    yield {**ready, "listen": f"http://{ready['listen']}"}
    process.terminate()
    assert 0 == process.wait(60)
    process.stdout.close()


def test_an_auditor_needs_no_server(operator: Deployment, tmp_path: Path) -> None:
    """From what was published and handed over, a stranger proves an event, and the whole log."""
    policy = tmp_path / "log.policy"
    policy.write_text(operator.writ("log", "policy"))
    early = tmp_path / "early.checkpoint"
    operator.writ("log", "checkpoint", "--out", early)
    operator.writ("hold", "opus-4-8", "--key", operator.folder / "ben.key", "--for", "1h")
    published = json.loads(operator.writ("log", "publish", "--json"))
    files = json.loads(operator.writ("log", "prove", "1", "--out", tmp_path / "proofs", "--json"))
    words = ("log", "verify", files["proof"], "--policy", policy)
    opened = json.loads(operator.writ(*words, "--opening", files["opening"], "--json"))
    row = json.loads(opened["row"])
    assert ("example.org/writ/governance", 0, 1, "proposal.submitted") == (
        opened["origin"], opened["index"], row["seq"], row["kind"],
    )  # fmt: skip
    assert None is json.loads(operator.writ(*words, "--json"))["row"]
    folder = operator.folder / "log" / "governance"
    audit = ("log", "audit", folder, "--policy", policy)
    whole = json.loads(operator.writ(*audit, "--since", early, "--json"))
    assert (published["size"], published["size"] - 1) == (whole["size"], whole["continues"])
    look_at_parts(operator, folder, policy, early)
    other = tmp_path / "other.json"
    data = json.loads(Path(files["opening"]).read_text())
    other.write_text(json.dumps({**data, "row": data["salt"]}))
    refused = operator.run(*words, "--opening", other)
    assert (2, "the proof does not lead from entry 1 to the root\n") == (
        refused.returncode,
        refused.stderr,
    )
    copy = shutil.copytree(folder, tmp_path / "copy")
    bundle = copy / "tile" / "entries" / f"000.p/{whole['size']}"
    bundle.write_bytes(bundle.read_bytes().replace(b"sha256:", b"sha257:", 1))
    assert 2 == operator.run("log", "audit", copy, "--policy", policy).returncode


def look_at_parts(operator: Deployment, log: Path, policy: Path, early: Path) -> None:
    """Prove the first two entries, and that the log continues a checkpoint; not the other way."""
    verify = ("log", "verify", log, "--policy", policy)
    told = json.loads(operator.writ(*verify, "--range", "1-2", "--since", early, "--json"))
    assert ([1, 2], told["size"] - 1) == (told["range"], told["continues"])
    shrunk = operator.run(*verify, "--since", log / "checkpoint", "--checkpoint", early)
    assert (2, f"the log shrank from {told['size']} to {told['size'] - 1} entries\n") == (
        shrunk.returncode,
        shrunk.stderr,
    )


def test_who_was_refused_can_have_the_receipt_proved(tmp_path: Path) -> None:
    """From a refusal's own id to its receipt in the log, and from there to the other log."""
    upstream = Upstream()
    (tmp_path / "world").mkdir()
    deployment = found(tmp_path / "world", upstream.address)
    deployment.obey(CATALOGUE, LETTER)
    deployment.writ("subject", "add", "ann", "--kind", "person")
    tell(deployment)
    key = deployment.writ("key", "create", "ann").strip()
    with deployment.served() as served:
        refused = served.ask(key).json()["error"]["problem"]["decision"]
        policy, folder = tmp_path / "decisions.policy", deployment.folder / "log" / "decisions"
        policy.write_text(deployment.writ("log", "policy", "--log", "decisions"))
        deployment.writ("log", "publish", "--log", "decisions")
        files = json.loads(
            deployment.writ(
                "log", "prove", refused, "--log", "decisions", "--out", tmp_path, "--json"
            )
        )
        for wrong, why in (
            (("nothing", "--log", "decisions"), "no receipt has the decision `nothing`\n"),
            (("nothing",), "an event is named by its number, from 1\n"),
        ):
            done = deployment.run("log", "prove", *wrong)
            assert (2, why) == (done.returncode, done.stderr)
        assert (deployment.folder / "log" / "cover" / "checkpoint").exists()
    upstream.close()
    words = ("log", "verify", files["proof"], "--policy", policy, "--opening", files["opening"])
    receipt = json.loads(json.loads(deployment.writ(*words, "--json"))["row"])
    assert (refused, "fable-5", "verify") == (receipt["id"], receipt["model"], receipt["outcome"])
    audit = json.loads(deployment.writ("log", "audit", folder, "--policy", policy, "--json"))
    deployment.writ("log", "publish")
    seq = str(deployment.json("log", "checkpoint")["size"])
    vouched = json.loads(deployment.writ("log", "prove", seq, "--out", tmp_path, "--json"))
    opened = json.loads(Path(vouched["opening"]).read_text())
    row = json.loads(base64.b64decode(opened["row"]))
    assert ("decisions.signed", audit["size"]) == (row["kind"], row["payload"]["size"])
    look_at_decisions(deployment, tmp_path)


def look_at_decisions(deployment: Deployment, folder: Path) -> None:
    """Draw the one refusal there is, mark it, and have it on record."""
    sheet, key = folder / "sheet.csv", deployment.folder / "ben.key"
    drawn = deployment.json("audit", "sample", "--out", sheet, "--since", "2026-01-01T00:00:00Z")
    assert 1 == drawn["drawn"]
    sheet.write_bytes(sheet.read_bytes().replace(b",,,verify,", b",wrong,,verify,"))
    report = ("audit", "report", sheet, "--key", key, "--out", folder / "audit")
    assert "verify: 100.00% (100.00% to 100.00%)" in deployment.writ(*report)
    assert drawn["sample"] == json.loads((folder / "audit" / "report.json").read_text())["sample"]
    assert "looked at by people" in (folder / "audit" / "index.html").read_text()
    assert "this report was recorded before" == deployment.fails(2, *report)


def test_two_witnesses_of_three_are_enough_for_who_asks_for_two(
    operator: Deployment, tmp_path: Path
) -> None:
    """Two cosign, the third is down; a policy that asks for two is content, one for three is not."""
    operator.writ("log", "publish")
    log = operator.folder / "log" / "governance"
    watched = tmp_path / "watched.policy"
    watched.write_text(operator.writ("log", "policy"))
    known = watched.read_text().replace("quorum none\n", "")

    with witnessing(operator, tmp_path, watched, "three") as (down, third):
        pass
    with (
        witnessing(operator, tmp_path, watched, "one") as (first, one),
        witnessing(operator, tmp_path, watched, "two") as (second, two),
    ):
        known += f"{one} {first}\n{two} {second}\n{third} {down}\n"
        policy, strict = tmp_path / "quorum.policy", tmp_path / "strict.policy"
        policy.write_text(known + "group two-of-them 2 one two three\nquorum two-of-them\n")
        strict.write_text(known + "group them all one two three\nquorum them\n")
        said = json.loads(operator.writ("log", "cosign", log, "--policy", policy, "--json"))
        assert ["cosigned", "cosigned"] == [said["witnesses"][name] for name in ("one", "two")]
        assert said["witnesses"]["three"].startswith("does not answer")
        operator.writ("hold", "mythos-5", "--key", operator.folder / "ben.key", "--for", "1h")
        operator.writ("log", "publish")
        operator.writ("log", "cosign", log, "--policy", policy)
        assert 400 == httpx2.post(f"{first}/add-checkpoint", content=b"old 0\n\n").status_code
    refused = operator.run("log", "audit", log, "--policy", strict)
    assert (2, True) == (refused.returncode, "was not seen by `them`" in refused.stderr)
    audit = json.loads(operator.writ("log", "audit", log, "--policy", policy, "--json"))
    assert ["one.example/w", "two.example/w"] == audit["witnesses"]
    proof = json.loads(operator.writ("log", "prove", "1", "--out", tmp_path, "--json"))["proof"]
    verified = operator.writ("log", "verify", proof, "--policy", policy, "--json")
    assert 2 == len(json.loads(verified)["witnesses"])


@contextmanager
def witnessing(
    operator: Deployment, folder: Path, policy: Path, name: str
) -> Iterator[tuple[str, str]]:
    """Run a witness; yield its address, and its line for a policy under a short name."""
    key = folder / f"{name}.key"
    operator.writ("keygen", "--out", key, "--person", name)
    where = ("--listen", "127.0.0.1:0", "--policy", policy, "--state", folder / name)
    command = ("witness", f"{name}.example/w", "--key", key, *where)
    with listening(folder, *command) as ready:
        yield ready["listen"], f"witness {name} {ready['vkey']}"


def test_a_published_log_is_served_with_what_caches_must_know(operator: Deployment) -> None:
    """A checkpoint is not kept, tiles are for ever, and nothing else is there."""
    operator.writ("log", "publish")
    log = operator.folder / "log" / "governance"
    with listening(operator.folder, "log", "serve", log, "--listen", "127.0.0.1:0") as ready:
        at = ready["listen"]
        checkpoint = httpx2.get(f"{at}/checkpoint")
        kept = checkpoint.headers["cache-control"]
        assert ((log / "checkpoint").read_bytes(), "no-store") == (checkpoint.content, kept)
        size = checkpoint.text.split("\n")[1]
        for path in (f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
            tile = httpx2.get(f"{at}/{path}")
            assert (log / path).read_bytes() == tile.content
            assert "immutable" in tile.headers["cache-control"]
        for path in ("tile/0/001", "tile/0/%2e%2e/checkpoint", "writ.toml", "tile/9/000"):
            assert 404 == httpx2.get(f"{at}/{path}").status_code


def test_while_a_seal_holds_only_commitments_are_published(
    operator: Deployment, tmp_path: Path
) -> None:
    """One person stops publishing, two go on; who kept what was published meanwhile is shown more."""
    folder, file = operator.folder, tmp_path / "uncovered.json"
    policies = [tmp_path / "log.policy", tmp_path / "cover.policy"]
    for policy, log in zip(policies, ("governance", "cover"), strict=True):
        policy.write_text(operator.writ("log", "policy", "--log", log))
    assert "sealed by ben" in operator.writ("log", "seal", "--key", folder / "ben.key")
    assert "sealed by `ben`" in operator.fails(2, "log", "publish")
    operator.writ("log", "publish", "--log", "cover")
    kept = shutil.copy(folder / "log" / "cover" / "checkpoint", tmp_path / "kept.checkpoint")
    uncover = ("log", "uncover", "1", "--out", file, "--seen", kept)
    assert "sealed by `ben`" in operator.fails(2, *uncover)
    assert "lifted by ben so far" in operator.writ("log", "lift", "--key", folder / "ben.key")
    operator.fails(2, "log", "publish", "--log", "decisions")
    assert "may be published" in operator.writ("log", "lift", "--key", folder / "eve.key")
    warned = "`us-bis-2026-06-12` may not be told in full"
    assert warned in operator.writ("log", "publish")
    assert warned not in operator.writ("log", "publish", "--log", "cover")
    operator.writ(*uncover)
    check = ("log", "uncovered", file, "--policy", policies[0], "--cover", policies[1], "--seen")
    stood = operator.json(*check, kept)
    assert ("proposal.submitted", 1, True) == (
        json.loads(stood["row"])["kind"],
        stood["entry"],
        stood["kept"],
    )
    assert "another checkpoint than the one you kept" in operator.fails(
        2, *check, folder / "log" / "governance" / "checkpoint"
    )
