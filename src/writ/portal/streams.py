"""Where receivers of signals ask: what there is, how their stream stands, and what waits for them.

1. `/.well-known/ssf-configuration` says who we are, where our keys are, and where to ask (Shared Signals
   1.0 section 7). The private key is not here.
2. A receiver bears the token that is registered for it; the control process knows whose it is. Streams
   are the operator's: they are read here, paused and disabled, and neither made nor deleted.
3. A poll (RFC 8936) that need not return at once waits up to twenty seconds for something.
4. Tries are counted by address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.canonical import Plain
from writ.errors import Failed, InvalidInput
from writ.model.json_form import read_form
from writ.model.listeners import Portal
from writ.portal.arrivals import address_of, read_body
from writ.portal.counter import Counter, Streamed
from writ.portal.limits import Buckets, TooMany

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
CHANGE = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change"
BUDGET = 256 * 1024
PATIENCE, EVERY = 20, 1.0
OFTEN = 60
_HEADERS = {"cache-control": "no-store", "content-language": "en"}
_REFUSALS = {
    "no_token": (401, "the bearer token is no receiver's"),
    "pushed": (403, "this stream is pushed; it is not polled"),
    "not_enabled": (400, "this stream is not enabled"),
    "too_soon": (429, f"a stream is verified once in {OFTEN} seconds"),
}

Endpoint = Callable[[Request], Awaitable[Response]]


class _Error(msgspec.Struct, frozen=True):
    err: str = ""
    description: str = ""


class _Poll(msgspec.Struct, frozen=True, rename="camel"):
    """RFC 8936 section 2.2."""

    max_events: Annotated[int, msgspec.Meta(ge=0)] = 100
    return_immediately: bool = False
    ack: list[str] = []
    set_errs: dict[str, _Error] = {}


class _Update(msgspec.Struct, frozen=True):
    stream_id: str
    status: Literal["enabled", "paused", "disabled"]
    reason: str | None = None


class _Verify(msgspec.Struct, frozen=True):
    stream_id: str
    state: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


T = TypeVar("T")


class _No(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


class _Streams:
    def __init__(self, portal: Portal, counter: Counter) -> None:
        self._portal = portal
        self._counter = counter
        self._addresses = Buckets(240, 0.25)

    async def read(self, request: Request) -> Response:
        """Show the receiver's stream: alone by its id, else as the list that it is."""
        found = await self._ask(request, "status", {})
        stream = self._plain(found)
        if "stream_id" in request.query_params:
            self._own(request.query_params["stream_id"], found)
            return _json(stream)
        return _json([stream])

    async def change(self, _request: Request) -> Response:
        """Streams are not changed here (rule 2)."""
        raise _No(403, "streams are made by the operator")

    async def status(self, request: Request) -> Response:
        """Say how the stream stands."""
        found = await self._ask(request, "status", {})
        self._own(request.query_params.get("stream_id", ""), found)
        return _json(_status(found))

    async def update(self, request: Request) -> Response:
        """Have the stream enabled, paused or disabled."""
        said = await _read(request, _Update)
        self._own(said.stream_id, await self._ask(request, "status", {}))
        found = await self._ask(request, "status", {"status": said.status, "reason": said.reason})
        return _json(_status(found))

    async def verify(self, request: Request) -> Response:
        """Owe the receiver a verification event."""
        said = await _read(request, _Verify)
        self._own(said.stream_id, await self._ask(request, "status", {}))
        await self._ask(request, "verify", {"state": said.state})
        return Response(status_code=204, headers=_HEADERS)

    async def poll(self, request: Request) -> Response:
        """Take acknowledgements, and give what waits (rule 3)."""
        said = await _read(request, _Poll)
        refused: dict[str, Plain] = {
            jti: f"{why.err}: {why.description}" for jti, why in said.set_errs.items()
        }
        body: dict[str, Plain] = {"most": said.max_events, "taken": list(said.ack)}
        found = await self._ask(request, "poll", {**body, "refused": refused})
        for _ in range(0 if said.return_immediately or not said.max_events else PATIENCE):
            if found.sets:
                break
            await asyncio.sleep(EVERY)
            found = await self._ask(request, "poll", {**body, "taken": [], "refused": {}})
        return _json({"sets": found.sets, "moreAvailable": found.more})

    async def _ask(self, request: Request, call: str, body: dict[str, Plain]) -> Streamed:
        """Ask the control process, with the token that the receiver bears (rule 2)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" else ""
        found = await self._counter.stream(call, {**body, "token": shown})
        if found.answer in _REFUSALS:
            raise _No(*_REFUSALS[found.answer])
        return found

    def _own(self, name: str, found: Streamed) -> None:
        if name != found.name:
            raise _No(404, "there is no such stream of yours")

    def _plain(self, found: Streamed) -> dict[str, object]:
        place = found.push or f"{self._portal.address}/ssf/poll"
        return {
            "stream_id": found.name,
            "iss": self._portal.address,
            "aud": found.audience,
            "delivery": {"method": PUSH if found.push else POLL, "endpoint_url": place},
            "events_supported": [CHANGE],
            "events_requested": [CHANGE],
            "events_delivered": [CHANGE],
            "min_verification_interval": OFTEN,
        }

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Count a try (rule 4), and answer errors."""

        async def answer(request: Request) -> Response:
            try:
                self._addresses.take(address_of(request, self._portal))
                return await endpoint(request)
            except _No as no:
                return _told(no.status, str(no))
            except TooMany as error:
                return _told(429, str(error), error.after)
            except InvalidInput as error:
                return _told(400, str(error))
            except Failed as error:
                return _told(503, str(error), 30)

        return answer


