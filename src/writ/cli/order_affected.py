"""`writ order affected`: a list of whom an order affects leaves by two people, and on record."""

import typer

from writ.cli import (
    order_affected_approve,
    order_affected_export,
    order_affected_list,
    order_affected_request,
)

app = typer.Typer(
    no_args_is_help=True, help="Hand out a list of whom an order affects: two people, one purpose."
)
app.command("approve")(order_affected_approve.approve)
app.command("export")(order_affected_export.export)
app.command("list")(order_affected_list.every)
app.command("request")(order_affected_request.request)
