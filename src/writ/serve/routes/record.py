"""`/record`: the public record, built; and what people say in it of an order."""

import asyncio
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.ledger.record.statements import Statements
from writ.serve.body import Form, answer, read_form
from writ.serve.record import build, check_known
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    statements = Statements(site.store, site.trust, site.clock)

    async def make(_request: Request) -> Response:
        return answer(asdict(await asyncio.to_thread(build, site)))

    async def count(request: Request) -> Response:
        order = request.path_params["order"]
        await asyncio.to_thread(check_known, site, order)
        number = await asyncio.to_thread(statements.count, order)
        return answer({"order": order, "statements": number})

    async def say(request: Request) -> Response:
        envelope = envelope_of((await read_form(request, _Word)).envelope)
        said = await asyncio.to_thread(statements.take, envelope)
        return answer(said.plain())

    return [
        Route("/record", make, methods=["POST"]),
        Route("/record/statements", say, methods=["POST"]),
        Route("/record/statements/{order}", count, methods=["GET"]),
    ]
