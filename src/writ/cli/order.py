"""`writ order`: what can be done with order files before anybody signs them."""

import typer

from writ.cli.lazily import lazily

COMMANDS = {
    "affected": "order_affected:app",
    "check": "order_check:check",
    "diff": "order_diff:diff",
    "explain": "order_explain:explain",
    "export": "order_export:export",
    "exposure": "order_exposure:exposure",
    "new": "order_new:new",
    "petition": "order_petition:petition",
    "prove": "order_prove:prove",
    "schema": "order_schema:schema",
    "simulate": "order_simulate:simulate",
    "test": "order_test:run_cases",
}
"""Each command and where it is: its file, and the function in it."""

app = typer.Typer(
    cls=lazily(COMMANDS),
    no_args_is_help=True,
    help="Check and test order files, and print what they may say.",
)


@app.callback()
def _order() -> None:
    pass
