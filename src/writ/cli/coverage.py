"""`writ coverage`: the register of every path on which people reach models."""

import typer

from writ.cli import coverage_check, coverage_show

app = typer.Typer(
    no_args_is_help=True, help="Every path on which people reach models, and what enforces orders."
)
app.command("check")(coverage_check.check)
app.command("show")(coverage_show.show_coverage)
