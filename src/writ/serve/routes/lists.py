"""`/lists`: lists of whom an order affects: asked for, approved by another, handed out once."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.desk.lists import Lists
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    lists = Lists(site.store, site.registry, site.trust, site.clock)

    async def listed(_request: Request) -> Response:
        return answer({"requests": await asyncio.to_thread(lists.listed)})

    async def one(request: Request) -> Response:
        found = await asyncio.to_thread(lists.find, request.path_params["id"])
        return answer(found.plain())

    async def ask(request: Request) -> Response:
        envelope = envelope_of((await read_form(request, _Word)).envelope)
        found = await asyncio.to_thread(lists.request, site.desk.current(), envelope)
        return answer(found.plain())

    async def approve(request: Request) -> Response:
        envelope = envelope_of((await read_form(request, _Word)).envelope)
        return answer((await asyncio.to_thread(lists.approve, envelope)).plain())

    async def export(request: Request) -> Response:
        name = request.path_params["id"]
        data, recorded = await asyncio.to_thread(lists.export, site.desk.current(), name)
        return answer({**recorded, "csv": data.decode()})

    return [
        Route("/lists", listed, methods=["GET"]),
        Route("/lists", ask, methods=["POST"]),
        Route("/lists/approvals", approve, methods=["POST"]),
        Route("/lists/{id}", one, methods=["GET"]),
        Route("/lists/{id}/export", export, methods=["POST"]),
    ]
