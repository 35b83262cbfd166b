"""Keeps the public record up to date while the deployment serves it.

1. It is built at the start, and whenever something happened that a record may tell of: once nothing
   more has for a second, and after ten seconds whatever happens. Before anything was in force there
   is nothing to build.
2. Nothing of it moves where nothing else is told, the log's checkpoint included: what may not be told
   leaves no trace there, not even that something happened.
3. While a seal holds it waits. What fails, or is refused because an order may not be told to exist,
   is logged, and tried again after a minute.
"""

import asyncio
from collections.abc import Callable

import structlog

from writ.clock import elapsed
from writ.desk.duties import MET
from writ.desk.history import ACTIVATED, HELD
from writ.desk.results import ARRIVED
from writ.errors import WritError
from writ.ledger.record.statements import STATED
from writ.ledger.seals import LIFTED
from writ.serve.record import build
from writ.serve.site import Site
from writ.store.events import last_event

EVERY = 0.5
QUIET, LONGEST = 1.0, 10.0
AGAIN = 60.0
KINDS = (ACTIVATED, HELD, ARRIVED, MET, STATED, LIFTED)


class RecordKeeping:
    """Rules 1 to 3; `since` are elapsed seconds."""

    def __init__(self, site: Site, since: Callable[[], float] = elapsed) -> None:
        self._site = site
        self._since = since
        self._seen = self._last_of_it()
        self._latest = since() - LONGEST
        self._first: float | None = self._latest
        self._again = 0.0

    async def keep(self, every: float = EVERY) -> None:
        """Build when it is due, until cancelled."""
        while True:
            await asyncio.to_thread(self.once)
            await asyncio.sleep(every)

    def once(self) -> None:
        """Look what happened, and build if that is due."""
        now, seen = self._since(), self._last_of_it()
        if seen != self._seen:
            self._first = now if self._first is None else self._first
            self._seen, self._latest = seen, now
        if self._first is None or now < self._again:
            return
        if now - self._latest < QUIET and now - self._first < LONGEST:
            return
        try:
            if self._site.desk.current().book is None:
                self._first = None
            elif not self._site.seals.standing().holds:
                build(self._site, by_itself=True)
                self._first = None
        except WritError as error:
            structlog.get_logger().error("record not built", why=str(error))
            self._again = now + AGAIN

    def _last_of_it(self) -> int:
        """Return the number of the last event that a record may tell of."""
        with self._site.store.view() as connection:
            return last_event(connection, KINDS)
