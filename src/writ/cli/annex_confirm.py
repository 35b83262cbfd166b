"""`writ annex confirm`: one person's signature under what the rows of a list mean."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from writ.cli.annex_files import DirectoryFile, ListFile, read_both, write_new
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.errors import Refused
from writ.law.request import read_file


class Subsidiaries(StrEnum):
    """Whether whoever belongs to a listed one is listed as well."""

    IN = "in"
    OUT = "out"


def confirm(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    file: Annotated[Path, typer.Argument(metavar="DECISIONS", help="decisions, as CSV")],
    listing: ListFile,
    directory: DirectoryFile,
    subsidiaries: Annotated[
        Subsidiaries, typer.Option(help="whether subsidiaries of those listed are in or out")
    ],
    out: Annotated[Path, typer.Option(help="the confirmation; the second person's goes into it")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="sign without being asked")] = False,
    as_json: AsJson = False,
) -> None:
    """Sign the decisions; two different people do, each over the same files and choices.

    Example: writ annex confirm decisions.csv --list list.csv --directory directory.csv
    --subsidiaries out --out annex-a.confirmed.json --key ben.key
    """
    from writ.cli.signer import read_signer
    from writ.law.wording import counted
    from writ.people.annex.decisions import members, read_decisions
    from writ.signing import annex
    from writ.signing.dsse import read_envelope

    signer = read_signer(config, key)
    names, known = read_both(listing, directory)
    decisions = read_decisions(read_file(file), str(file), names, known)
    found = members(decisions, known, subsidiaries.value)
    decided = annex.Decided(found.digest, names.digest, known.digest, subsidiaries.value, decisions)
    before = read_envelope(read_file(out)) if out.exists() else None
    envelope = annex.confirm(decided, signer.trust, signer.pair, before)
    nobody = [row for row, ids in decisions.items() if not ids]
    several = [row for row, ids in decisions.items() if len(ids) > 1]
    words = (
        f"{counted(len(decisions), 'row')}: several are meant by {len(several)}, nobody by"
        f" {len(nobody)}\n{counted(len(found.ids), 'id')}, {len(found.below)} of them subsidiaries (subsidiaries are"
        f" {subsidiaries.value}); {found.digest}"
    )
    print(words, file=sys.stderr)
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"sign as {signer.name}?", err=True)):
        raise Refused("not signed; say --yes, or answer yes at a terminal")
    write_new(out, envelope.json(), over=True)
    people = annex.read_confirmed(envelope, signer.trust).people
    told = {
        "annex": found.digest,
        "ids": len(found.ids),
        "subsidiaries": subsidiaries.value,
        "below": len(found.below),
        "rows": len(decisions),
        "several": several,
        "nobody": nobody,
        "people": people,
        "file": str(out),
    }
    show(told, f"confirmed as {signer.name}; {', '.join(people)} so far", as_json=as_json)
