"""`writ wallet`: what credentials in people's wallets are asked with, and whose count."""

import typer

from writ.cli.wallet_check import check
from writ.cli.wallet_request import request

app = typer.Typer(no_args_is_help=True, help="Credentials that people have in their wallets.")
app.command("check")(check)
app.command("request")(request)
