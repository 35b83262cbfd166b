"""`writ log uncovered`: check that an event stood there when a commitment was published."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import Refused


def uncovered(
    file: Annotated[Path, typer.Argument(help="what `writ log uncover` wrote")],
    policy: Annotated[Path, typer.Option(help="whose governance checkpoints count")],
    cover: Annotated[Path, typer.Option(help="whose checkpoints of the cover log count")],
    seen: Annotated[
        Path | None, typer.Option(help="the checkpoint of the cover log that you kept")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove that an event stood there when a commitment was made, and say what it is.

    Example: writ log uncovered 12.json --policy log.policy --cover cover.policy --seen kept.checkpoint

    Needs no server. Without a checkpoint of your own, or a witness's word, the time is the operator's.
    """
    from writ.cli.lines import read_file
    from writ.ledger.cover import check_uncovered
    from writ.ledger.policy import read_policy
    from writ.signing.note import read_note

    stood = check_uncovered(
        read_file(file),
        read_policy(read_file(policy), str(policy)),
        read_policy(read_file(cover), str(cover)),
    )
    shown = stood.cover.checkpoint
    if seen is not None and read_note(read_file(seen)).text != shown.text():
        raise Refused(
            "it leads to another checkpoint than the one you kept; have it made for yours"
        )
    told = {
        "row": stood.row.decode(errors="replace"),
        "period": stood.period,
        "made_at": stood.made_at,
        "entry": stood.entry,
        "origin": shown.origin,
        "size": shown.size,
        "kept": seen is not None,
        "witnesses": [by.verifier.name for by in stood.cover.witnesses],
    }
    words = (
        f"stood there when entry {stood.entry} of {shown.origin} was made, for {stood.period}"
        f" (made at {stood.made_at}), among {shown.size}:\n{told['row']}"
    )
    show(told, words, as_json=as_json)
