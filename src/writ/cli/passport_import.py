"""`writ passport import`: take a master list, so that passports of the states on it count."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.annex_files import write_new
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show

if TYPE_CHECKING:
    from writ.model.listeners import PassportFiles
    from writ.people.passport.masterlist import MasterList


def import_(
    file: Annotated[Path, typer.Argument(help="the master list, as its publisher signed it")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove a master list, say what is new in it, and put it in the place of its publisher's last one.

    Example: writ passport import DE_ML_2026-05-28.ml

    It has to be signed under a certificate that `signed_under` names; a refusal says which it is.
    """
    from writ.clock import wall
    from writ.law.request import read_file
    from writ.people.passport.masterlist import read_master_list
    from writ.people.passport.opened import list_file

    files = passport_files(config)
    data = read_file(file)
    found = read_master_list(data, files.signed_under, wall())
    target = list_file(found.publisher, files)
    known = _known(target, files)
    files.lists.mkdir(parents=True, exist_ok=True)
    write_new(target, data, over=True)
    moved = {"new": _beyond(found, known), "gone": _beyond(known, found)}
    value = {
        "file": str(target),
        "digest": found.digest,
        "publisher": found.publisher,
        "signed_under": found.pin,
        "countries": found.countries(),
        "authorities": len(found.authorities),
        "left_out": dict(sorted(found.left_out.items())),
        **moved,
    }
    told = (
        f"published by {found.publisher}: {len(found.authorities)} authorities of"
        f" {len(found.countries())} states; {sum(found.left_out.values())} left out, as they sign no"
        " certificates or their key is not known here"
    )
    changes = [f"{key}: {', '.join(names)}" for key, names in moved.items() if names]
    lines = [told, *changes, "restart `writ serve` to count on it"]
    show(value, "\n".join(lines), as_json=as_json)


def passport_files(config: Path) -> "PassportFiles":
    """Return what [passport] names; without one, InvalidInput."""
    from writ.errors import InvalidInput
    from writ.model.config import read_config

    files = read_config(config).passport
    if files is None:
        raise InvalidInput(f"`{config}` has no [passport]; docs/passports.md says what goes in it")
    return files


def _known(file: Path, files: "PassportFiles") -> "MasterList | None":
    """Return the publisher's list that is there; one under a certificate that is no longer named counts as none."""
    from writ.errors import Refused
    from writ.people.passport.opened import open_list

    if not file.exists():
        return None
    try:
        return open_list(file, files)
    except Refused:
        return None


def _beyond(first: "MasterList | None", second: "MasterList | None") -> list[str]:
    """Return the states of which a list has authorities that another has not, with how many."""
    other = set() if second is None else {item.der for item in second.authorities}
    mine = [] if first is None else [item for item in first.authorities if item.der not in other]
    countries = [item.country for item in mine]
    return [f"{name} ({countries.count(name)})" for name in sorted(set(countries))]
