"""The keys of transmitters: in the file, or where they publish them.

1. A set is asked for when it is first needed, and again after an hour.
2. A key that it does not have is asked for at once, but not more often than each minute: keys are
   changed, and a stranger's tokens must not make us ask all the time.
3. A set that cannot be had fails for now, is asked for again after a pause
   (`writ.people.sources`), and the transmitter sends again.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from writ.clock import elapsed
from writ.errors import Failed, Refused
from writ.people.fetch import Fetch
from writ.people.signals.transmitters import Transmitter
from writ.people.sources import Document, Sources
from writ.signing.jwks import MAX_SET, KeySet, UnknownKey, read_key_set
from writ.signing.jws import Jws

KEPT = 3600.0
AGAIN = 60.0
_ACCEPT = "application/jwk-set+json, application/json;q=0.9"


class _Kept(NamedTuple):
    keys: KeySet
    since: float


class KeySets:
    """Rules 1 to 3; `now` are seconds since the epoch, `since` elapsed ones."""

    def __init__(self, fetch: Fetch, since: Callable[[], float] = elapsed) -> None:
        self._sources: Sources[KeySet] = Sources(fetch, since)
        self._kept: dict[str, _Kept] = {}

    async def verify(self, transmitter: Transmitter, jws: Jws, now: float) -> Mapping[str, object]:
        """Return the claims of a JWS, proved to be signed by a key of the transmitter's."""
        if transmitter.keys is not None:
            return transmitter.keys.verify(jws)
        kept = self._kept.get(transmitter.name)
        if kept is None or not 0 <= now - kept.since < KEPT:  # 1
            kept = await self._ask(transmitter, now)
        try:
            return kept.keys.verify(jws)
        except UnknownKey:
            if now - kept.since < AGAIN:  # 2
                raise
        return (await self._ask(transmitter, now)).keys.verify(jws)

    async def _ask(self, transmitter: Transmitter, now: float) -> _Kept:
        def read(data: bytes) -> KeySet:
            try:
                return read_key_set(data, f"the key set of `{transmitter.name}`")
            except Refused as refused:
                raise Failed(str(refused)) from None  # 3

        place = Document(transmitter.name, transmitter.jwks_uri, _ACCEPT, MAX_SET)
        keys = await self._sources.get(place, read)
        kept = self._kept[transmitter.name] = _Kept(keys, now)
        return kept
