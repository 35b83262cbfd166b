"""`/signers`: when each person last gave a sign of life, and their confirmations that they can be reached."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.canonical import Plain
from writ.clock import format_instant
from writ.desk.signers import SignersBook
from writ.serve.body import Form, answer, read_form
from writ.serve.covered import points
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    book = SignersBook(site.store, site.trust, site.clock)

    def found() -> dict[str, Plain]:
        return {
            "at": format_instant(site.clock.now()),
            "needed": site.trust.signers,
            "people": [item.plain() for item in book.listed()],
            "points": list(points(site)),
        }

    async def listed(_request: Request) -> Response:
        return answer(await asyncio.to_thread(found))

    async def confirm(request: Request) -> Response:
        form = await read_form(request, _Word)
        by = await asyncio.to_thread(book.confirm, envelope_of(form.envelope))
        return answer({"confirmed": by, **await asyncio.to_thread(found)})

    return [
        Route("/signers", listed, methods=["GET"]),
        Route("/signers/confirmations", confirm, methods=["POST"]),
    ]
