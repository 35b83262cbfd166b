"""`writ log`: the transparency log over everything that is decided here."""

import typer

from writ.cli.log_audit import audit
from writ.cli.log_checkpoint import checkpoint
from writ.cli.log_cosign import cosign
from writ.cli.log_policy import policy
from writ.cli.log_prove import prove
from writ.cli.log_publish import publish
from writ.cli.log_seal import lift, seal
from writ.cli.log_serve import serve
from writ.cli.log_timestamp import timestamp
from writ.cli.log_uncover import uncover
from writ.cli.log_uncovered import uncovered
from writ.cli.log_verify import verify

app = typer.Typer(no_args_is_help=True, help="The transparency log over what is decided here.")
for command in (
    audit,
    checkpoint,
    cosign,
    policy,
    prove,
    publish,
    seal,
    lift,
    serve,
    timestamp,
    uncover,
    uncovered,
    verify,
):
    app.command(command.__name__)(command)
