"""The method `passport` from the files that `writ.toml` names.

1. Each publisher has one list, `COUNTRY.ml` in the folder; all of them count together.
2. Beside them lie lists of revoked certificates, `*.crl`, one of each authority's name.
"""

from pathlib import Path

from writ.canonical import digest
from writ.clock import SECOND, Clock
from writ.errors import Failed, Refused
from writ.model.listeners import PassportFiles
from writ.people.crls import ENDING, Crls, keep_crl
from writ.people.passport.document import Authorities, living
from writ.people.passport.masterlist import MasterList, read_master_list
from writ.people.passport.method import Passport
from writ.signing.state_certificate import StateCertificate
from writ.signing.state_crl import StateCrl, read_state_crl


def open_passport(files: PassportFiles, clock: Clock) -> Passport:
    """Put the method together."""
    return Passport(open_authorities(files), files.reader, clock)


def open_authorities(files: PassportFiles) -> Authorities:
    """Return the authorities that count, and what they revoked (rule 2)."""
    within = None if files.crl_within is None else files.crl_within / SECOND
    return Authorities(open_trusted(files), Crls(files.lists, read_state_crl), within)


def open_trusted(files: PassportFiles) -> tuple[StateCertificate, ...]:
    """Read the authorities on every list that was imported, and prove the lists again (rule 1)."""
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


def crl_file(crl: StateCrl, files: PassportFiles) -> Path:
    """Return where a list of revoked certificates lies (rule 2)."""
    named = digest(list(map(list, crl.issuer))).removeprefix("sha256:")[:8]
    return files.lists / f"{crl.country}-{named}{ENDING}"


def take_state_crl(data: bytes, files: PassportFiles, now: float) -> StateCrl:
    """Prove a list of revoked certificates, and put it in the place of its authority's last one."""
    found = read_state_crl(data)
    prove_crl(found, files, now)
    keep_crl(crl_file(found, files), data)
    return found


def prove_crl(crl: StateCrl, files: PassportFiles, now: float) -> None:
    """Refuse a list that no authority made, that is over, or that is older than the one that is here."""
    if not any(crl.by(item) for item in living(open_trusted(files), now)):
        raise Refused("the list is by no authority on the master list; import a newer master list")
    if not crl.made <= now < crl.until:
        raise Refused("the list is not of this time; take the one that the state publishes now")
    here = crl_file(crl, files)
    if here.exists() and open_crl(here).made > crl.made:
        raise Refused("the list is older than the one that is here; take a newer one")


def open_crl(file: Path) -> StateCrl:
    """Read one list of revoked certificates that is here."""
    try:
        return read_state_crl(file.read_bytes())
    except OSError as error:
        raise Failed(f"cannot read `{file}`: {error.strerror}") from None
    except Refused as error:
        raise Refused(f"`{file}`: {error}") from None
