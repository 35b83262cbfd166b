"""Status lists as they are asked: from hosts that the issuer is known by, and kept while they hold.

1. A list comes from a host on the issuer's own `status_hosts`; another one is never asked.
2. A list is kept as long as it allows, a hundred of them at most, the oldest making way.
3. A list that cannot be had refuses for now (Failed): revoked is what it may have said. It is asked
   for again after a pause (`writ.people.sources`).
"""

from writ.errors import Refused
from writ.people.credentials.statuslist import (
    MAX_TOKEN,
    StatusList,
    StatusReference,
    read_status_list,
)
from writ.people.credentials.trustlist import Issuer
from writ.people.fetch import Fetch
from writ.people.sources import Document, Sources

MOST_KEPT = 100
_ACCEPT = "application/statuslist+jwt, application/statuslist+cwt;q=0.9"


class Statuses:
    """Asks for the status of credentials."""

    def __init__(self, fetch: Fetch) -> None:
        self._sources: Sources[StatusList] = Sources(fetch)
        self._kept: dict[tuple[str, str], StatusList] = {}

    async def check(self, reference: StatusReference, issuer: Issuer, now: float) -> None:
        """Refuse a credential that does not stand at `now` (seconds since the epoch)."""
        (await self.list_of(reference, issuer, now)).check(reference)

    async def list_of(self, reference: StatusReference, issuer: Issuer, now: float) -> StatusList:
        """Return the list that a reference is to, as it is at `now`."""
        if reference.host not in issuer.status_hosts:  # 1
            raise Refused(
                f"the status list is at a host that `{issuer.name}` is not known by; tell the operator"
            )
        key = (issuer.name, reference.uri)
        kept = self._kept.get(key)
        if kept is None or kept.keep_until <= now:
            kept = await self._sources.get(  # 3
                Document(issuer.name, reference.uri, _ACCEPT, MAX_TOKEN),
                lambda token: read_status_list(token, reference.uri, issuer, now),
            )
            self._kept.pop(key, None)
            self._kept[key] = kept
            if len(self._kept) > MOST_KEPT:  # 2
                del self._kept[next(iter(self._kept))]
        return kept
