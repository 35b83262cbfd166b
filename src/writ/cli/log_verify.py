"""`writ log verify`: a proof file, or parts of a published log, checked without any server."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import InvalidInput

if TYPE_CHECKING:
    from writ.ledger.policy import Policy

_RANGE = re.compile(r"([1-9][0-9]{0,17})(?:-([1-9][0-9]{0,17}))?")


def verify(  # noqa: PLR0913  one parameter per option of the command
    what: Annotated[
        str, typer.Argument(help="a .tlog-proof file; or a published log, its folder or address")
    ],
    policy: Annotated[Path, typer.Option(help="whose checkpoints count")],
    *,
    opening: Annotated[
        Path | None, typer.Option(help="what opens the entry; without it, that it stands there")
    ] = None,
    entries: Annotated[
        str | None, typer.Option("--range", help="of a log: these entries, from 1, such as 12-40")
    ] = None,
    since: Annotated[
        Path | None, typer.Option(help="of a log: a checkpoint seen before, which it continues")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="of a log: the checkpoint to prove it by, not its own")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that an event or a receipt stands in its log; or parts of a log that was published.

    Example: writ log verify 12.tlog-proof --policy log.policy --opening 12.json

    Example: writ log verify log/governance --policy log.policy --range 12-40

    Example: writ log verify log/governance --policy log.policy --since may.checkpoint --checkpoint june.checkpoint

    Of a log only the tiles are read that it takes: for entries of a range, that each stands at its
    number and none is missing; for two checkpoints, that the later log begins with the earlier one.
    With neither, that the tiles have the root that was signed. `writ log audit` reads everything.
    """
    from writ.cli.lines import read_file
    from writ.cli.log_source import is_log
    from writ.ledger.policy import read_policy

    trusted = read_policy(read_file(policy), str(policy))
    if is_log(what):
        if opening is not None:
            raise InvalidInput("--opening belongs to a proof file, and this is a log")
        show(*_of_log(what, trusted, _span(entries), since, checkpoint), as_json=as_json)
        return
    if (entries, since, checkpoint) != (None, None, None):
        raise InvalidInput(
            f"--range, --since and --checkpoint belong to a published log; `{what}` is none"
        )
    show(*_of_proof(Path(what), trusted, opening), as_json=as_json)


def _of_log(
    where: str,
    policy: "Policy",
    span: tuple[int, int] | None,
    since: Path | None,
    shown: Path | None,
) -> tuple[dict[str, object], str]:
    """Return what is proved of a published log, as a value and in words."""
    from writ.cli.log_source import published, see, see_own
    from writ.ledger.excerpt import Excerpt

    with published(where) as log:
        seen = see_own(policy, log, where) if shown is None else see(policy, shown)
        signed, before = seen.checkpoint, None
        excerpt = Excerpt(log, signed)
        words = f"{signed.origin} signed {signed.size} entries"
        if span is not None:
            excerpt.check_entries(*span)
            words += f"; {span[0]} to {span[1]} are there, in this order"
        if since is not None:
            before = see(policy, since).checkpoint
            excerpt.check_beginning(before)
            words += f"; the first {before.size} are those of {since}"
        if span is None and since is None:
            excerpt.check_root()
            words += "; the tiles have their root"
    value = {
        "origin": signed.origin,
        "size": signed.size,
        "range": span,
        "continues": None if before is None else before.size,
        "witnesses": [by.verifier.name for by in seen.witnesses],
    }
    return value, words


def _span(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _RANGE.fullmatch(text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise InvalidInput(f"`{text}` is no range of entries; write `--range 12-40`, from 1")
    return int(found[1]), int(found[2] or found[1])


def _of_proof(file: Path, policy: "Policy", opening: Path | None) -> tuple[dict[str, object], str]:
    """Return what a proof file proves, as a value and in words."""
    from writ.cli.lines import read_file
    from writ.cli.log_prove import Opened
    from writ.ledger.log import Opening
    from writ.ledger.proof import read_proof
    from writ.model.json_form import read_form
    from writ.signing.form import from_base64

    found = read_proof(read_file(file))
    row = None
    if opening is not None:
        opened = read_form(read_file(opening), Opened, f"`{opening}` is no opening")
        shown = Opening(from_base64(opened.salt, "the salt"), from_base64(opened.row, "the row"))
        entry, row = shown.entry(), shown.row.decode(errors="replace")
    elif found.extra is not None:
        entry = found.extra
    else:
        raise InvalidInput("the proof does not bring its entry; give what opens it by --opening")
    seen = found.check(entry, policy)
    checkpoint = seen.checkpoint
    words = f"entry {found.index + 1} of {checkpoint.origin}, among {checkpoint.size}"
    value = {
        "origin": checkpoint.origin,
        "index": found.index,
        "size": checkpoint.size,
        "row": row,
        "witnesses": [by.verifier.name for by in seen.witnesses],
    }
    return value, words if row is None else f"{words}:\n{row}"
