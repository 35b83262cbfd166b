"""A pack as its users have it: an operator who exports, a stranger with Python and one library."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.worlds.authority import Authority, answering
from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, found
from tests.worlds.upstream import Upstream

ORDER = "us-bis-2026-06-12"


def served(folder: Path) -> Deployment:
    """Put the letter in force while it serves, refuse somebody, have a checkpoint stamped."""
    upstream = Upstream()
    deployment = found(folder, upstream.address)
    people = folder / "people.jsonl"
    people.write_text(json.dumps({"id": "ann", "kind": "person"}) + "\n")
    deployment.writ("subject", "add", "--file", people)
    key = deployment.writ("key", "create", "ann").strip()
    authority = Authority(folder / "authority")
    roots = authority.folder / "root.pem"
    with deployment.served() as serving, answering(authority) as address:
        deployment.obey(CATALOGUE, LETTER)
        assert 403 == serving.ask(key).status_code
        asked = ("log", "timestamp", "--authority", address, "--roots", roots)
        assert "stamped 20" in deployment.writ(*asked)
        none = deployment.fails(1, *asked[:3], "http://127.0.0.1:1", *asked[4:])
        assert "`http://127.0.0.1:1` does not answer (ConnectError)" == none
    upstream.close()
    return deployment


def test_a_stranger_checks_a_pack(tmp_path: Path) -> None:
    """Exported twice it is one; `writ`, the script in it alone, and `pdfsig` find it in order."""
    (tmp_path / "world").mkdir()
    deployment = served(tmp_path / "world")
    pack, policy = tmp_path / "pack.zip", tmp_path / "log.policy"
    export = ("evidence", "export", ORDER, "--attach", LETTER, "--receipts", "all")
    told = deployment.json(*export, "--out", pack)
    assert told["digest"] == deployment.json(*export, "--out", tmp_path / "again.zip")["digest"]
    policy.write_text(deployment.writ("log", "policy"))
    roots = deployment.folder / "authority" / "root.pem"
    verify = ("evidence", "verify", pack, "--policy", policy)
    proved = deployment.json(*verify, "--roots", roots)
    assert ([[1]], True, 1, 1) == (
        [epoch["versions"] for epoch in proved["epochs"]],
        proved["anchored"],
        proved["receipts"],
        len(proved["stamps"]),
    )
    assert "1 stamps not proved" in deployment.writ(*verify)
    convert = ("evidence", "convert", pack, "--policy", policy, "--out", tmp_path / "converted")
    for form, first in (("oscal", "{"), ("ocsf", "{"), ("csv", "log,entry,kind,")):
        told = deployment.json(*convert, "--as", form)
        assert (form, True) == (
            told["form"],
            (tmp_path / "converted").read_text().startswith(first),
        )
    assert "version 1 may not be told in full" in deployment.fails(2, *convert, "--as", "lumen")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(tmp_path / "out", ["verify.py", "summary.pdf"])
    script: list[str | Path] = [
        sys.executable,
        "-I",
        tmp_path / "out" / "verify.py",
        pack,
        "--policy",
        policy,
    ]
    for more, words in (((), f"proved: {ORDER}"), (("--roots", roots), "says an authority")):
        run = [*script, *more]
        said = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True).stdout
        assert words in said
    signature = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "out" / "summary.pdf"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert "Signature is Valid." in signature
    changed = bytearray(pack.read_bytes())
    changed[len(changed) // 2] ^= 1
    pack.write_bytes(changed)
    assert 2 == deployment.run(*verify).returncode
    assert 2 == subprocess.run(script, capture_output=True, timeout=60, check=False).returncode


def test_what_cannot_be_exported_says_why(tmp_path: Path) -> None:
    """An order never in force, an odd number, a file that is not there, another order's silence."""
    deployment = found(tmp_path)
    other = tmp_path / "other.yaml"
    other.write_text(LETTER.read_text().replace(ORDER, "eu-2026"))
    deployment.obey(CATALOGUE, LETTER, other)
    export = ("evidence", "export", ORDER, "--out", "pack.zip")
    assert f"no order `us-bis` was ever in force; did you mean `{ORDER}`?" == deployment.fails(
        2, "evidence", "export", "us-bis", "--out", "pack.zip"
    )
    assert "`some` is neither" in deployment.fails(3, *export, "--receipts", "some")
    assert "is not there to be enclosed" in deployment.fails(3, *export, "--attach", "none")
    assert "hand it over too with --beside eu-2026" in deployment.fails(2, *export)
    assert "pack.zip: " in deployment.writ(*export, "--beside", "eu-2026")
