"""`/proposals`: orders submitted, looked at, signed and put in force.

Signatures were made on their owners' machines; here they are only checked.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import elapsed
from writ.desk.proposal import read_submission
from writ.errors import Refused
from writ.serve.arrival import arrival
from writ.serve.body import Form, answer, read_form
from writ.serve.impact import impact, waiting
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Signature(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def docket(_request: Request) -> Response:
        found = await asyncio.to_thread(site.desk.docket)
        if found is None:
            raise Refused("no proposal is open; `writ submit` opens one")
        return answer({**found.plain(), "impact": await asyncio.to_thread(impact, site)})

    async def submit(request: Request) -> Response:
        submission = read_submission(await read_form(request, dict[str, object]))
        replace = "replace" in request.query_params
        await asyncio.to_thread(site.desk.submit, submission, replace=replace)
        return await _waiting(site)

    async def sign(request: Request) -> Response:
        form = await read_form(request, _Signature)
        name = request.path_params["id"]
        await asyncio.to_thread(site.desk.sign, name, envelope_of(form.envelope))
        return await made_ready(site)

    async def activate(request: Request) -> Response:
        since = elapsed()
        await asyncio.to_thread(site.desk.activate, request.path_params["id"])
        return answer(await arrival(site, since))

    return [
        Route("/proposals/open", docket, methods=["GET"]),
        Route("/proposals", submit, methods=["POST"]),
        Route("/proposals/{id}/signatures", sign, methods=["POST"]),
        Route("/proposals/{id}/activate", activate, methods=["POST"]),
    ]


async def made_ready(site: Site) -> Response:
    """Say what waits, after a change; what could be activated now is made ready at the gateways."""
    approved = await asyncio.to_thread(site.desk.approved)
    if site.feed is not None and approved is not None:
        await site.feed.prepare(approved)
    return await _waiting(site)


async def _waiting(site: Site) -> Response:
    return answer(await asyncio.to_thread(lambda: waiting(site, site.desk.status().proposal)))
