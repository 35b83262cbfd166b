"""`writ provider`: where people sign in, to their account or because they have been verified there."""

import typer

from writ.cli.provider_check import check
from writ.cli.provider_key import key

app = typer.Typer(no_args_is_help=True, help="Providers (OpenID Connect) where people sign in.")
app.command("check")(check)
app.command("key")(key)
