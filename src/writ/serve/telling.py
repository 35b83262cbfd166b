"""Tells receivers of signals, while the deployment serves, to whom models are closed and opened.

1. Everybody is judged again when another epoch is in force, rules begin or end at their instant, or
   something becomes known of somebody; else every five minutes, for facts expire by themselves. Never
   more often than lets judging take a tenth of the time.
2. A receiver is told one thing after another, in order. 202 settles it; 400 means that it will never
   take it (RFC 8935 section 2.4), which is logged and settled as well. Whatever else comes is tried
   again, after a pause that doubles from a second to ten minutes.
3. What waits is in the store: a restart goes on with it, and a receiver knows a SET that comes twice by
   its `jti`.
4. A receiver without an address polls (`writ.serve.streams`). A verification that it asked for goes before
   the rest. A stream that is paused waits, and nothing is kept for one that is disabled.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from writ.clock import elapsed
from writ.desk.access import Accesses, phase
from writ.errors import WritError
from writ.model.order import Lawbook
from writ.people.books import Change
from writ.people.fetch import Outgoing, Send
from writ.people.https import HttpsFetch
from writ.people.signals.receivers import Receiver, load_receivers
from writ.people.signals.sets import TYPE
from writ.serve.set_writer import SetWriter
from writ.serve.site import Site
from writ.serve.streams import open_writer
from writ.store.streams import Stream, read_stream, write_stream
from writ.store.tellings import State, Telling, first_waiting, settle

EVERY = 1.0
ANYWAY = 300.0
SHARE = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
_MAX_ANSWER = 64 * 1024
_BAD_REQUEST = 400


@dataclass(slots=True)
class _Pause:
    seconds: float = 0.0
    until: float = 0.0

    def longer(self, now: float) -> None:
        """Wait twice as long as before."""
        self.seconds = min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self.seconds))
        self.until = now + self.seconds


class Teller:
    """Rules 1 to 4; `since` are elapsed seconds."""

    def __init__(
        self,
        site: Site,
        receivers: Sequence[Receiver],
        writer: SetWriter,
        send: Send,
        since: Callable[[], float] = elapsed,
    ) -> None:
        self._site = site
        self._receivers = receivers
        self._writer = writer
        self._send = send
        self._since = since
        self._accesses = Accesses(site.store, site.registry, site.clock)
        self._pauses = {item.name: _Pause() for item in receivers}
        self._changed = True
        self._judged: tuple[object, ...] = ()
        self._again = 0.0
        self._anyway = 0.0
        site.registry.books.listeners.append(self._change)

    async def keep(self, every: float = EVERY) -> None:
        """Judge and send until cancelled."""
        while True:
            try:
                await self.once()
            except WritError as error:
                structlog.get_logger().error("receivers not told", why=str(error))
            await asyncio.sleep(every)

    async def once(self) -> None:
        """Judge if something is new, and send what waits."""
        if self._due():
            await self._judge()
        for receiver in self._receivers:
            while receiver.address and self._pauses[receiver.name].until <= self._since():
                if not await self._next(receiver):
                    break

    def _change(self, _change: Change) -> None:
        self._changed = True

    def _stands(self) -> tuple[object, ...]:
        """What says that other rules are in effect than before."""
        force = self._site.desk.current()
        now = self._site.clock.now()
        return () if force.book is None else (force.digest, phase(force.book, now))

    def _due(self) -> bool:
        now = self._since()
        if now < self._again:
            return False
        return self._changed or self._stands() != self._judged or now >= self._anyway

    async def _judge(self) -> None:
        """Rule 1."""
        began, self._changed, self._judged = self._since(), False, self._stands()
        book = self._site.desk.current().book
        if book is not None:
            try:
                await asyncio.to_thread(self._tell, book)
            except WritError:
                self._changed = True
                raise
        ended = self._since()
        self._again, self._anyway = ended + SHARE * (ended - began), ended + ANYWAY

    def _tell(self, book: Lawbook) -> None:
        """Put what is due into the outbox, but for who wants nothing (rule 4)."""
        with self._site.store.view() as connection:
            told = [
                item
                for item in self._receivers
                if read_stream(connection, item.name).status != "disabled"
            ]
        self._accesses.tell(book, told)

    async def _next(self, receiver: Receiver) -> bool:
        """Tell a receiver the next thing; whether there was one, and it was settled (rule 2)."""
        waiting = await asyncio.to_thread(self._waiting, receiver)
        if waiting is None:
            return False
        token, settle_as = waiting
        pause = self._pauses[receiver.name]
        try:
            outgoing = Outgoing(
                receiver.address,
                token.encode(),
                f"application/{TYPE}",
                headers=receiver.headers(),
            )
            answer = await self._send.send(outgoing, _MAX_ANSWER)
        except WritError as error:
            self._log(receiver, str(error))
            pause.longer(self._since())
            return False
        if not answer.done and answer.status != _BAD_REQUEST:
            self._log(receiver, f"it answers {answer.status}")
            pause.longer(self._since())
            return False
        if not answer.done:
            self._log(receiver, "it will not take it")
        pause.seconds = 0.0
        await asyncio.to_thread(self._settle, settle_as, "sent" if answer.done else "refused")
        return True

    def _log(self, receiver: Receiver, why: str) -> None:
        structlog.get_logger().error("signal not taken", receiver=receiver.name, why=why)

    def _waiting(self, receiver: Receiver) -> tuple[str, Telling | Stream] | None:
        """Return the SET that a receiver gets next, and what it settles (rule 4)."""
        with self._site.store.view() as connection:
            stream = read_stream(connection, receiver.name)
            if stream.status != "enabled":
                return None
            if stream.owed is not None:
                return self._writer.verification(stream, receiver), stream
            told = first_waiting(connection, receiver.name)
        return None if told is None else (self._writer.change(told, receiver), told)

    def _settle(self, told: Telling | Stream, state: State) -> None:
        now = self._site.clock.now()
        with self._site.store.unit() as connection:
            if isinstance(told, Telling):
                settle(connection, told.seq, state, now)
            elif told == read_stream(connection, told.receiver):
                write_stream(connection, replace(told, owed=None, state=None))


def open_teller(site: Site, file: Path) -> Teller:
    """Read who is told, and the key that signs it."""
    return Teller(site, load_receivers(file), open_writer(site), HttpsFetch())
