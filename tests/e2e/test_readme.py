"""README.md: what it says is printed is printed, and what it links to is there."""

import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UNCONFIRMED = "nobody confirmed whom annex `annex-a` lists"
"""What the check notes of the June letters."""


def console(command: str) -> str:
    """The block with a command."""
    blocks: list[str] = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if command in block)


@pytest.mark.parametrize(
    ("command", "count"),
    [("writ decide", 3), ("order simulate", 1), ("order prove", 1), ("writ readiness", 1)],
)
def test_the_commands_print_what_the_page_shows(tmp_path: Path, command: str, count: int) -> None:
    """Each command runs with no fault; where output is shown it is that, `...` standing for more.

    How far a simulation has come is told beside it.
    """
    (tmp_path / "orders").symlink_to(ROOT / "orders")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    commands = re.split(r"(?m)^\$ ", console(command))[1:]
    assert count == len(commands)
    for text in commands:
        line, _, shown = text.partition("\n")
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        noted = [text for text in done.stderr.splitlines() if not text.endswith(" …")]
        said = [re.sub(r"^.*: (.*?);.*$", r"\1", text) for text in noted]
        assert said == [UNCONFIRMED] * line.startswith(".venv/bin/writ order check")
        if shown:
            pattern = shown.rstrip().replace("[", "[[]").replace("  ...", "*")
            assert fnmatchcase(done.stdout.rstrip(), pattern), done.stdout


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    """Every relative link of the page names a file of the repository."""
    assert (ROOT / target).exists()
