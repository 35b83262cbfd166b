"""`writ hold`: stop one model at once, on one authorised person's word."""

from typing import Annotated

import msgspec
import typer

from writ.cli.activate import arrival_words
from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.clock import parse_duration, parse_instant


class _Proposal(msgspec.Struct):
    id: str
    submitter: str


class _Before(msgspec.Struct):
    at: str
    proposal: _Proposal | None


def hold(  # noqa: PLR0913  one parameter per option of the command
    model: Annotated[str, typer.Argument(help="any name of the model")],
    key: KeyFile,
    lasts: Annotated[str, typer.Option("--for", help="7d at most")] = "1d",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="second another's hold: it stands until released")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Deny a model to everybody, on every gateway, before this returns.

    Example: writ hold fable-5 --key ben.key --for 12h

    It ends by itself, unless a second person confirms it. Ending it sooner takes a proposal:
    `writ submit --release MODEL`. An open proposal is overtaken, and has to be submitted again.
    """
    from writ.cli.signer import read_signer
    from writ.desk.force import read_force
    from writ.desk.review import hold as stop

    signer = read_signer(config, key)
    force = read_force(ask(config, Call("GET", "/in-force")), signer.trust)
    before = msgspec.convert(ask(config, Call("GET", "/status")), _Before)
    now = parse_instant(before.at)
    span = (now, None if confirm else now + parse_duration(lasts))
    envelope = stop(force, model, span, signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/holds", {"envelope": envelope.plain()}))
    show(answer, "\n".join([arrival_words(answer), *_overtaken(before)]), as_json=as_json)


def _overtaken(before: _Before) -> list[str]:
    """Tell of the proposal that was open: it was made for what stood before."""
    found = before.proposal
    if found is None:
        return []
    return [f"proposal {found.id} by {found.submitter} is overtaken; submit it again"]
