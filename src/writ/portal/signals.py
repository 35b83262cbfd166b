"""Where transmitters push security event tokens (RFC 8935): `POST ADDRESS/signals/NAME`.

1. A SET is proved here, so that nothing of strangers' goes further; then it is handed on as it
   came, and proved again by whoever acts on it. A portal that is broken into makes nobody fall.
2. It is answered once it is carried out, on every gateway: 202. What is wrong with it is told as
   section 2.4 says; what is only down for now is 503, and comes again.
3. A transmitter with a registered token must bear it. Whoever bears none is limited by address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import wall
from writ.errors import Failed, WritError
from writ.model.listeners import Portal
from writ.people.https import HttpsFetch
from writ.people.signals.events import UNKNOWN
from writ.people.signals.keysets import KeySets
from writ.people.signals.sets import SetRefused, read_set
from writ.people.signals.transmitters import Transmitter, load_transmitters
from writ.people.sources import NotNow
from writ.portal.arrivals import address_of, content_type, read_body
from writ.portal.counter import Counter
from writ.portal.limits import Buckets, TooMany
from writ.signing.bearer import bears
from writ.signing.jws import MAX_TOKEN

MEDIA_TYPE = "application/secevent+jwt"
_HEADERS = {"cache-control": "no-store", "content-language": "en"}


@dataclass(frozen=True, slots=True)
class Hearing:
    """The transmitters, and the way to the control process."""

    transmitters: Mapping[str, Transmitter]
    keys: KeySets
    counter: Counter
    now: Callable[[], float] = wall

    async def take(self, transmitter: Transmitter, token: str) -> None:
        """Prove a SET and hand it on (rule 1); refuse one that nobody here knows in a family that is."""
        found = await read_set(token, transmitter, self.keys, self.now())
        await self.counter.signal(transmitter.name, token)
        if found.bearing.misnamed:
            name = found.bearing.event.removeprefix(UNKNOWN)
            raise SetRefused("invalid_request", f"`{name}` is no event of its family known here")


def open_hearing(file: Path, counter: Counter) -> Hearing:
    """Read who may send signals."""
    return Hearing(load_transmitters(file), KeySets(HttpsFetch()), counter)


class _Pushed:
    """Rules 2 and 3."""

    def __init__(self, portal: Portal, hearing: Hearing) -> None:
        self._portal = portal
        self._hearing = hearing
        self._strangers = Buckets(60, 1.0)

    async def answer(self, request: Request) -> Response:
        """Answer one push."""
        sender = self._hearing.transmitters.get(request.path_params["name"])
        if sender is None:
            return Response(status_code=404, headers=_HEADERS)
        try:
            await self._take(request, sender)
        except TooMany as error:
            return Response(status_code=429, headers=_HEADERS | {"retry-after": str(error.after)})
        except Failed as error:
            after = error.after if isinstance(error, NotNow) else 30
            return _told("temporarily_unavailable", str(error), 503, after)
        except WritError as error:
            err = error.err if isinstance(error, SetRefused) else "invalid_request"
            return _told(err, str(error), 400)
        return Response(status_code=202, headers=_HEADERS)

    async def _take(self, request: Request, sender: Transmitter) -> None:
        known = bears(request.headers.get("authorization", ""), sender.token)
        if not known:
            self._strangers.take(address_of(request, self._portal))
        if sender.token and not known:
            raise SetRefused("authentication_failed", "the bearer token is not this transmitter's")
        if content_type(request) != MEDIA_TYPE:
            raise SetRefused("invalid_request", f"send a SET as {MEDIA_TYPE}")
        body = await read_body(request, MAX_TOKEN)
        await self._hearing.take(sender, body.decode("ascii", "replace").strip())


def signal_routes(portal: Portal, hearing: Hearing) -> list[Route]:
    """Return the route that transmitters push to."""
    path = f"{urlsplit(portal.address).path}/signals/{{name}}"
    return [Route(path, _Pushed(portal, hearing).answer, methods=["POST"])]


def _told(err: str, why: str, status: int, after: int = 0) -> Response:
    body = msgspec.json.encode({"err": err, "description": why})
    headers = _HEADERS | ({"retry-after": str(after)} if after else {})
    return Response(body, status, headers, "application/json")
