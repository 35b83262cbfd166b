"""`writ record`: what was ordered and done, for everybody to read."""

import typer

from writ.cli.record_build import build
from writ.cli.record_serve import serve
from writ.cli.record_state import state

app = typer.Typer(no_args_is_help=True, help="What was ordered and done, for everybody to read.")
for command in (build, serve, state):
    app.command(command.__name__)(command)
