"""`writ audit sample`: draw decisions by chance, as a sheet for people to mark."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Drawn(msgspec.Struct):
    entry: int
    outcome: str
    receipt: dict[str, object]


class _Answer(msgspec.Struct):
    sample: int
    drawn: list[_Drawn]


def sample(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    out: Annotated[Path, typer.Option(help="the sheet to write, CSV")],
    each: Annotated[int, typer.Option(help="how many to draw of each outcome")] = 50,
    since: Annotated[str | None, typer.Option(help="only decisions from this instant on")] = None,
    until: Annotated[str | None, typer.Option(help="only decisions before this instant")] = None,
    seed: Annotated[str, typer.Option(help="a word of your own beside the log's root")] = "",
    size: Annotated[
        int | None, typer.Option(help="the size of the checkpoint that whoever audits has")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Draw permits and refusals from the decision log, as a sheet for people to mark.

    Example: writ audit sample --each 50 --since 2026-06-12T00:00:00Z --out sheet.csv

    Fill in the column `mark`: right, wrong or unclear. The draw is on record, so that nobody draws
    again until they like it; anybody who has the log can repeat it. So that nobody reckons ahead what
    would be drawn either, whoever audits tells a seed once they have a checkpoint: --seed and --size.
    """
    from writ.cli.lines import write_file
    from writ.clock import parse_instant
    from writ.ledger.sampling.sheet import write_sheet

    wish = {
        "each": each,
        "since": 0 if since is None else parse_instant(since),
        "until": None if until is None else parse_instant(until),
        "seed": seed,
        "size": size,
    }
    found = msgspec.convert(ask(config, Call("POST", "/audits", wish)), _Answer)
    write_file(out, write_sheet(_row(found.sample, item) for item in found.drawn))
    told = {"sample": found.sample, "drawn": len(found.drawn), "sheet": str(out)}
    words = f"sample {found.sample}: {len(found.drawn)} decisions in {out}"
    show(told, words, as_json=as_json)


def _row(number: int, item: _Drawn) -> Mapping[str, object]:
    receipt, rules = item.receipt, item.receipt.get("rules")
    return {
        "sample": number,
        "entry": item.entry,
        "outcome": item.outcome,
        "decision": receipt.get("id"),
        "model": receipt.get("model"),
        "at": receipt.get("at") or receipt.get("from"),
        "until": receipt.get("until"),
        "requests": receipt.get("begun", 1),
        "rules": [
            f"{rule.get('order')} v{rule.get('version')} {rule.get('rule')}"
            for rule in (rules if isinstance(rules, Sequence) else ())
            if isinstance(rule, Mapping)
        ],
        "rules_digest": receipt.get("rules_digest"),
        "epoch": receipt.get("epoch"),
        "evidence": receipt.get("evidence"),
    }
