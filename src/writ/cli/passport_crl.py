"""`writ passport crl`: take the list of certificates that a state revoked, or show those taken."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show, show_table
from writ.cli.passport_import import passport_files

if TYPE_CHECKING:
    from writ.model.listeners import PassportFiles
    from writ.signing.state_crl import StateCrl

_HEAD = ("state", "made", "next due", "revoked")


def crl(
    file: Annotated[
        Path | None, typer.Argument(help="the list (CRL) as the state signed it, in DER")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove a state's list of revoked certificates, and put it in the place of its last one.

    Example: writ passport crl DE.crl

    Its authority has to be on an imported master list. It counts at once. Without a file, say which
    lists are there.
    """
    from writ.law.request import read_file

    files = passport_files(config)
    if file is not None:
        show(*_taken(read_file(file), files), as_json=as_json)
        return
    from writ.people.crls import ENDING
    from writ.people.passport.opened import open_crl

    rows = [_plain(open_crl(path)) for path in sorted(files.lists.glob(f"*{ENDING}"))]
    cells = [tuple(map(str, row.values())) for row in rows]
    show_table({"lists": rows}, _HEAD, cells, as_json=as_json)


def _taken(data: bytes, files: "PassportFiles") -> tuple[dict[str, object], str]:
    """Take a list; return what it is, as data and in words."""
    from writ.clock import wall
    from writ.people.passport.opened import crl_file, take_state_crl

    found = take_state_crl(data, files, wall())
    value = {"file": str(crl_file(found, files)), **_plain(found)}
    return value, (
        f"{value['state']}: {value['revoked']} revoked, as of {value['made']}; the next is due by"
        f" {value['until']}"
    )


def _plain(found: "StateCrl") -> dict[str, object]:
    from writ.clock import SECOND, format_instant

    return {
        "state": found.country,
        "made": format_instant(int(found.made) * SECOND),
        "until": format_instant(int(found.until) * SECOND),
        "revoked": len(found.serials),
    }
