"""`writ annex match`: whom on the directory the rows of a list may mean."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.annex_files import DirectoryFile, read_both, write_new
from writ.cli.options import AsJson
from writ.cli.output import show


def match(
    listing: Annotated[Path, typer.Argument(metavar="LIST", help="the list as it came, as CSV")],
    directory: DirectoryFile,
    out: Annotated[Path, typer.Option(help="new file for the decisions that are to be made")],
    *,
    as_json: AsJson = False,
) -> None:
    """Match the rows of a list to subjects, and write what people have to decide.

    Example: writ annex match list.csv --directory directory.csv --out decisions.csv

    What is printed are numbers; names and candidates are in the file. No row is left out.
    """
    from writ.people.annex.decisions import draft
    from writ.people.annex.matching import Matcher

    names, known = read_both(listing, directory)
    matches = Matcher(known).match(names)
    write_new(out, draft(names, matches))
    found = [item.grade for item in matches.values()]
    sure = {item.candidates[0].id for item in matches.values() if item.grade == "exact"}
    told = {
        "rows": len(found),
        "exact": found.count("exact"),
        "candidates": found.count("candidates"),
        "nobody": found.count("nobody"),
        "below_exact": len(known.below(sure)),
        "columns_left": list(names.left),
        "file": str(out),
    }
    counts = f"{told['exact']} exact, {told['candidates']} with candidates"
    lines = [
        f"{told['rows']} rows: {counts}, {told['nobody']} like nobody on the directory",
        f"{told['below_exact']} more on the directory belong to those that are exact",
    ]
    if names.left:
        lines.append(f"not looked at: {', '.join(names.left)}")
    lines.append(f"wrote {out}; fill in `ids`, then two people run `writ annex confirm`")
    show(told, "\n".join(lines), as_json=as_json)
