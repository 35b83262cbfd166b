"""`/employers`: how employers show who they are. A token's text is in the answer to its making alone."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.law.subjects import ASSURANCES
from writ.people.employers.credentials import Credential, Wanted
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.keys import read_public, write_public


class _Wanted(Form, frozen=True):
    organisation: str
    assurance: int
    enrols: bool = False
    public: str | None = None


class _Name(Form, frozen=True):
    id: str
    determined: bool = False


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    employers = site.employers()

    async def add(request: Request) -> Response:
        form = await read_form(request, _Wanted)
        public = None if form.public is None else read_public(form.public)
        wanted = Wanted(form.organisation, form.assurance, form.enrols, public)
        made, text = await asyncio.to_thread(employers.add, wanted)
        return answer({**_plain(made), "text": text}, 201)

    async def every(_request: Request) -> Response:
        found = await asyncio.to_thread(employers.all)
        return answer({"employers": [_plain(item) for item in found]})

    async def revoke(request: Request) -> Response:
        form = await read_form(request, _Name)
        gone = await asyncio.to_thread(employers.revoke, form.id)
        taken = 0
        if form.determined:
            taken = await asyncio.to_thread(site.personnel().take_back, form.id)
        return answer({**_plain(gone), "taken_back": taken}, applied=await site.settled())

    return [
        Route("/employers", add, methods=["POST"]),
        Route("/employers", every, methods=["GET"]),
        Route("/employers/revoke", revoke, methods=["POST"]),
    ]


def _plain(item: Credential) -> dict[str, object]:
    return {
        "id": item.id,
        "organisation": item.organisation,
        "kind": item.kind,
        "public": write_public(item.shown) if item.kind == "key" else None,
        "assurance": ASSURANCES[item.assurance],
        "enrols": item.enrols,
        "added_at": format_instant(item.added_at),
        "revoked_at": None if item.revoked_at is None else format_instant(item.revoked_at),
    }
