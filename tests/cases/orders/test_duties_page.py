"""docs/duties.md: its sections of an order file are read, its commands print what is shown."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.law.conftest import CATALOGUE
from writ.cli.main import app
from writ.law.due import owed
from writ.law.folder import read_sources

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "duties.md").read_text(encoding="utf-8")
HEAD = """\
order: sample
version: 1
kind: rescission
title: A sample
authority: {name: A ministry, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: It is lifted., c3: Report., c4: Keep.}
lifts: [c1]
"""


def test_the_sections_are_read_as_they_stand() -> None:
    """The duties, the calendar and what must be kept fit one order."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (days,) = [block for block in blocks if "calendars:" in block]
    order = HEAD + "".join(block for block in blocks if block is not days)
    book = read_sources(
        {"catalogue.yaml": CATALOGUE, "calendars.yaml": days.encode(), "x.yaml": order.encode()}
    )
    found = {item.duty.id: item.state for item in owed(book, book.versions[0].effective)}
    assert ({"report": "due", "detect": "standing"}, ["litigation"]) == (
        found,
        [duty.id for duty in book.versions[0].preserve],
    )


def test_the_commands_print_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of the page runs, and prints the lines under it up to the dots."""
    monkeypatch.chdir(ROOT)
    (shown,) = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for part in shown.split("$ ")[1:]:
        command, _, lines = part.partition("\n")
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert (command, done.exit_code) == (command, 2 if "--remind" in command else 0)
        assert done.output.startswith(lines.removesuffix("...\n"))
