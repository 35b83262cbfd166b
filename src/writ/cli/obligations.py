"""`writ obligations`: what orders leave to be done, also after they were rescinded."""

import typer

from writ.cli.obligations_list import list_obligations

app = typer.Typer(no_args_is_help=True, help="What orders leave to be done, and by when.")
app.command("list")(list_obligations)