def stream_routes(portal: Portal, counter: Counter, keys: Path) -> list[Route]:
    """Return what receivers ask; `keys` is the file of our public ones."""
    made = _Streams(portal, counter)
    base = urlsplit(portal.address).path

    async def configuration(_request: Request) -> Response:
        return Response(msgspec.json.encode(_published(portal)), media_type="application/json")

    def key_set(_request: Request) -> Response:
        try:
            data = keys.read_bytes()
        except OSError:
            return Response(status_code=404, headers=_HEADERS)
        return Response(data, media_type="application/jwk-set+json")

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(f"{base}/ssf/{path}", made.guarded(endpoint), methods=list(methods))

    return [
        Route(f"/.well-known/ssf-configuration{base}", configuration),
        Route(f"{base}/signals/jwks.json", key_set),
        route("streams", made.read, "GET"),
        route("streams", made.change, "POST", "PUT", "PATCH", "DELETE"),
        route("status", made.status, "GET"),
        route("status", made.update, "POST"),
        route("verify", made.verify, "POST"),
        route("poll", made.poll, "POST"),
    ]


def _published(portal: Portal) -> Mapping[str, object]:
    """Rule 1."""
    return {
        "spec_version": "1_0",
        "issuer": portal.address,
        "jwks_uri": f"{portal.address}/signals/jwks.json",
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": f"{portal.address}/ssf/streams",
        "status_endpoint": f"{portal.address}/ssf/status",
        "verification_endpoint": f"{portal.address}/ssf/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6750"}],
        "default_subjects": "ALL",
    }


async def _read(request: Request, form: type[T]) -> T:
    """Read a request's JSON; what is not in it has its default, what is unknown is passed over."""
    return read_form(await read_body(request, BUDGET), form, "the request is not in its form")


def _status(found: Streamed) -> dict[str, object]:
    reason = {} if found.reason is None else {"reason": found.reason}
    return {"stream_id": found.name, "status": found.status, **reason}


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), 200, _HEADERS, "application/json")


def _told(status: int, why: str, after: int = 0) -> Response:
    body = msgspec.json.encode({"err": "invalid_request", "description": why})
    more = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004  RFC 9110
    more |= {"retry-after": str(after)} if after else {}
    return Response(body, status, _HEADERS | more, "application/json")
