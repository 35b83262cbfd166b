"""Fetches lists of revoked certificates, while the deployment serves, from where `writ.toml` says.

1. Each address is asked at the start and each hour; no other is, whatever a certificate names.
2. What comes is read before it is kept, and takes the place of no newer one. A state's list is proved
   here, others where they are asked about, with the chain in hand that their issuer stands in.
3. What cannot be had or read is logged and asked again the next time; what is here stays.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

import structlog

from writ.clock import wall
from writ.errors import WritError
from writ.model.config import Config
from writ.people.credentials.revocation import take_crl
from writ.people.fetch import Fetch
from writ.people.passport.opened import take_state_crl
from writ.signing.crl import MAX_BYTES

ACCEPT = "application/pkix-crl"
Take: TypeAlias = Callable[[bytes], object]


class CrlFetch:
    """Rules 1 to 3 for one deployment."""

    def __init__(self, config: Config, fetch: Fetch, now: Callable[[], float] = wall) -> None:
        self._fetch = fetch
        self._asked = tuple(_asked(config, now))

    async def keep(self, every: float) -> None:
        """Fetch until cancelled."""
        while self._asked:
            failed = await self.once()
            log = structlog.get_logger()
            for why in failed:
                log.error("list of revoked certificates not renewed", why=why)
            log.info("lists of revoked certificates renewed", lists=len(self._asked) - len(failed))
            await asyncio.sleep(every)

    async def once(self) -> list[str]:
        """Ask each address once; return why some lists were not renewed."""
        failed: list[str] = []
        for uri, take in self._asked:
            try:
                data = await self._fetch.get(uri, ACCEPT, MAX_BYTES)
                await asyncio.to_thread(take, data)
            except WritError as error:
                failed.append(str(error))
        return failed


def _asked(config: Config, now: Callable[[], float]) -> Iterator[tuple[str, Take]]:
    """Return what is asked, and what becomes of the answer."""
    certificates = None if config.portal is None else config.portal.certificates
    for files in (config.wallet, certificates):
        if files is not None:
            for uri in sorted(files.crl_from):
                yield uri, partial(take_crl, folder=files.crls, uri=uri)
    if (passports := config.passport) is not None:
        for uri in sorted(passports.crl_from):
            yield uri, lambda data: take_state_crl(data, passports, now())
