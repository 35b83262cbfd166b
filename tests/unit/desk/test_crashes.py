import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.crashes import DUTIES
from tests.worlds.signers import FIRST, Signers, letter

ROOT = Path(__file__).parents[3]


def crashed(path: Path, change: str) -> list[dict[str, Any]]:
    """Crash a change at every point, and return what each left."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.worlds.crashes", str(path), change],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize(
    "change", ["submit", "sign", "activate", "hold", "note", "met", "happened"]
)
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, change: str) -> None:
    """Killed at any point, a change is wholly there after a restart, or not at all."""
    path, world = tmp_path / "writ.db", Signers.make()
    desk = world.desk(path)
    world.enact(desk, {**FIRST, "us-bis.v1.yaml": letter() + DUTIES})
    world.submit(desk, {"us-bis.v2.yaml": letter(version=2)})
    world.sign(desk, "ben")
    if change == "activate":
        world.sign(desk, "eva")
    desk.store.close()
    outcomes = crashed(path, change)
    states = [{name: item[name] for name in item if name != "killed"} for item in outcomes]
    old, new = states[0], states[-1]
    assert [True] * (len(outcomes) - 1) + [False] == [item["killed"] for item in outcomes]
    assert old != new
    assert len(outcomes) >= (5 if change in {"note", "met", "happened"} else 8)
    turn = states.index(new)
    assert [old] * turn + [new] * (len(states) - turn) == states
    # Some points lie before the commit, and some after it.
    assert 0 < turn < len(states) - 1
