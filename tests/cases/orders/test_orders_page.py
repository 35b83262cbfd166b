"""docs/orders.md: its files are checked, its output is what is printed, and no key is left out."""

import os
import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

from tests.worlds.warm import writ
from writ.law.annexes import ANNEX_KEYS, CHANGE_KEYS
from writ.law.authority import AUTHENTICATED_KEYS, AUTHORITY_KEYS, MANDATE_KEYS
from writ.law.calendars import CALENDAR_KEYS
from writ.law.catalogue import CATALOGUE_KEYS, DEPLOYMENT_KEYS, MODEL_KEYS
from writ.law.expressions import OPERATORS, PROTECTED_KEYS
from writ.law.licences import LICENCE_KEYS, SCOPE_KEYS
from writ.law.obligations import EVENT_KEYS, OBLIGATION_KEYS, PRESERVE_KEYS, RECORDS
from writ.law.open_points import QUESTION_KEYS, READING_KEYS
from writ.law.order import (
    KINDS,
    ORDER_KEYS,
)
from writ.law.own_orders import PROGRAMME_KEYS, REVIEW_KEYS
from writ.law.requirements import SERVE_KEYS
from writ.law.rules import (
    DRAIN_KEYS,
    EVIDENCE_KEYS,
    EXCEPTION_KEYS,
    RULE_KEYS,
    UNDETERMINED_KEYS,
)
from writ.law.scenarios import SCENARIO_KEYS
from writ.law.shipped import definition_names
from writ.law.stays import STAY_KEYS
from writ.law.values import PROTECTIONS
from writ.law.where import WHERE_KEYS

PAGE = Path(__file__).parents[3] / "docs" / "orders.md"
LANGUAGE = PAGE.with_name("language.md")
DUTIES = PAGE.with_name("duties.md")
KEYS = (
    MANDATE_KEYS, PROGRAMME_KEYS, REVIEW_KEYS, SERVE_KEYS, LICENCE_KEYS, SCOPE_KEYS, QUESTION_KEYS, STAY_KEYS,
    ANNEX_KEYS, CHANGE_KEYS, CATALOGUE_KEYS, DEPLOYMENT_KEYS, MODEL_KEYS, WHERE_KEYS, PROTECTED_KEYS, AUTHENTICATED_KEYS, AUTHORITY_KEYS,
    CALENDAR_KEYS, EVENT_KEYS, OBLIGATION_KEYS, ORDER_KEYS, PRESERVE_KEYS, READING_KEYS, DRAIN_KEYS, EVIDENCE_KEYS, EXCEPTION_KEYS,
    RULE_KEYS, UNDETERMINED_KEYS, SCENARIO_KEYS,
)  # fmt: skip


def blocks(language: str) -> list[str]:
    """Return the page's code blocks in one language."""
    found: list[str] = []
    parser = CodeBlockParser(language, lambda example: found.append(example.parsed))
    for example in Sybil([parser]).parse(PAGE).examples():
        example.evaluate()
    return found


def test_the_page_does_what_it_shows(tmp_path: Path) -> None:
    """Each file is written under the name in its first line; the command prints what is shown."""
    folder = tmp_path / "orders"
    folder.mkdir()
    for block in blocks("yaml") + blocks("csv"):
        name = re.match(r"# (\S+)\n", block)
        assert name is not None
        text = block if name[1].endswith(".yaml") else block[name.end() :]
        (folder / name[1]).write_text(text, encoding="utf-8")
    (shown,) = blocks("console")
    command, _, output = shown.partition("\n")
    words = command.removeprefix("$ ").split()[1:]
    run = writ(*words, cwd=tmp_path, env=os.environ | {"COLUMNS": "100"})
    (note,) = run.stderr.splitlines()
    assert (0, output) == (run.returncode, run.stdout)
    assert "licence-2026.v1.yaml:2:8: nobody confirmed whom annex `annex-a` lists" in note


WORDS = {
    *(key for keys in KEYS for key in keys.known),
    *OPERATORS,
    *(word for operator in OPERATORS.values() for word in operator.beside),
    *KINDS,
    *RECORDS,
    *PROTECTIONS,
    *definition_names(),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_the_language_is_on_the_pages(word: str) -> None:
    """Whatever an order file can say is explained or shown, here or among the operators."""
    said = "".join(page.read_text(encoding="utf-8") for page in (PAGE, LANGUAGE, DUTIES))
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said)
