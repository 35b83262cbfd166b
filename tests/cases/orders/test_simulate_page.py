"""The page on simulation shows what the command prints."""

import re
from pathlib import Path

from typer.testing import CliRunner

from writ.cli.main import app
from writ.study.population import COLUMNS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "simulate.md").read_text(encoding="utf-8")


def test_the_first_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    """The command as written, and its first lines."""
    block = re.search(r"```console\n\$ writ (.+?)\n(.+?)\.\.\.\n```", PAGE, re.DOTALL)
    assert block is not None
    arguments = [
        str(ROOT / item) if item.startswith("orders/") else item for item in block[1].split()
    ]
    arguments[-1] = str(tmp_path / "simulated")
    ran = CliRunner().invoke(app, arguments, catch_exceptions=False)

    assert block[2] == "".join(f"{line}\n" for line in ran.stdout.splitlines()[:3])


def test_every_column_is_on_the_page() -> None:
    """A column that is read is told of."""
    assert [] == [name for name in COLUMNS if f"`{name}`" not in PAGE]
