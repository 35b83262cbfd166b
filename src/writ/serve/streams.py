"""What receivers ask of their streams, over the portal's socket: each by its own token, of its own.

1. Every call carries the token that was borne; whoever bears none whose digest `receivers.toml` has is
   told nothing. The portal is not believed to know who asks.
2. `poll` settles what was acknowledged or refused, then gives what waits: a verification first, the rest
   in order, again and again until it is acknowledged (RFC 8936). Nothing is given of a stream that is
   paused or disabled.
3. `verify` owes a verification; not more often than once a minute (Shared Signals 1.0 section 8.1.4).
4. `status` says how a stream stands, and changes it: the receiver's own is the only one.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import TypeAlias, TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.canonical import digest_bytes
from writ.clock import SECOND
from writ.people.signals.receivers import KEY, Receiver, load_receivers
from writ.serve.body import Form, answer, read_form
from writ.serve.set_writer import SetWriter
from writ.serve.site import Site
from writ.signing.rsa import RsaSigner
from writ.store.database import Connection
from writ.store.streams import Status, Stream, read_stream, write_stream
from writ.store.tellings import settle_named, those_waiting

MOST = 100
OFTEN = 60
_LONGEST = 200
Answer: TypeAlias = dict[str, object]


class _Call(Form, frozen=True):
    token: str


class _Poll(_Call, frozen=True):
    most: int
    taken: list[str]
    refused: dict[str, str]


class _State(_Call, frozen=True):
    status: Status | None = None
    reason: str | None = None


class _Verify(_Call, frozen=True):
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Streams:
    """Rules 2 to 4 for the receivers that bear a token."""

    site: Site
    receivers: Sequence[Receiver]
    writer: SetWriter

    def of(self, token: str) -> Receiver | None:
        """Return whose token it is (rule 1)."""
        digest = digest_bytes(token.encode())
        theirs = [item for item in self.receivers if compare_digest(item.bears, digest)]
        return theirs[0] if theirs else None

    def poll(self, receiver: Receiver, form: _Poll) -> Answer:
        """Rule 2."""
        if receiver.address:
            return {"answer": "pushed"}
        now = self.site.clock.now()
        for jti, why in form.refused.items():
            self._log(receiver, jti, why)
        with self.site.store.unit() as connection:
            settle_named(connection, receiver.name, form.taken, "sent", now)
            settle_named(connection, receiver.name, list(form.refused), "refused", now)
            stream = read_stream(connection, receiver.name)
            if stream.owed in {*form.taken, *form.refused}:
                stream = replace(stream, owed=None, state=None)
                write_stream(connection, stream)
            sets, more = self._waiting(connection, receiver, stream, min(form.most, MOST))
        return {"answer": "done", "sets": sets, "more": more}

    def status(self, receiver: Receiver, form: _State) -> Answer:
        """Rule 4."""
        with self.site.store.unit() as connection:
            stream = read_stream(connection, receiver.name)
            if form.status is not None:
                reason = None if form.reason is None else form.reason[:_LONGEST]
                stream = replace(stream, status=form.status, reason=reason)
                write_stream(connection, stream)
        return {
            "answer": "done",
            "name": receiver.name,
            "audience": receiver.audience,
            "push": receiver.address or None,
            "status": stream.status,
            "reason": stream.reason,
        }

    def verify(self, receiver: Receiver, form: _Verify) -> Answer:
        """Rule 3."""
        now = self.site.clock.now()
        with self.site.store.unit() as connection:
            stream = read_stream(connection, receiver.name)
            if stream.status != "enabled":
                return {"answer": "not_enabled"}
            if stream.asked_at is not None and now < stream.asked_at + OFTEN * SECOND:
                return {"answer": "too_soon"}
            owed = replace(stream, owed=secrets.token_hex(16), state=form.state, asked_at=now)
            write_stream(connection, owed)
        return {"answer": "done"}

    def _waiting(
        self, connection: Connection, receiver: Receiver, stream: Stream, most: int
    ) -> tuple[dict[str, str], bool]:
        if stream.status != "enabled":
            return {}, False
        sets: dict[str, str] = {}
        if stream.owed is not None and most > 0:
            sets[stream.owed] = self.writer.verification(stream, receiver)
        room = max(0, most - len(sets))
        waiting = those_waiting(connection, receiver.name, room + 1)
        sets |= {told.jti: self.writer.change(told, receiver) for told in waiting[:room]}
        return sets, len(waiting) > room or (stream.owed is not None and most <= 0)

    def _log(self, receiver: Receiver, jti: str, why: str) -> None:
        structlog.get_logger().error(
            "signal not taken", receiver=receiver.name, jti=jti[:_LONGEST], why=why[:_LONGEST]
        )


T = TypeVar("T", bound=_Call)


def stream_routes(site: Site) -> list[Route]:
    """Return the calls, where somebody is told who bears a token."""
    if site.config.receivers is None:
        return []
    receivers = load_receivers(site.config.receivers)
    streams = Streams(site, receivers, open_writer(site))

    def route(name: str, form: type[T], work: Callable[[Receiver, T], Answer]) -> Route:
        async def endpoint(request: Request) -> Response:
            read = await read_form(request, form)
            receiver = streams.of(read.token)
            if receiver is None:
                return answer({"answer": "no_token"})
            return answer(await asyncio.to_thread(work, receiver, read))

        return Route(f"/streams/{name}", endpoint, methods=["POST"])

    return [
        route("poll", _Poll, streams.poll),
        route("status", _State, streams.status),
        route("verify", _Verify, streams.verify),
    ]


def open_writer(site: Site) -> SetWriter:
    """Read the key that signs what is told."""
    portal = site.config.portal
    assert portal is not None  # noqa: S101  the configuration has one where it has receivers
    signer = RsaSigner.load(site.config.folder / KEY)
    return SetWriter(portal.address, signer, site.clock)
