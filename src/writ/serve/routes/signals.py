"""`/signals`: what came from transmitters, in numbers, and how their streams are."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import answer
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the route that looks."""

    async def heard(_request: Request) -> Response:
        found = await asyncio.to_thread(site.registry.signals.heard)
        streams = await asyncio.to_thread(site.registry.signals.streams)
        return answer({"heard": [item.plain() for item in found], "streams": streams})

    return [Route("/signals", heard, methods=["GET"])]
