"""`/facts`: JSON Lines of attestations, or of facts that the operator answers for.

1. `?operator` signs unsigned lines with the operator's key; without it they are faults.
2. `?skip_bad` takes the good lines in although others are bad.
3. `?ahead` takes them in as pre-verified. What is to be deleted, of those and of others that have
   ended, is told, and deleted when asked for, unless a duty to preserve suspends that.
4. `?rented` revokes a fact with all that rests on its credential, which is never taken again.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.errors import InvalidInput
from writ.people.attestations import Report
from writ.serve.body import answer, read_bytes
from writ.serve.ended import erase_ended
from writ.serve.site import Site


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def take_in(request: Request) -> Response:
        lines = await read_bytes(request)
        operator = "operator" in request.query_params
        skip_bad = "skip_bad" in request.query_params
        ahead = "ahead" in request.query_params

        def work() -> Report:
            pair = site.operator() if operator else None
            return site.registry.facts.take_in(lines, pair, skip_bad=skip_bad, ahead=ahead)

        report = await asyncio.to_thread(work)
        return answer(report, applied=await site.settled())

    async def revoke(request: Request) -> Response:
        name = request.path_params["id"]
        digest = _digest(name)
        if "rented" in request.query_params:
            await asyncio.to_thread(site.decided().rented, digest)
        subject = await asyncio.to_thread(site.registry.facts.revoke, digest)
        return answer({"revoked": name, "subject": subject}, applied=await site.settled())

    async def due(_request: Request) -> Response:
        found = await asyncio.to_thread(site.retention().due)
        rows = [{"id": item.id.hex(), "since": format_instant(item.since)} for item in found]
        return answer({"due": rows, "deleted": 0})

    async def delete_due(_request: Request) -> Response:
        found = await asyncio.to_thread(erase_ended, site)
        return answer({"due": [], "deleted": found.facts}, applied=await site.settled())

    return [
        Route("/facts", take_in, methods=["POST"]),
        Route("/facts/due", due, methods=["GET"]),
        Route("/facts/due/delete", delete_due, methods=["POST"]),
        Route("/facts/{id}/revoke", revoke, methods=["POST"]),
    ]


def _digest(name: str) -> bytes:
    try:
        return bytes.fromhex(name)
    except ValueError:
        raise InvalidInput(f"`{name}` is not an attestation's id; those are hex") from None
