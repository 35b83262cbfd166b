"""The `writ` command: one file per subcommand, errors as one line each, exit codes that mean something."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from writ.cli import (
    annex,
    coverage,
    definitions,
    end_user,
    facts,
    issuer,
    key,
    log,
    notices,
    obligations,
    order,
    subject,
    trust,
)
from writ.cli.activate import activate
from writ.cli.attach import attach
from writ.cli.collecting import collect_seldom
from writ.cli.decide import decide
from writ.cli.drill import drill
from writ.cli.encode import encode
from writ.cli.hold import hold
from writ.cli.init import init
from writ.cli.keygen import keygen
from writ.cli.reachable import reachable
from writ.cli.readiness import readiness
from writ.cli.serve import serve
from writ.cli.sign import sign
from writ.cli.skip import skip
from writ.cli.status import status
from writ.cli.submit import submit
from writ.cli.withdraw import withdraw
from writ.cli.witness import witness
from writ.errors import InvalidInput, WritError

app = typer.Typer(
    name="writ",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Obey a legal order about who may use which model, provably, without switching it off.",
    epilog="Exit codes: 0 done or permitted, 1 failed, 2 refused, 3 invalid input, 4 not proved,"
    " 5 cases failed.",
)


def _version(wanted: bool) -> None:  # noqa: FBT001  typer calls it with the option's value
    if wanted:
        print(version("writ-ai"))
        raise typer.Exit


@app.callback()
def _writ(
    *,
    wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    pass


app.command("activate")(activate)
app.command("attach")(attach)
app.command("decide")(decide)
app.command("drill")(drill)
app.command("encode")(encode)
app.command("hold")(hold)
app.command("init")(init)
app.command("keygen")(keygen)
app.command("reachable")(reachable)
app.command("readiness")(readiness)
app.command("serve")(serve)
app.command("sign")(sign)
app.command("skip")(skip)
app.command("status")(status)
app.command("submit")(submit)
app.command("withdraw")(withdraw)
app.command("witness")(witness)
app.add_typer(annex.app, name="annex")
app.add_typer(coverage.app, name="coverage")
app.add_typer(definitions.app, name="definitions")
app.add_typer(end_user.app, name="end-user")
app.add_typer(facts.app, name="facts")
app.add_typer(issuer.app, name="issuer")
app.add_typer(key.app, name="key")
app.add_typer(log.app, name="log")
app.add_typer(notices.app, name="notices")
app.add_typer(obligations.app, name="obligations")
app.add_typer(order.app, name="order")
app.add_typer(subject.app, name="subject")
app.add_typer(trust.app, name="trust")


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 refused, 3 invalid input, 4 not proved, 5 cases failed."""
    collect_seldom()
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
