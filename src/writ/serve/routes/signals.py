"""`/signals`: what came from transmitters and what receivers were told, in numbers."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import answer
from writ.serve.site import Site
from writ.store.streams import read_stream
from writ.store.tellings import count_tellings


def routes(site: Site) -> list[Route]:
    """Return the route that looks."""

    async def heard(_request: Request) -> Response:
        found = await asyncio.to_thread(site.registry.signals.heard)
        streams = await asyncio.to_thread(site.registry.signals.streams)
        told = await asyncio.to_thread(_told, site)
        heard = [item.plain() for item in found]
        return answer({"heard": heard, "streams": streams, "told": told})

    return [Route("/signals", heard, methods=["GET"])]


def _told(site: Site) -> list[dict[str, object]]:
    with site.store.view() as connection:
        counted = count_tellings(connection)
        names = sorted({name for name, _ in counted})
        streams = {name: read_stream(connection, name).status for name in names}
    states = ("waiting", "sent", "refused")
    return [
        {
            "receiver": name,
            **{state: counted[name, state] for state in states},
            "stream": streams[name],
        }
        for name in names
    ]
