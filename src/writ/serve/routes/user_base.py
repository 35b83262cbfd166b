"""`/user-base`: an organisation's signed word for all of its users."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.law.subjects import ASSURANCES
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Statement(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    def work(form: _Statement) -> dict[str, object]:
        taken = site.user_bases().take_in(envelope_of(form.envelope))
        word = taken.word
        return {
            "organisation": word.organisation,
            "eligible": list(word.eligible),
            "assurance": ASSURANCES[taken.assurance],
            "issued": format_instant(word.issued),
            "until": format_instant(word.until),
            "changed": taken.changed,
        }

    async def take_in(request: Request) -> Response:
        said = await asyncio.to_thread(work, await read_form(request, _Statement))
        return answer(said, applied=await site.settled())

    return [Route("/user-base", take_in, methods=["POST"])]
