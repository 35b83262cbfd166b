"""Asks lists of revoked certificates again, while the deployment serves, about what rests on them.

1. What a list names by now is revoked at once, and so reaches every gateway; the log says how many.
2. Lists and issuers are read anew each time, so that what came meanwhile counts without a restart.
"""

import asyncio
from collections.abc import Callable

import structlog

from writ.clock import wall
from writ.errors import WritError
from writ.model.config import Config
from writ.people.clientcert import rechecks as certificates
from writ.people.clientcert.opened import open_issuers
from writ.people.passport import rechecks as passports
from writ.people.passport.opened import open_authorities
from writ.serve.site import Site


class Revocations:
    """Rules 1 and 2 for one deployment."""

    def __init__(self, site: Site, config: Config, now: Callable[[], float] = wall) -> None:
        self._site = site
        self._config = config
        self._now = now

    async def keep(self, every: float) -> None:
        """Ask until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                fallen = await asyncio.to_thread(self.once)
            except WritError as error:
                structlog.get_logger().error("revoked certificates not asked", why=str(error))
            else:
                structlog.get_logger().info("revoked certificates asked", fallen=fallen)

    def once(self) -> int:
        """Ask about everything once, and revoke what fell; return how much did."""
        registry, config, now = self._site.registry, self._config, self._now()
        kept = [
            (source.attestation, source.revocation)
            for source in registry.backing.to_ask()
            if source.revocation is not None
        ]
        fallen: list[bytes] = []
        if config.portal is not None and config.portal.certificates is not None:
            fallen += certificates.recheck(kept, open_issuers(config.portal.certificates), now)
        if config.passport is not None:
            fallen += passports.recheck(kept, open_authorities(config.passport), now)
        for name in fallen:
            registry.facts.revoke(name)
        return len(fallen)
