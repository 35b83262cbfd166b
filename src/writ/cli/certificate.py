"""`writ certificate`: whose client certificates count, and what one of them shows."""

import typer

from writ.cli.certificate_check import check

app = typer.Typer(no_args_is_help=True, help="Client certificates that name a citizenship.")
app.command("check")(check)


@app.callback()
def _certificate() -> None:
    """Keep `check` a command of its own, though it is the only one."""
