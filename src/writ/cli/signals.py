"""`writ signals`: what identity providers tell of those who proved something there."""

import typer

from writ.cli import signals_check, signals_status, signals_token

app = typer.Typer(no_args_is_help=True, help="Signals of identity providers about people.")
app.command("check")(signals_check.check)
app.command("status")(signals_status.status)
app.command("token")(signals_token.token)
