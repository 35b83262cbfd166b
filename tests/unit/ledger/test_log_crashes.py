"""What a kill leaves of a log, at every step; a process that knows nothing of Writ checks it."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import log_crashes
from tests.worlds.log_crashes import BEFORE

ROOT = Path(__file__).parents[3]
AFTER = BEFORE + 3
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Crash both stories at every step; return what each kill left."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.worlds.log_crashes", tmp_path_factory.mktemp("crashes")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    return {
        story: [row for row in rows if row["story"] == story]
        for story in ("governance", "decisions")
    }


def test_each_step_had_its_kill(crashed: dict[str, Rows]) -> None:
    """Appending, hashing, signing, storing, writing out and publishing; the last child lived."""
    signed = {
        "before hashing", "before INSERT INTO log_entry", "before INSERT INTO log_node",
        "after hashing", "before signing", "after signing", "before INSERT INTO log_checkpoint",
        "before commit", "after commit", "before INSERT INTO event", None,
    }  # fmt: skip
    published = {
        "half of .000.draft", "half of .checkpoint.draft", "before renaming 000",
        "before renaming checkpoint", "after renaming checkpoint",
    }  # fmt: skip
    received = {
        "before INSERT INTO receipt", "before UPDATE receipt_file SET", "before removing",
        "after removing",
    }  # fmt: skip
    for story, more in (("governance", published), ("decisions", received)):
        steps = Counter(row["at"] for row in crashed[story])
        assert set() == (signed | more) - steps.keys()
        assert (1, None) == (steps[None], crashed[story][-1]["at"])


def test_the_published_log_is_whole_at_every_kill(crashed: dict[str, Rows]) -> None:
    """It is that of before or of after, and was signed for in the store before anybody saw it."""
    for row in (row for rows in crashed.values() for row in rows):
        size = row["shown"]["size"]
        assert size in {BEFORE, AFTER}
        assert size <= row["left"]["signed"] <= row["left"]["rows"]
    shown = [row["shown"]["size"] for row in crashed["governance"]]
    at = [row["at"] for row in crashed["governance"]]
    turn = at.index("after renaming checkpoint")
    assert [BEFORE] * turn + [AFTER] * (len(shown) - turn) == shown


def test_what_happens_is_there_whole_or_not_at_all(crashed: dict[str, Rows]) -> None:
    """Three events in one unit; a file's receipts in one unit, of two files."""
    counts = [[row["left"]["rows"] for row in crashed[name]] for name in sorted(crashed)]
    assert [{BEFORE, BEFORE + 2, AFTER}, {BEFORE, AFTER}] == [set(item) for item in counts]
    assert counts == [sorted(item) for item in counts]


def test_no_file_goes_before_the_log_has_it(crashed: dict[str, Rows]) -> None:
    """Whenever a file of receipts is gone, a checkpoint over it was signed, and vouched for."""
    left = [row["left"] for row in crashed["decisions"]]
    gone = [item for item in left if "gateway-1.jsonl" not in item["files"]]
    assert len(gone) in range(1, len(left))
    assert {(AFTER, AFTER)} == {(item["signed"], item["vouched"][-1]) for item in gone}


def test_a_restart_goes_on_in_the_ordinary_way(crashed: dict[str, Rows]) -> None:
    """Whatever happened is in the log once, which is signed, published and continues what was shown."""
    for row in crashed["governance"]:
        rows = row["left"]["rows"]
        assert (rows, rows) == (row["after"]["signed"], row["then"]["size"])
    for row in crashed["decisions"]:
        assert {
            "rows": AFTER, "twice": 0, "signed": AFTER, "vouched": [BEFORE, AFTER],
            "files": ["gateway-1+2.jsonl"],
        } == row["after"]  # fmt: skip
        assert {"size": AFTER} == row["then"]


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    """It is worth nothing if it says yes to a log that was changed, cut short or begun anew."""
    log_crashes.begin(tmp_path / "one", "governance")
    log_crashes.begin(tmp_path / "two" / "one", "governance")
    outside = log_crashes.Outside()
    assert {"size": BEFORE} == outside.look(tmp_path / "one")
    assert {"wrong": f"it does not begin with the {BEFORE} entries that were there"} == (
        outside.look(tmp_path / "two" / "one")
    )
    for name, why in (
        ("tile/0/000.p/255", "a tile of level 0 has other hashes"),
        ("tile/entries/000.p/255", "the entries have another root"),
        ("checkpoint", "the checkpoint is signed by another"),
    ):
        path = tmp_path / "one" / "log" / name
        data = path.read_bytes()
        path.write_bytes(
            data.replace(b"255", b"256", 1)
            if name == "checkpoint"
            else data[:40] + bytes([data[40] ^ 1]) + data[41:]
        )
        assert {"wrong": why} == outside.look(tmp_path / "one")
        path.write_bytes(data)
    (tmp_path / "one" / "log" / "tile" / "0" / "000.p" / "255").unlink()
    assert {"wrong": "0/000.p/255 is not there"} == outside.look(tmp_path / "one")
    outside.close()
