"""`/keys`: API keys. A key's text is in the answer to its making, and nowhere else."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.people.keys import Wanted
from writ.serve.body import Flowing, Form, answer, listed, read_form
from writ.serve.routes.subjects import key_plain
from writ.serve.site import Site


class _Wanted(Form, frozen=True):
    requester: str
    organisation: str | None = None
    refuses_substitutes: bool = False


class _Keys(Form, frozen=True):
    keys: list[_Wanted]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def create(request: Request) -> Response:
        form = await read_form(request, _Keys)
        wanted = [
            Wanted(item.requester, item.organisation, item.refuses_substitutes)
            for item in form.keys
        ]
        made = await asyncio.to_thread(site.registry.keys.create, wanted)
        return answer(
            {"keys": [{**key_plain(key), "text": text} for key, text in made]},
            201,
            applied=await site.settled(),
        )

    async def every(_request: Request) -> Response:
        return await Flowing.begun(listed("keys", lambda: map(key_plain, site.registry.keys.all())))

    async def revoke(request: Request) -> Response:
        key = await asyncio.to_thread(site.registry.keys.revoke, request.path_params["id"])
        return answer(key_plain(key), applied=await site.settled())

    return [
        Route("/keys", create, methods=["POST"]),
        Route("/keys", every, methods=["GET"]),
        Route("/keys/{id}/revoke", revoke, methods=["POST"]),
    ]
