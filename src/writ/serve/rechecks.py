"""Asks issuers again, while the deployment serves, whether what wallets proved still stands.

1. What fell is revoked at once, and so reaches every gateway; the log says how many, not whose.
2. The trust list is read anew each time: an issuer that was taken off it falls without a restart.
3. What could not be asked is logged, and asked again the next time.
"""

import asyncio
from collections.abc import Callable

import structlog

from writ.clock import wall
from writ.errors import WritError
from writ.model.listeners import WalletFiles
from writ.people.credentials.rechecks import Rechecked, recheck
from writ.people.credentials.statuses import Statuses
from writ.people.openid4vp.opened import open_trust_list
from writ.serve.site import Site


class Rechecks:
    """Rules 1 to 3 for one deployment."""

    def __init__(
        self, site: Site, files: WalletFiles, statuses: Statuses, now: Callable[[], float] = wall
    ) -> None:
        self._site = site
        self._files = files
        self._statuses = statuses
        self._now = now

    async def keep(self, every: float) -> None:
        """Ask until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                found = await self.once()
            except WritError as error:
                structlog.get_logger().error("issuers not asked again", why=str(error))
                continue
            structlog.get_logger().info(
                "issuers asked again", fallen=len(found.fallen), unheard=len(found.unheard)
            )

    async def once(self) -> Rechecked:
        """Ask about everything once, and revoke what fell."""
        registry = self._site.registry
        trust = await asyncio.to_thread(open_trust_list, self._files)
        sources = await asyncio.to_thread(registry.backing.to_ask)
        kept = [
            (source.attestation, source.revocation)
            for source in sources
            if source.revocation is not None
        ]
        found = await recheck(kept, trust, self._statuses, self._now())
        for name in found.fallen:
            await asyncio.to_thread(registry.facts.revoke, name)
        return found
