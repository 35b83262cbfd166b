"""The `writ` command: one file per subcommand, errors as one line each, exit codes that mean something."""

import sys

import typer

from writ.cli import order
from writ.cli.decide import decide
from writ.errors import InvalidInput, WritError

app = typer.Typer(
    name="writ",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Obey a legal order about who may use which model, provably, without switching it off.",
)

app.command("decide")(decide)
app.add_typer(order.app, name="order")


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 refused, 3 invalid input, 5 cases failed."""
    try:
        code = app(standalone_mode=False)
    except WritError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(InvalidInput.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
