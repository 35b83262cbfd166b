"""The method `passport` from the files that `writ.toml` names."""

from writ.clock import Clock
from writ.errors import Failed
from writ.model.config import PassportFiles
from writ.people.passport.masterlist import MasterList, read_master_list
from writ.people.passport.method import Passport


def open_passport(files: PassportFiles, clock: Clock) -> Passport:
    """Put the method together."""
    return Passport(open_master_list(files), files.reader, clock)


def open_master_list(files: PassportFiles) -> MasterList:
    """Read the master list that was imported, and prove it again."""
    try:
        data = files.master_list.read_bytes()
    except OSError as error:
        raise Failed(
            f"cannot read `{files.master_list}`: {error.strerror}; import one with"
            " `writ passport import`"
        ) from None
    return read_master_list(data, files.signed_under, None)
