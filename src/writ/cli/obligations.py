"""`writ obligations`: what orders leave to be done, also after they were rescinded."""

import typer

from writ.cli.obligations_happened import happened
from writ.cli.obligations_list import list_obligations
from writ.cli.obligations_met import met

app = typer.Typer(no_args_is_help=True, help="What orders leave to be done, and by when.")
app.command("happened")(happened)
app.command("list")(list_obligations)
app.command("met")(met)
