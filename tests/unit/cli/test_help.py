import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pytest
from typer._click import Context
from typer._click.exceptions import UsageError
from typer.core import TyperGroup
from typer.main import get_group
from typer.testing import CliRunner

from writ.cli import main, order
from writ.cli.main import app
from writ.errors import CasesFailed, Failed, InvalidInput, NotProved, Refused

JSON_ALREADY = {"log serve", "order schema", "record serve", "serve", "witness"}
"""What these print is JSON, whatever is asked for."""


def commands(group: TyperGroup, path: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    """Every command with its full name and function."""
    context = Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{path}{name} ")
        else:
            assert command is not None
            assert command.callback is not None
            yield f"{path}{name}", command.callback


EVERY = dict(commands(get_group(app)))


@pytest.mark.parametrize("name", EVERY)
def test_every_command_has_an_example(name: str) -> None:
    """The help of a command shows how it is used, by its own name."""
    text = inspect.getdoc(EVERY[name]) or ""

    assert f"Example: writ {name}" in text


@pytest.mark.parametrize("name", sorted(EVERY.keys() - JSON_ALREADY))
def test_every_command_speaks_json(name: str) -> None:
    """Whatever a command prints can be had as JSON."""
    assert "as_json" in inspect.signature(EVERY[name]).parameters


@pytest.mark.parametrize("listed", [main.COMMANDS, order.COMMANDS], ids=["writ", "order"])
def test_the_commands_are_registered_in_order(listed: dict[str, str]) -> None:
    """The list of commands is sorted, so that a new one has one place."""
    assert sorted(listed) == list(listed)


def test_a_command_loads_no_other() -> None:
    """What one command needs is not loaded for another: `writ subject` reads no order."""
    code = "import sys; from writ.cli.main import main; sys.argv = ['writ', 'subject', '--help']"
    code += "; import atexit; atexit.register(lambda: print(*sorted(sys.modules))); main()"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "writ.cli.subject" in loaded.stdout.split()
    assert not {"writ.law.folder", "writ.cli.order_check"} & set(loaded.stdout.split())


def test_a_misspelt_command_names_the_nearest() -> None:
    """Commands that are not loaded yet are still suggested."""
    with pytest.raises(UsageError, match="Did you mean 'check'"):
        CliRunner().invoke(app, ["order", "chek"], standalone_mode=False, catch_exceptions=False)


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
