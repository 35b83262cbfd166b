"""`/results`: how epochs came into force, and drills, as they stand on record."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.desk.results import Results, drill_plain
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    results = Results(site.store, site.trust, site.clock)

    def found() -> dict[str, object]:
        return {"epochs": results.arrivals(), "drills": results.drills()}

    async def listed(_request: Request) -> Response:
        return answer(await asyncio.to_thread(found))

    async def drilled(request: Request) -> Response:
        envelope = envelope_of((await read_form(request, _Word)).envelope)
        return answer(drill_plain(await asyncio.to_thread(results.record_drill, envelope)))

    return [
        Route("/results", listed, methods=["GET"]),
        Route("/results/drills", drilled, methods=["POST"]),
    ]
