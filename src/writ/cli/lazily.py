"""Groups of commands whose files are loaded when somebody asks for them.

A command should cost what it needs itself: with every file loaded first, half of a short command's
time went into those of the others.
"""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context  # typer's own copy of click is what its groups see


def lazily(places: Mapping[str, str]) -> type[TyperGroup]:
    """Return a group of commands: each name leads to `file:function` or `file:app` in this folder."""

    class Lazily(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = _Commands(places)

        def list_commands(self, ctx: "Context") -> list[str]:  # noqa: ARG002  typer gives it
            return list(self.commands)

    return Lazily


class _Commands(UserDict[str, Any]):
    """Commands by name: a place until it is asked for, the command from then on."""

    def __getitem__(self, name: str) -> "Command":
        if isinstance(self.data[name], str):
            self.data[name] = _load(name, self.data[name])
        command: Command = self.data[name]
        return command


def _load(name: str, place: str) -> "Command":
    file, _, attribute = place.partition(":")
    found = getattr(import_module(f"writ.cli.{file}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = name
        return group
    one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    one.command(name)(found)
    return typer.main.get_command(one)
