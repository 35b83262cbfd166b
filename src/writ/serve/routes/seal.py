"""`/seal`: whether logs may be published, and the words that say so."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.ledger.seals import Standing
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    seals = site.seals

    async def show(_request: Request) -> Response:
        return answer(_plain(await asyncio.to_thread(seals.standing)))

    async def say(request: Request) -> Response:
        envelope = envelope_of((await read_form(request, _Word)).envelope)
        return answer(_plain(await asyncio.to_thread(seals.say, envelope)))

    return [Route("/seal", show, methods=["GET"]), Route("/seal", say, methods=["POST"])]


def _plain(found: Standing) -> dict[str, object]:
    return {
        "number": found.number,
        "holds": found.holds,
        "by": found.by,
        "at": found.at,
        "lifting": list(found.lifting),
    }
