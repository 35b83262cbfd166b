"""`writ organisation facts`: an extract of a register as lines of facts, to be signed."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.lines import read_file
from writ.cli.options import AsJson


def facts(
    extract: Annotated[
        Path, typer.Argument(help="JSON of GLEIF's API, or BODS 0.4; - reads standard input")
    ],
    numbers: Annotated[
        Path, typer.Option(help="CSV `number,subject`: whom you know by which number")
    ],
    issuer: Annotated[str, typer.Option(help="the register, as facts name who says so")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print what a register says of your organisations, one fact a line, for `writ facts import`.

    Example: writ organisation facts extract.json --numbers numbers.csv --issuer GLEIF

    Read are place of incorporation, headquarters, ultimate parent, and owners with their shares.
    """
    from writ.people.registers.facts import read_numbers, register_facts

    known = read_numbers(read_file(numbers), str(numbers))
    found = register_facts(read_file(extract), str(extract), known, issuer)
    if as_json:
        print(msgspec.json.encode({"facts": found}).decode())
        return
    for line in found:
        print(msgspec.json.encode(line).decode())
