"""`/holds`: one authorised person's signed word that a model stops, obeyed before it is answered."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import elapsed
from writ.serve.arrival import arrival
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Hold(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def hold(request: Request) -> Response:
        form = await read_form(request, _Hold)
        since = elapsed()
        await asyncio.to_thread(site.desk.hold, envelope_of(form.envelope))
        return answer(await arrival(site, since))

    return [Route("/holds", hold, methods=["POST"])]
