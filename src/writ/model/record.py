"""The operator's public record as `writ.toml` has it.

1. Whom to tell of security problems stands in security.txt (RFC 9116), at the top of a host, with an
   end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from writ.clock import Instant, parse_instant
from writ.errors import InvalidInput
from writ.model.listeners import Address

_CONTACT = re.compile(r"(mailto:|tel:|https://)[!-~]+")


@dataclass(frozen=True, slots=True)
class Security:
    """Whom to tell, and the instant (RFC 3339) from which that is stale."""

    contacts: tuple[str, ...]
    expires: str

    def until(self) -> Instant:
        """Return that instant."""
        return parse_instant(self.expires)


@dataclass(frozen=True, slots=True)
class Record:
    """Its address as the world sees it, where it is built, who speaks; `security` None: nothing said.

    `listen` is where `writ serve` serves it, and keeps it up to date; None: it does not.
    """

    address: str
    folder: Path
    operator: str
    security: Security | None = None
    listen: Address | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with it, each with the key it is about (rule 1)."""
        if self.security is None:
            return
        for contact in self.security.contacts:
            if not _CONTACT.fullmatch(contact):
                what = f"`{contact}` begins with none of mailto:, tel: and https://"
                yield "record.security_contacts", what
        if "/" in self.address.partition("://")[2]:
            what = "security.txt stands at the top of a host (RFC 9116), and the record does not"
            yield "record.security_contacts", what
        try:
            self.security.until()
        except InvalidInput as error:
            yield "record.security_expires", str(error)
