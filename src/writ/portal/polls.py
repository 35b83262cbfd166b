"""Transmitters that are asked for their security event tokens (RFC 8936).

1. Each is asked every so many seconds, and again at once while there is more or something to
   acknowledge; a hundred SETs at a time.
2. A SET is acknowledged once it is carried out; one that is refused, with the reason. What is only
   down for now is not answered for, and comes again.
3. A transmitter that does not answer, or not as it should, is logged and asked the next time.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from writ.canonical import Plain
from writ.errors import Failed, Refused, WritError
from writ.people.fetch import Send, json
from writ.people.signals.sets import SetRefused
from writ.people.signals.transmitters import Transmitter
from writ.portal.signals import Hearing
from writ.signing.jose import read_object

MOST = 100
MAX_ANSWER = 8 * 1024 * 1024
_OK = 200


def start_polls(hearing: Hearing, send: Send) -> list[asyncio.Task[None]]:
    """Ask every transmitter that is to be asked, until cancelled."""
    return [
        asyncio.create_task(Poll(hearing, sender, send).keep())
        for sender in hearing.transmitters.values()
        if sender.poll
    ]


@dataclass(slots=True)
class Poll:
    """Rules 1 to 3 for one transmitter; `done` and `refused` wait to be told."""

    hearing: Hearing
    sender: Transmitter
    send: Send
    done: list[str] = field(default_factory=list)
    refused: dict[str, Plain] = field(default_factory=dict)

    async def keep(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                await self.once()
            except WritError as error:
                structlog.get_logger().error(
                    "signals not fetched", transmitter=self.sender.name, why=str(error)
                )
            await asyncio.sleep(self.sender.every)

    async def once(self) -> None:
        """Ask while there is more (rule 1)."""
        while await self._round() or self.done or self.refused:
            pass

    async def _round(self) -> bool:
        asked: dict[str, Plain] = {
            "maxEvents": MOST,
            "returnImmediately": True,
            "ack": list(self.done),
            "setErrs": dict(self.refused),
        }
        answer = await self.send.send(json(self.sender.poll, asked, self._headers()), MAX_ANSWER)
        if answer.status != _OK:
            raise Failed(f"`{self.sender.name}` answers {answer.status} to a poll")
        read = read_object(answer.body, f"what `{self.sender.name}` answers")
        sets = read.get("sets")
        if not isinstance(sets, Mapping) or len(sets) > MOST:
            raise Refused(f"what `{self.sender.name}` answers has no `sets` of {MOST} at most")
        self.done.clear()
        self.refused.clear()
        for jti, token in sets.items():
            await self._take(jti, token)
        return read.get("moreAvailable") is True and bool(self.done or self.refused)

    async def _take(self, jti: str, token: object) -> None:
        try:
            await self.hearing.take(self.sender, token if isinstance(token, str) else "")
        except Failed as error:  # 2
            structlog.get_logger().error(
                "signal waits", transmitter=self.sender.name, why=str(error)
            )
        except WritError as error:
            err = error.err if isinstance(error, SetRefused) else "invalid_request"
            self.refused[jti] = {"err": err, "description": str(error)}
        else:
            self.done.append(jti)

    def _headers(self) -> Mapping[str, str]:
        path = self.sender.poll_token
        if path is None:
            return {}
        try:
            return {"Authorization": f"Bearer {path.read_text('ascii', 'replace').strip()}"}
        except OSError as error:
            raise Failed(f"cannot read `{path}`: {error.strerror}") from None
