"""Leases: short leaves to decide, renewed while the control process is well.

1. A lease names the epoch in force here; none is ever signed for an epoch that was replaced.
2. Numbers grow with the wall clock, and never repeat within this process.
3. What a lease promises lapses by elapsed time since it was sent, here as there.
"""

from writ.clock import Clock, elapsed, wall
from writ.point import seam
from writ.signing.keys import KeyPair
from writ.signing.lease import Statement, sign_lease

LIFETIME = 10.0
"""Seconds a lease lasts from receipt."""

RENEWAL = 2.0
"""Seconds between renewals."""


class Leases:
    """Signs leases with the online key and remembers until when each gateway may decide."""

    def __init__(self, online: KeyPair, clock: Clock) -> None:
        self._online = online
        self._clock = clock
        self._number = 0
        self._until: dict[str, float] = {}

    def grant(self, gateway: str, epoch: int, digest: str) -> seam.Lease:
        """Sign a lease for one gateway and one epoch (rules 1 and 2)."""
        self._number = max(self._number + 1, int(wall() * 1000))
        statement, signature = sign_lease(
            Statement(
                gateway, epoch, digest, int(LIFETIME * 1000), self._clock.now(), self._number
            ),
            self._online,
        )
        self._until[gateway] = elapsed() + LIFETIME
        return seam.Lease(statement, signature)

    def presume(self, gateway: str) -> None:
        """Hold a gateway to have just been granted one, by a process before this."""
        self._until[gateway] = elapsed() + LIFETIME

    def lapses(self, gateway: str) -> float:
        """Return the elapsed instant at which the gateway's last lease lapses."""
        return self._until.get(gateway, 0.0)
