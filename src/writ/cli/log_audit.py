"""`writ log audit`: every entry and every tile of a published log, proved."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.log_source import WhichPublished
from writ.cli.options import AsJson
from writ.cli.output import show


def audit(
    log: WhichPublished,
    policy: Annotated[Path, typer.Option(help="whose checkpoints count")],
    since: Annotated[
        Path | None, typer.Option(help="a checkpoint seen before; the log must continue it")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove a whole published log against its checkpoint, and that it continues an earlier one.

    Example: writ log audit log --policy log.policy --since last-month.checkpoint

    Needs no more than its files. The first thing that is wrong is named, and the exit code is 2.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from writ.cli.lines import read_file
    from writ.cli.log_source import published, see, see_own
    from writ.ledger.audit import audit as prove
    from writ.ledger.excerpt import Excerpt
    from writ.ledger.policy import read_policy

    trusted = read_policy(read_file(policy), str(policy))
    with published(log) as files:
        seen = see_own(trusted, files, log)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
        ) as progress:
            task = progress.add_task("entries", total=seen.checkpoint.size)
            count = prove(
                files, seen.checkpoint, lambda done: progress.update(task, completed=done)
            )
        begins = None
        if since is not None:
            before = see(trusted, since).checkpoint
            Excerpt(files, seen.checkpoint).check_beginning(before)
            begins = before.size
    words = f"{count} entries, as {seen.checkpoint.origin} signed them"
    if begins is not None:
        words += f"; the first {begins} are those of {since}"
    show(
        {
            "origin": seen.checkpoint.origin,
            "size": count,
            "continues": begins,
            "witnesses": [by.verifier.name for by in seen.witnesses],
        },
        words,
        as_json=as_json,
    )
