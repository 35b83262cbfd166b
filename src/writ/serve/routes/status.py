"""`/status` and `/in-force`: how things stand, in short and in full."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import answer
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the routes that only look."""

    async def status(_request: Request) -> Response:
        found = (await asyncio.to_thread(site.desk.status)).plain()
        return answer({**found, "served": site.feed is not None, "gateways": _gateways(site)})

    async def in_force(_request: Request) -> Response:
        return answer(await asyncio.to_thread(lambda: site.desk.current().plain()))

    return [
        Route("/status", status, methods=["GET"]),
        Route("/in-force", in_force, methods=["GET"]),
    ]


def _gateways(site: Site) -> list[dict[str, object]]:
    members = () if site.feed is None else site.feed.fleet.members()
    return [
        {
            "name": member.name,
            "connected": member.connected,
            "epoch": member.epoch,
            "wanting": member.wanting or None,
        }
        for member in members
    ]
