"""`writ annex build`: the file that an order names, from decisions that two people confirmed."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.annex_files import DirectoryFile, ListFile, read_both, write_new
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Refused
from writ.law.request import read_file


def build(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    confirmed: Annotated[Path, typer.Argument(metavar="CONFIRMED", help="what was confirmed")],
    listing: ListFile,
    directory: DirectoryFile,
    out: Annotated[Path, typer.Option(help="new file for the annex, beside the order")],
    key: Annotated[
        str, typer.Option("--column", help="the column, which the order calls `key`")
    ] = "organisation",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Write an annex; without the signatures of two people it is refused.

    Example: writ annex build annex-a.confirmed.json --list list.csv --directory directory.csv
    --out orders/annex-a.csv

    The file has ids, of subsidiaries also the parent's, and nothing else of the list.
    """
    from writ.law.wording import counted
    from writ.model.config import read_config
    from writ.people.annex.decisions import annex_file, members
    from writ.serve.site import load_trust
    from writ.signing.annex import check_confirmed, read_confirmed
    from writ.signing.dsse import read_envelope

    found = read_confirmed(read_envelope(read_file(confirmed)), load_trust(read_config(config)))
    decided = check_confirmed(found)
    names, known = read_both(listing, directory)
    for path, now, then in (
        (listing, names.digest, decided.listing),
        (directory, known.digest, decided.directory),
    ):
        if now != then:
            raise Refused(f"`{path}` is another file than the one that was confirmed")
    who = members(decided.decisions, known, decided.subsidiaries)
    if who.digest != decided.annex:
        raise Refused("the decisions do not give the annex that was confirmed")
    write_new(out, annex_file(who, key))
    nobody = [row for row, ids in decided.decisions.items() if not ids]
    told = {
        "annex": who.digest,
        "ids": len(who.ids),
        "subsidiaries": decided.subsidiaries,
        "below": len(who.below),
        "nobody": nobody,
        "people": found.people,
        "file": str(out),
    }
    sentence = (
        f"wrote {out}: {counted(len(who.ids), 'id')}, {len(who.below)} of them subsidiaries"
        f" (subsidiaries are {decided.subsidiaries})\n"
        f"nobody is meant by {counted(len(nobody), 'row')}; confirmed by {' and '.join(found.people)}; {who.digest}"
    )
    show(told, sentence, as_json=as_json)
