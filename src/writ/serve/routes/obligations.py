"""`/obligations`: what is owed, and signed words that something was done or occurred."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import parse_instant
from writ.desk.duties import Duties
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    duties = Duties(site.store, site.trust, site.clock)

    async def listed(request: Request) -> Response:
        text = request.query_params.get("at")
        at = None if text is None else parse_instant(text)
        return answer(await asyncio.to_thread(duties.listed, site.desk.current(), at))

    async def met(request: Request) -> Response:
        form = await read_form(request, _Word)
        envelope, force = envelope_of(form.envelope), site.desk.current()
        await asyncio.to_thread(duties.record_met, force, envelope)
        return await listed(request)

    async def occurred(request: Request) -> Response:
        form = await read_form(request, _Word)
        envelope, force = envelope_of(form.envelope), site.desk.current()
        await asyncio.to_thread(duties.record_occurred, force, envelope)
        return await listed(request)

    return [
        Route("/obligations", listed, methods=["GET"]),
        Route("/obligations/met", met, methods=["POST"]),
        Route("/obligations/events", occurred, methods=["POST"]),
    ]
