"""`/uncovered`: an event, with the commitment that shows since when it stood there."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.note import Note, read_note


class _Wish(Form, frozen=True):
    event: int
    seen: str | None


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def uncover(request: Request) -> Response:
        form = await read_form(request, _Wish)
        seen = None if form.seen is None else read_note(form.seen.encode())
        data = await asyncio.to_thread(_uncover, site, form.event, seen)
        return answer({"uncovered": data.decode()})

    return [Route("/uncovered", uncover, methods=["POST"])]


def _uncover(site: Site, event: int, seen: Note | None) -> bytes:
    """Uncover an event, unless a seal holds: what is uncovered is made to be shown."""
    site.seals.standing().check()
    return site.ledger.cover.uncover(event, seen)
