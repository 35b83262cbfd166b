"""`writ log verify`: a proof file, checked without any server."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import InvalidInput


def verify(
    proof: Annotated[Path, typer.Argument(help="a .tlog-proof file")],
    policy: Annotated[Path, typer.Option(help="whose checkpoints count")],
    opening: Annotated[
        Path | None, typer.Option(help="what opens the entry; without it, that it stands there")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove that an event or a receipt stands in its log, and say what it is.

    Example: writ log verify 12.tlog-proof --policy log.policy --opening 12.json
    """
    from writ.cli.lines import read_file
    from writ.cli.log_prove import Opened
    from writ.ledger.log import Opening
    from writ.ledger.policy import read_policy
    from writ.ledger.proof import read_proof
    from writ.signing.form import from_base64

    trusted = read_policy(read_file(policy), str(policy))
    found = read_proof(read_file(proof))
    row = None
    if opening is not None:
        try:
            opened = msgspec.json.decode(read_file(opening), type=Opened)
        except msgspec.DecodeError as error:
            raise InvalidInput(f"`{opening}` is no opening: {error}") from None
        shown = Opening(from_base64(opened.salt, "the salt"), from_base64(opened.row, "the row"))
        entry, row = shown.entry(), shown.row.decode(errors="replace")
    elif found.extra is not None:
        entry = found.extra
    else:
        raise InvalidInput("the proof does not bring its entry; give what opens it by --opening")
    seen = found.check(entry, trusted)
    checkpoint = seen.checkpoint
    words = f"entry {found.index} of {checkpoint.origin}, among {checkpoint.size}"
    show(
        {
            "origin": checkpoint.origin,
            "index": found.index,
            "size": checkpoint.size,
            "row": row,
            "witnesses": [by.verifier.name for by in seen.witnesses],
        },
        words if row is None else f"{words}:\n{row}",
        as_json=as_json,
    )
