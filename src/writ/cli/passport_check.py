"""`writ passport check`: what the files of a chip prove, for whoever has the document before them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.cli.passport_import import passport_files

if TYPE_CHECKING:
    from writ.people.passport.document import Document

_HEX = "the challenge that the chip answered, in hex"


def check(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    sod: Annotated[Path, typer.Option("--sod", help="EF.SOD, as the chip gave it")],
    dg1: Annotated[Path, typer.Option("--dg1", help="DG1, as the chip gave it")],
    dg15: Annotated[Path | None, typer.Option("--dg15", help="DG15, the chip's key")] = None,
    answer: Annotated[
        Path | None, typer.Option("--answer", help="what the chip signed the challenge with")
    ] = None,
    challenge: Annotated[str, typer.Option("--challenge", help=_HEX)] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    specimen: Annotated[
        bool, typer.Option("--specimen", help="take specimens too, to test a reader")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Prove a passport or identity card by files that a reader took off its chip; keep nothing.

    Example: writ passport check --sod EF_SOD.bin --dg1 EF_DG1.bin

    Neither name nor number is printed. Whoever reviews the document sees its holder too, and says
    how with `writ review decide`.
    """
    from writ.clock import wall
    from writ.errors import InvalidInput
    from writ.law.request import read_file
    from writ.people.passport.document import Files, verify_document
    from writ.people.passport.opened import open_authorities

    try:
        signed = bytes.fromhex(challenge)
    except ValueError:
        raise InvalidInput("--challenge is not hex, such as 8f0a36c25b1d4e77") from None
    if (answer is None) != (challenge == ""):
        raise InvalidInput("give --answer and --challenge together, or neither")
    trusted = open_authorities(passport_files(config))
    files = Files(
        read_file(sod),
        read_file(dg1),
        None if dg15 is None else read_file(dg15),
        None if answer is None else read_file(answer),
    )
    now = wall()
    found = verify_document(files, trusted, signed, now, specimens=specimen)
    value = _plain(found)
    lines = [f"{key.replace('_', ' ')}: {_text(item)}" for key, item in value.items()]
    show(value, "\n".join(lines), as_json=as_json)


def _plain(found: "Document") -> dict[str, object]:
    """Say what was proved, and how well."""
    from writ.clock import SECOND, format_instant
    from writ.law.subjects import ASSURANCES, write_values
    from writ.people.passport.method import grade
    from writ.people.passport.nationality import SPECIMEN, shown

    value: dict[str, object] = {
        "issued_by": found.authority.country,
        "valid_until": format_instant(int(found.zone.ends) * SECOND),
        "chip_answered": found.present,
        "weak": found.weak,
        "crl": "current" if found.current else "none here",
        "signed_with": list(found.signed_with),
    }
    if found.zone.issuer == SPECIMEN:
        return {"attribute": None, "value": [], "assurance": None, **value}
    said = shown(found.zone.issuer, found.zone.nationality)
    return {
        "attribute": said.attribute,
        "value": write_values(said.attribute, (said.value,)),
        "assurance": ASSURANCES[grade(found, said).level],
        **value,
    }


def _text(item: object) -> str:
    match item:
        case bool():
            return "yes" if item else "no"
        case dict():
            return ", ".join(map(str, item.values()))
        case list():
            return "; ".join(map(_text, item)) or "nothing"
        case _:
            return "none" if item is None else str(item)
