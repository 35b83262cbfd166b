"""`/evidence/{order}`: everything that shows what was done about an order, in one pack."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.serve.body import Form, answer, read_form
from writ.serve.evidence import export
from writ.serve.gathering import Wish
from writ.serve.site import Site
from writ.signing.form import from_base64, to_base64


class _Wish(Form, frozen=True):
    beside: list[str]
    draw: int
    every: bool
    annexes: bool
    attached: dict[str, str]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def make(request: Request) -> Response:
        form = await read_form(request, _Wish)
        wish = Wish(
            request.path_params["order"],
            frozenset(form.beside),
            form.draw,
            form.every,
            form.annexes,
            {name: from_base64(text, f"`{name}`") for name, text in form.attached.items()},
        )
        return answer({"pack": to_base64(await asyncio.to_thread(export, site, wish))})

    return [Route("/evidence/{order}", make, methods=["POST"])]
