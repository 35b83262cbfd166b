"""The page on readiness shows what the command prints; its template and its register are read."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from writ.cli.main import app
from writ.clock import parse_instant
from writ.study.coverage import KINDS, held_against, read_register
from writ.study.readiness.library import SHIPPED

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "readiness.md").read_text(encoding="utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the first example prints, with the page's own template beside ours."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "adults.yaml").write_text(YAML[0])
    block = re.search(r"```console\n\$ writ (.+?)\n", PAGE)
    assert block is not None
    arguments = [
        str(ROOT / item) if item.startswith("orders/") else item for item in block[1].split()
    ]
    arguments[-1] = str(folder / "ready")
    words = [*arguments, "--templates", str(folder)]
    return CliRunner().invoke(app, words, catch_exceptions=False).stdout.splitlines()


def test_the_example_prints_what_the_page_shows(ran: list[str]) -> None:
    """Its first lines; the page's own template is asked as well."""
    shown = re.search(r"--out ready\n(.+?)\.\.\.\n```", PAGE, re.DOTALL)
    assert shown is not None
    lines = [line for line in ran if not line.startswith("adults")]

    assert [True] * 3 == [line in lines for line in shown[1].splitlines()]
    assert 1 == sum(line.startswith("adults: 0% of 59 keep working") for line in ran)


def test_the_step_that_the_page_shows_is_one(ran: list[str]) -> None:
    """Word for word, whatever its number."""
    shown = re.search(r"next:\n  \d\. (.+)\n", PAGE)
    assert shown is not None

    assert 1 == sum(line.endswith(shown[1]) for line in ran)


def test_the_register_says_what_the_page_says_it_does() -> None:
    """Held against the page's own gateway."""
    register = read_register(YAML[1].encode())
    found = held_against(register, ["gateway-1"], parse_instant("2026-11-27T00:00:00Z"))

    assert f"in force on 1 of 1 registered gateways; {found.sentence()}\n" in PAGE


def test_every_template_and_every_kind_of_path_is_on_the_page() -> None:
    """By its name."""
    names = [
        item.name.removesuffix(".yaml") for item in SHIPPED.iterdir() if item.name.endswith(".yaml")
    ]

    assert [] == [name for name in (*names, *KINDS) if f"`{name}`" not in PAGE]
