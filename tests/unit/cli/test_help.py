import inspect
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pytest
import typer
from typer.testing import CliRunner

from writ.cli.main import app
from writ.errors import CasesFailed, Failed, InvalidInput, NotProved, Refused

JSON_ALREADY = {"log serve", "order schema", "serve", "witness"}
"""What these print is JSON, whatever is asked for."""


def commands(group: typer.Typer, path: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    """Every command with its full name and function."""
    for item in group.registered_commands:
        assert item.callback is not None
        yield f"{path}{item.name}", item.callback
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{path}{inner.name} ")


EVERY = dict(commands(app))


@pytest.mark.parametrize("name", EVERY)
def test_every_command_has_an_example(name: str) -> None:
    """The help of a command shows how it is used, by its own name."""
    text = inspect.getdoc(EVERY[name]) or ""

    assert f"Example: writ {name}" in text


@pytest.mark.parametrize("name", sorted(EVERY.keys() - JSON_ALREADY))
def test_every_command_speaks_json(name: str) -> None:
    """Whatever a command prints can be had as JSON."""
    assert "as_json" in inspect.signature(EVERY[name]).parameters


def test_the_commands_are_registered_in_order() -> None:
    """The list of commands is sorted, so that a new one has one place."""
    names = [item.name or "" for item in app.registered_commands]

    assert sorted(names) == names


def test_the_first_help_tells_every_exit_code() -> None:
    """Whoever scripts the command finds the codes where they look first."""
    said = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "120"}).output
    codes = {int(code) for code in re.findall(r"(\d) [a-z]", said.split("Exit codes:")[1])}

    assert {
        0,
        *(kind.exit_code for kind in (Failed, Refused, InvalidInput, NotProved, CasesFailed)),
    } == codes


def test_the_version_is_that_of_the_distribution() -> None:
    """`writ --version` prints one line and nothing else happens."""
    ran = CliRunner().invoke(app, ["--version"])

    assert (0, f"{version('writ-ai')}\n") == (ran.exit_code, ran.output)
