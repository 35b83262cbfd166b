"""`/notices`: who is due a notice, sending them, and how many wait to be taken away."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import answer
from writ.serve.outbox import make_token
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    notices = site.notices()

    async def preview(request: Request) -> Response:
        order = request.query_params.get("order")
        return answer(await asyncio.to_thread(notices.preview, site.desk.current(), order))

    async def send(request: Request) -> Response:
        order = request.query_params.get("order")
        return answer(await asyncio.to_thread(notices.send, site.desk.current(), order))

    async def status(_request: Request) -> Response:
        return answer(await asyncio.to_thread(notices.status))

    async def token(_request: Request) -> Response:
        return answer({"token": await asyncio.to_thread(make_token, site.config.folder)})

    return [
        Route("/notices", status, methods=["GET"]),
        Route("/notices/due", preview, methods=["GET"]),
        Route("/notices", send, methods=["POST"]),
        Route("/notices/token", token, methods=["POST"]),
    ]
