"""`writ drilled`: put on record that a drill was made, and what it showed."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show


class _Card(msgspec.Struct):
    at: str
    right: bool
    requests: int
    wrong_outcomes: int
    in_force_ms: float | None = None


def drilled(
    scorecard: Annotated[Path, typer.Argument(help="the scorecard.json that a drill wrote")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Record, with your signature, what a drill showed: its scorecard's digest and headline figures.

    Example: writ drilled drill-out/scorecard.json --key ada.key

    A drill runs apart, with keys of its own; this puts it beside the orders. Keep the scorecard.
    """
    from writ.canonical import digest_bytes
    from writ.cli.lines import read_file
    from writ.cli.signer import read_signer
    from writ.clock import parse_instant
    from writ.desk.results import Drill, sign_drill
    from writ.model.json_form import read_form

    data = read_file(scorecard)
    card = read_form(data, _Card, f"`{scorecard}` is no scorecard of a drill")
    took = None if card.in_force_ms is None else round(card.in_force_ms)
    found = Drill(parse_instant(card.at), card.right, card.requests, card.wrong_outcomes, took)
    signer = read_signer(config, key)
    envelope = sign_drill(found, digest_bytes(data), signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/results/drills", {"envelope": envelope.plain()}))
    right = "everything came out as written" if card.right else "not everything came out right"
    show(answer, f"recorded, as {signer.name}: {right}", as_json=as_json)
