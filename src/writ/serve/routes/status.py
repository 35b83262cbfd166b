"""`/status` and `/in-force`: how things stand, in short and in full."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.canonical import Plain
from writ.serve.body import answer
from writ.serve.covered import covered
from writ.serve.impact import waiting
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the routes that only look."""

    async def status(_request: Request) -> Response:
        found = await asyncio.to_thread(_status, site)
        served = {"served": site.feed is not None, "gateways": _gateways(site)}
        return answer({**found, **served, "coverage": covered(site).plain()})

    async def in_force(_request: Request) -> Response:
        return answer(await asyncio.to_thread(lambda: site.desk.current().plain()))

    return [
        Route("/status", status, methods=["GET"]),
        Route("/in-force", in_force, methods=["GET"]),
    ]


def _status(site: Site) -> dict[str, Plain]:
    found = site.desk.status()
    return {**found.plain(), "proposal": waiting(site, found.proposal)}


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
