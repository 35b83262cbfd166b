import inspect
from collections.abc import Callable, Iterator

import pytest
import typer

from writ.cli.main import app

JSON_ALREADY = {"order schema", "serve"}
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
