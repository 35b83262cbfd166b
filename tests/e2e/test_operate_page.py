"""Runs docs/operate.md, block by block, in an empty folder."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, ORDERS, Deployment
from tests.worlds.upstream import WORD, Upstream
from writ.study.readiness.report import schema

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"
SERVE = "writ serve"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A model server."""
    world = Upstream()
    yield world
    world.close()


def run(folder: Path, command: list[str]) -> str:
    """Run a program with `writ` on its path; what it prints is returned."""
    environment = {key: text for key, text in os.environ.items() if key != "WRIT_CONFIG"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (0, command[-1]) == (
        done.returncode,
        command[-1] if done.returncode == 0 else done.stderr,
    )
    return done.stdout


def check_readiness(path: Path) -> None:
    """Hold the page's report to what the page did before it: three people signed or submitted."""
    found = json.loads(path.read_bytes())
    jsonschema.validate(found, json.loads(schema()))
    people = {row["person"]: row for row in found["signers"]["people"]}

    assert (True, {"ada", "ben", "eve"}) == (found["signers"]["enough"], set(people))
    assert [False, True] == [people[name]["confirmed"] is not None for name in ("ada", "ben")]
    assert "no coverage register: paths outside gateways unknown" == found["coverage"]["sentence"]
    assert (1, 3) == (len(found["history"]), found["population"]["rows"])


def test_the_page_works_as_it_is_written(tmp_path: Path, upstream: Upstream) -> None:
    """From `writ init` to an answer, a hold and a withdrawal, in the page's own words."""
    blocks = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "orders").mkdir()
    (tmp_path / "second").mkdir()
    for file in (CATALOGUE, LETTER):
        shutil.copy(file, tmp_path / "orders")
    shutil.copy(LETTER, tmp_path / "second")
    shutil.copy(ORDERS / "subjects.jsonl", tmp_path / "people.jsonl")
    deployment = Deployment(tmp_path)
    (tmp_path / "facts.jsonl").write_text(
        re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    )
    before = [text for _, text in blocks[: blocks.index(("sh", f"{SERVE}\n"))]]
    after = blocks[len(before) + 1 :]
    first, *rest = before
    run(tmp_path, ["bash", "-ec", first])
    config = tmp_path / "writ.toml"
    config.write_text(
        config.read_text()
        .replace("127.0.0.1:8080", "127.0.0.1:0")  # other tests may have the page's ports
        .replace("127.0.0.1:8081", "127.0.0.1:0")
        .replace("http://127.0.0.1:9000", upstream.address)
    )
    for text in rest:
        run(tmp_path, ["bash", "-ec", text])
    check_readiness(tmp_path / "ready" / "readiness.json")
    printed = []
    with deployment.served() as served:
        for language, text in after:
            program = ["bash", "-ec"] if language == "sh" else [sys.executable, "-c"]
            here = text.replace("http://127.0.0.1:8080", served.gateway)
            printed.append(run(tmp_path, [*program, here]))

    assert [WORD.strip(), "held: fable-5 by ben"] == [
        printed[0].strip(),
        next(line for line in printed[1].splitlines() if "held" in line)[:20],
    ]
    assert len(printed) == 3
