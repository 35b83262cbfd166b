"""`writ audit`: decisions drawn by chance for people to look at, and what they found."""

import typer

from writ.cli.audit_report import report
from writ.cli.audit_sample import sample

app = typer.Typer(no_args_is_help=True, help="Decisions drawn by chance, looked at by people.")
for command in (report, sample):
    app.command(command.__name__)(command)
