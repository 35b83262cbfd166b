"""Whether the certificates behind a credential still stand, by the lists of their issuers (CRLs).

1. Each certificate of a chain is asked about at whoever stands above it, up to the anchor. The
   anchor is the operator's own word, and falls when they take it off their list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from writ.canonical import digest_bytes
from writ.clock import SECOND, parse_duration
from writ.errors import Refused
from writ.people.crls import ENDING, Crls, keep_crl
from writ.signing.certificates import Certificate, Issued
from writ.signing.crl import read_crl

NO_CRLS: Crls[Issued, Certificate] = Crls(None, read_crl)


@dataclass(frozen=True, slots=True)
class Revocation:
    """The lists that are here, and how recent one has to be, in seconds (None: there may be none)."""

    crls: Crls[Issued, Certificate] = field(default=NO_CRLS, repr=False)
    within: float | None = None

    def current(self, chain: Sequence[Certificate], anchor: Certificate, now: float) -> bool:
        """Return whether all are known not to be revoked; a revoked one is Refused."""
        told = [
            self.crls.check(certificate.issued_as, [above], now, self.within)
            for certificate, above in zip(chain, [*chain[1:], anchor], strict=True)
            if anchor.der != chain[0].der
        ]
        return bool(told) and all(told)


def open_crls(folder: Path) -> Crls[Issued, Certificate]:
    """Return the lists in a folder, as they come."""
    return Crls(folder, read_crl)


def take_crl(data: bytes, folder: Path, uri: str) -> None:
    """Keep a list that was fetched, in the place of the last one of its address if that is no newer."""
    made, path = read_crl(data).made, folder / f"{digest_bytes(uri.encode())[7:23]}{ENDING}"
    try:
        before = read_crl(path.read_bytes()).made
    except (OSError, Refused):  # none that is any use
        before = made
    if before > made:
        raise Refused(f"the list at `{uri}` is older than the one that is here")
    keep_crl(path, data)


def read_within(text: str | None) -> float | None:
    """Read how recent a list has to be, as it is written in a row of issuers."""
    return None if text is None else parse_duration(text) / SECOND
