"""The method `passport` from the files that `writ.toml` names.

1. Each publisher has one list, `COUNTRY.ml` in the folder; all of them count together.
"""

from pathlib import Path

from writ.clock import Clock
from writ.errors import Failed, Refused
from writ.model.listeners import PassportFiles
from writ.people.passport.masterlist import MasterList, read_master_list
from writ.people.passport.method import Passport
from writ.signing.state_certificate import StateCertificate


def open_passport(files: PassportFiles, clock: Clock) -> Passport:
    """Put the method together."""
    return Passport(open_authorities(files), files.reader, clock)


def open_authorities(files: PassportFiles) -> tuple[StateCertificate, ...]:
    """Read the authorities on every list that was imported, and prove the lists again."""
    lists = [open_list(file, files) for file in sorted(files.lists.glob("*.ml"))]
    if not lists:
        raise Failed(f"no master list in `{files.lists}`; import one with `writ passport import`")
    return tuple({item.der: item for found in lists for item in found.authorities}.values())


def open_list(file: Path, files: PassportFiles) -> MasterList:
    """Read one list that was imported."""
    try:
        return read_master_list(file.read_bytes(), files.signed_under, None)
    except OSError as error:
        raise Failed(f"cannot read `{file}`: {error.strerror}") from None
    except Refused as error:
        raise Refused(f"`{file}`: {error}") from None


def list_file(publisher: str, files: PassportFiles) -> Path:
    """Return where a publisher's list lies (rule 1)."""
    if not (publisher.isascii() and publisher.isalpha()):
        raise Refused("the certificate above the list's signer names no country; take another list")
    return files.lists / f"{publisher}.ml"
