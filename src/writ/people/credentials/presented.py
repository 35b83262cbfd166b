"""What a presentation proved: who issued, what was shown, and that its holder was there.

1. `shown` holds claims as they were disclosed, by path; it is read once, for facts, and dropped.
2. `hidden` counts, by path, the elements of a list that were kept back. Some may be decoys; either
   way the list that was shown is not known to be whole.
3. `holder` is the thumbprint of the key that the credential is bound to: what names this credential
   among others without naming its holder.
4. `made` is when the issuer signed it, if it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from writ.people.credentials.kinds import Kind, Path
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import Issuer


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential whose issuer and holder were proved; instants are seconds since the epoch."""

    kind: Kind
    issuer: Issuer
    holder: bytes
    shown: Mapping[str, object] = field(repr=False)
    hidden: Mapping[Path, int]
    valid_until: float
    made: float | None
    status: StatusReference | None

    def at(self, path: Path) -> object:
        """Return what was shown at a path (None: nothing)."""
        value: object = self.shown
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True, slots=True)
class Asked:
    """What a presentation has to answer, so that it was made for us and now.

    `since` is when we asked and `now` when we look, in seconds since the epoch.
    """

    audience: str
    nonce: str
    since: float
    now: float
