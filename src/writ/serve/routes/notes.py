"""`/proposals/{id}/notes`: signed words about a proposal: reports, second encodings, skips."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.desk.notes import read_note
from writ.serve.body import read_form
from writ.serve.routes.proposals import made_ready
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def note(request: Request) -> Response:
        said = read_note(await read_form(request, dict[str, object]))
        await asyncio.to_thread(site.desk.note, request.path_params["id"], said)
        return await made_ready(site)

    return [Route("/proposals/{id}/notes", note, methods=["POST"])]
