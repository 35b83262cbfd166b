"""Leases: short leaves to decide, renewed while the control process is well.

1. A lease names the epoch in force here; none is ever signed for an epoch that was replaced.
2. Numbers grow with elapsed time, so they never fall back, whatever becomes of the wall clock and
   of this process; nor do they repeat within this process.
3. What a lease promises lapses by elapsed time since it was signed, here as there: both count
   from the same boot, so a gateway that slept over one does not wake up to it.
4. A lease for one epoch says nothing for another: whether a gateway may still decide by an older
   one is told by the leases it was given for those.
"""

from writ.clock import Clock, elapsed
from writ.point import seam
from writ.signing.keys import KeyPair
from writ.signing.lease import Statement, sign_lease

LIFETIME = 10.0
"""Seconds a lease lasts from when it was signed."""

RENEWAL = 2.0
"""Seconds between renewals."""


class Leases:
    """Signs leases with the online key and remembers until when each gateway may decide."""

    def __init__(self, online: KeyPair, clock: Clock, lifetime: float = LIFETIME) -> None:
        self._online = online
        self._clock = clock
        self._lifetime = lifetime
        self._number = 0
        self._until: dict[str, dict[int, float]] = {}

    def grant(self, gateway: str, epoch: int, digest: str) -> seam.Lease:
        """Sign a lease for one gateway and one epoch (rules 1 and 2)."""
        self._number = max(self._number + 1, int(elapsed() * 1000))
        said = Statement(
            gateway,
            epoch,
            digest,
            int(elapsed() * 1000),
            int(self._lifetime * 1000),
            self._clock.now(),
            self._number,
        )
        statement, signature = sign_lease(said, self._online)
        self._remember(gateway, epoch)
        return seam.Lease(statement, signature)

    def presume(self, gateway: str) -> None:
        """Hold a gateway to have just been granted one, by a process before this."""
        self._remember(gateway, 0)

    def lapses(self, gateway: str, epoch: int) -> float:
        """Return the elapsed instant from which no lease for an epoch before this one holds."""
        until = self._until.get(gateway, {})
        return max((end for older, end in until.items() if older < epoch), default=0.0)

    def _remember(self, gateway: str, epoch: int) -> None:
        now = elapsed()
        held = {older: end for older, end in self._until.get(gateway, {}).items() if end > now}
        self._until[gateway] = held | {epoch: now + self._lifetime}
