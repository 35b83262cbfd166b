"""`writ evidence convert`: what a pack proves, in a form that other tools take in."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show

if TYPE_CHECKING:
    from writ.ledger.evidence.pack import Opened


class Form(StrEnum):
    """The forms that there are."""

    OSCAL = "oscal"
    OCSF = "ocsf"
    LUMEN = "lumen"
    CSV = "csv"


def convert(
    pack: Annotated[Path, typer.Argument(help="the pack")],
    form: Annotated[Form, typer.Option("--as", help="the form to write")],
    out: Annotated[Path, typer.Option(help="the file to write")],
    policy: Annotated[
        Path | None, typer.Option(help="whose log counts; without it the pack's own word does")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove a pack, and write what it proves as OSCAL, OCSF, CSV or notices for Lumen.

    Example: writ evidence convert evidence.zip --as ocsf --out events.jsonl --policy log.policy

    Nothing in it tells who asked. What is written proves nothing by itself: keep the pack.
    """
    from writ.canonical import digest_bytes
    from writ.cli.lines import read_file, write_file
    from writ.ledger.evidence.pack import open_pack
    from writ.ledger.policy import read_policy

    trusted = None if policy is None else read_policy(read_file(policy), str(policy))
    data = _write(open_pack(read_file(pack), trusted), form)
    write_file(out, data)
    told = {"file": str(out), "form": form, "bytes": len(data), "digest": digest_bytes(data)}
    show(told, f"{out}: {len(data)} bytes, {told['digest']}", as_json=as_json)


def _write(opened: "Opened", form: Form) -> bytes:
    match form:
        case Form.OSCAL:
            from writ.ledger.evidence.oscal import oscal

            return oscal(opened)
        case Form.OCSF:
            from writ.ledger.evidence.ocsf import ocsf

            return ocsf(opened.contents)
        case Form.LUMEN:
            from writ.ledger.evidence.lumen import lumen

            return lumen(opened.contents)
        case Form.CSV:
            from writ.ledger.evidence.table import table

            return table(opened.contents)
