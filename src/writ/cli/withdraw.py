"""`writ withdraw`: propose that an order goes, as if it had never been."""

from typing import Annotated

import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile


def withdraw(
    order: Annotated[str, typer.Argument(help="the order's id")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="instead of the open one")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose taking away an order, every version of it; two others sign it next.

    Example: writ withdraw us-bis-2026-06-12 --key ada.key
    """
    from writ.cli.signer import read_signer
    from writ.cli.submit import hand_in
    from writ.desk.force import read_force
    from writ.desk.review import withdraw as prepare

    signer = read_signer(config, key)
    force = read_force(ask(config, Call("GET", "/in-force")), signer.trust)
    submission = prepare(force, order, signer.trust, signer.pair)
    hand_in(config, submission.plain(), replace=replace, as_json=as_json)
