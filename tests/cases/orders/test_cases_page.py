"""docs/cases.md: its file is read with those of docs/orders.md, and no key is left out."""

import re
from pathlib import Path

import pytest

from tests.worlds.warm import writ
from writ.law.cases import (
    CASE_KEYS,
    COMPLETENESSES,
    FACTS,
    FILE_KEYS,
    LINKS,
    REASON_KEYS,
    SETTLING_KEYS,
    VERDICTS,
)
from writ.law.cases_table import COLUMNS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "cases.md").read_text(encoding="utf-8")
KEYS = (FILE_KEYS, CASE_KEYS, REASON_KEYS, SETTLING_KEYS)
WORDS = {FACTS, *LINKS, *VERDICTS, *COMPLETENESSES, *COLUMNS, *(k for s in KEYS for k in s.known)}


def test_the_page_does_what_it_shows(tmp_path: Path) -> None:
    """Its file beside the other page's orders gives what the command shows."""
    folder = tmp_path / "orders"
    folder.mkdir()
    text = (DOCS / "orders.md").read_text(encoding="utf-8") + PAGE
    for language, name, rest in re.findall(r"```(yaml|csv)\n# (\S+)\n(.*?)```", text, re.DOTALL):
        assert language in name
        (folder / name).write_text(rest, encoding="utf-8")
    (command, output) = re.findall(r"```console\n\$ (.*?)\n(.*?)```", PAGE, re.DOTALL)[0]
    run = writ(*command.split()[1:], cwd=tmp_path)
    assert (0, output, "") == (run.returncode, run.stdout, run.stderr)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_the_format_is_on_the_page(word: str) -> None:
    """Whatever a case file can say is explained."""
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", PAGE)
