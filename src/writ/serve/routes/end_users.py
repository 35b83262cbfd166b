"""`/end-users`: whom organisations mean by the names they assert."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.people.end_users import EndUser
from writ.serve.body import Flowing, Form, answer, listed, read_form
from writ.serve.site import Site


class _EndUser(Form, frozen=True):
    organisation: str
    sub: str
    subject: str


class _EndUsers(Form, frozen=True):
    end_users: list[_EndUser]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def add(request: Request) -> Response:
        form = await read_form(request, _EndUsers)
        wanted = [EndUser(item.organisation, item.sub, item.subject) for item in form.end_users]
        new = await asyncio.to_thread(site.registry.end_users.add, wanted)
        return answer({"added": new, "known": len(wanted) - new}, applied=await site.settled())

    async def every(_request: Request) -> Response:
        return await Flowing.begun(listed("end_users", site.registry.end_users.all))

    return [
        Route("/end-users", add, methods=["POST"]),
        Route("/end-users", every, methods=["GET"]),
    ]
