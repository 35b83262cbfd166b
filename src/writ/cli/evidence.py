"""`writ evidence`: what was ordered and done, in one file that needs no server."""

import typer

from writ.cli.evidence_convert import convert
from writ.cli.evidence_export import export
from writ.cli.evidence_verify import verify

app = typer.Typer(no_args_is_help=True, help="What was ordered and done, in one file.")
for command in (convert, export, verify):
    app.command(command.__name__)(command)
