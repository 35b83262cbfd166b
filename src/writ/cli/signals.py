"""`writ signals`: what identity providers tell of people, and are told of them."""

import typer

from writ.cli import signals_check, signals_key, signals_status, signals_token

app = typer.Typer(no_args_is_help=True, help="Signals from and to identity providers.")
app.command("check")(signals_check.check)
app.command("key")(signals_key.key)
app.command("status")(signals_status.status)
app.command("token")(signals_token.token)
