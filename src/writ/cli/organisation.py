"""`writ organisation`: what registers say of organisations."""

import typer

from writ.cli import organisation_facts

app = typer.Typer(no_args_is_help=True, help="What registers say of organisations.")


@app.callback()
def _organisation() -> None:
    """Keep the group: it has one command so far."""


app.command("facts")(organisation_facts.facts)
