"""`writ vendor`: who looks at documents for us."""

import typer

from writ.cli.vendor_check import check

app = typer.Typer(no_args_is_help=True, help="Vendors who look at documents for us.")


@app.callback()
def _vendor() -> None:
    """Keep `check` a subcommand, though it is the only one."""


app.command("check")(check)
