"""The `writ` command: one file per subcommand, errors as one line each, exit codes that mean something."""

import sys
from typing import Annotated

import typer

from writ.cli.collecting import collect_seldom
from writ.cli.lazily import lazily
from writ.cli.priority import give_way
from writ.errors import InvalidInput, WritError

COMMANDS = {
    "activate": "activate:activate",
    "annex": "annex:app",
    "attach": "attach:attach",
    "audit": "audit:app",
    "certificate": "certificate:app",
    "coverage": "coverage:app",
    "decide": "decide:decide",
    "definitions": "definitions:app",
    "determinations": "determinations:app",
    "drill": "drill:drill",
    "drilled": "drilled:drilled",
    "employer": "employer:app",
    "encode": "encode:encode",
    "end-user": "end_user:app",
    "evidence": "evidence:app",
    "facts": "facts:app",
    "hold": "hold:hold",
    "init": "init:init",
    "issuer": "issuer:app",
    "key": "key:app",
    "keygen": "keygen:keygen",
    "log": "log:app",
    "notices": "notices:app",
    "obligations": "obligations:app",
    "order": "order:app",
    "organisation": "organisation:app",
    "passport": "passport:app",
    "provider": "provider:app",
    "reachable": "reachable:reachable",
    "readiness": "readiness:readiness",
    "record": "record:app",
    "review": "review:app",
    "serve": "serve:serve",
    "sign": "sign:sign",
    "signals": "signals:app",
    "skip": "skip:skip",
    "status": "status:status",
    "subject": "subject:app",
    "submit": "submit:submit",
    "trust": "trust:app",
    "user-base": "user_base:app",
    "vendor": "vendor:app",
    "wallet": "wallet:app",
    "withdraw": "withdraw:withdraw",
    "witness": "witness:witness",
}
"""Each command and where it is: its file, and the function or group in it."""

app = typer.Typer(
    name="writ",
    cls=lazily(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Obey a legal order about who may use which model, provably, without switching it off.",
    epilog="Exit codes: 0 done or permitted, 1 failed, 2 refused, 3 invalid input, 4 not proved,"
    " 5 cases failed.",
)


def _version(wanted: bool) -> None:  # noqa: FBT001  typer calls it with the option's value
    if wanted:
        from importlib.metadata import version  # it reads every package

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


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 refused, 3 invalid input, 4 not proved, 5 cases failed."""
    collect_seldom()
    give_way(sys.argv[1:])
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
