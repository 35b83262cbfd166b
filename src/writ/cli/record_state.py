"""`writ record state`: what no order file says, and what was wrong in what was told before."""

from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show


class _Count(msgspec.Struct):
    statements: int


def state(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    order: Annotated[str, typer.Argument(help="the order's id")],
    key: KeyFile,
    evaluation: Annotated[
        str | None, typer.Option(help="what the authority supplied: none, summary or full")
    ] = None,
    told_beforehand: Annotated[
        str | None, typer.Option(help="when you were told of the flaw, or `no`")
    ] = None,
    restoration: Annotated[
        str | None, typer.Option(help="what has to be so for the order to end")
    ] = None,
    challenge: Annotated[str | None, typer.Option(help="whether and how it is contested")] = None,
    correction: Annotated[
        str | None, typer.Option(help="what was wrong in what the record told")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say in the public record what no order file says, with your signature.

    Example: writ record state us-bis-2026-06-12 --evaluation none --told-beforehand no --key ada.key

    Whoever may submit or sign may say it. What you leave out stands as it was said before; what
    you say anew replaces it, and the record keeps both. The next `writ record build` tells it.
    """
    from writ.cli.signer import read_signer
    from writ.ledger.record.statements import Said, sign_statement

    signer = read_signer(config, key)
    told = ask(config, Call("GET", f"/record/statements/{quote(order, safe='')}"))
    number = msgspec.convert(told, _Count).statements + 1
    said = Said(order, number, evaluation, told_beforehand, restoration, challenge, correction)
    envelope = sign_statement(said, signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/record/statements", {"envelope": envelope.plain()}))
    sentence = f"{order}: statement {number}, by {signer.name}; `writ record build` tells it"
    show({**answer, "by": signer.name}, sentence, as_json=as_json)
