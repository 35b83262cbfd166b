"""`writ order affected approve`: read what somebody asks for, and approve it."""

import sys
from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.errors import Refused


class _Asked(msgspec.Struct):
    envelope: dict[str, object]


def approve(
    name: Annotated[str, typer.Argument(metavar="ID", help="as `writ order affected list` has it")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="approve without being asked")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what another person asks for, proved on this machine, and approve it with your signature.

    Example: writ order affected approve a1 --key ben.key
    """
    from writ.cli.signer import read_signer
    from writ.desk.lists import read_request, sign_approval
    from writ.signing.dsse import envelope_of

    signer = read_signer(config, key)
    told = msgspec.convert(ask(config, Call("GET", f"/lists/{quote(name, safe='')}")), _Asked)
    asked = envelope_of(told.envelope)
    word = read_request(asked, signer.trust)
    said = word.said
    print(
        f"{word.by} asks for whom {said.order} affects, by {', '.join(said.columns)}:"
        f" {said.purpose}",
        file=sys.stderr,
    )
    envelope = sign_approval(name, asked, signer.trust, signer.pair)
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"sign as {signer.name}?", err=True)):
        raise Refused("not signed; say --yes, or answer yes at a terminal")
    answer = ask(config, Call("POST", "/lists/approvals", {"envelope": envelope.plain()}))
    text = f"{name} is approved, as {signer.name}; export it within the day"
    show(answer, text, as_json=as_json)
