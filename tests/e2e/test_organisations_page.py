"""Runs docs/organisations.md with an extract, and sees the company served by what it says."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.worlds.deployment import CATALOGUE, LETTER
from tests.worlds.office import Office, office
from tests.worlds.registers import PARENT, record, relationship
from writ.errors import InvalidInput
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.serve.site import open_site

PAGE = Path(__file__).parents[2] / "docs" / "organisations.md"
BLOCKS = re.findall(r"```(sh|csv)\n(.*?)```", PAGE.read_text(), re.DOTALL)
LINES = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
[NUMBERS] = [text for kind, text in BLOCKS if kind == "csv"]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A deployment with two companies on its books; `idv` has the register's part."""
    made = office(tmp_path)
    made.enrol(Subject("acme", "organisation"), Subject("parent", "organisation"))
    made.obey(CATALOGUE, LETTER)
    rows = [record(), record(PARENT), relationship()]
    (tmp_path / "extract.json").write_text(json.dumps({"data": rows}))
    (tmp_path / "numbers.csv").write_text(NUMBERS)
    monkeypatch.chdir(tmp_path)
    return made


def run(made: Office, line: str) -> None:
    """Run a line of the page, its output going where the line says."""
    words, _, file = line.partition(" > ")
    done = made.writ(*shlex.split(words)[1:])
    assert (0, line) == (done.exit_code, line)
    if file:
        (made.folder / file).write_text(done.stdout)


def test_the_page_works_as_it_is_written(made: Office) -> None:
    """Five facts are on the books afterwards, each for what the trust document allows."""
    run(made, LINES[0])
    made.idv.save(made.folder / "other.key")
    (made.folder / "register.key").unlink()
    (made.folder / "other.key").rename(made.folder / "register.key")
    for line in LINES[1:]:
        run(made, line)
    with open_site(read_config(made.config)) as site:
        known = site.registry.those(["acme", "parent"])
    facts = {name: sorted(f.attribute for f in item.subject.facts) for name, item in known.items()}
    places = ["headquarters", "incorporated_in"]
    assert {"acme": [*places, "ultimate_parent"], "parent": places} == facts


def test_it_speaks_json_and_says_what_is_missing(made: Office) -> None:
    """A program reads the facts; an owner without a number stops it."""
    words = shlex.split(LINES[1].partition(" > ")[0])[1:]
    assert 5 == len(made.json(*words)["facts"])
    (made.folder / "numbers.csv").write_text("".join(NUMBERS.splitlines(keepends=True)[:2]))
    with pytest.raises(InvalidInput, match=f"`LEI:{PARENT}` is an owner or a parent without"):
        made.writ(*words)
