"""`writ notices`: telling those whom an order affects."""

import typer

from writ.cli import notices_preview, notices_send, notices_status, notices_token

app = typer.Typer(no_args_is_help=True, help="Tell those whom an order affects.")
app.command("preview")(notices_preview.preview)
app.command("send")(notices_send.send)
app.command("status")(notices_status.status)
app.command("token")(notices_token.token)
