"""`/determinations`: a file that an employer signed for, taken in whole or not at all."""

import asyncio
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.people.employers.roster import read_roster, signed_by, signed_for
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _File(Form, frozen=True):
    file: str
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    def work(form: _File) -> dict[str, object]:
        data, envelope = form.file.encode(), envelope_of(form.envelope)
        organisation = signed_for(envelope, data)
        keys = {item.shown: item for item in site.employers().keys(organisation)}
        credential = keys[signed_by(envelope, keys)]
        rows = read_roster(data, organisation, site.clock.now())
        taken = site.personnel().take_in(credential, rows)
        return {"organisation": organisation, **asdict(taken)}

    async def take_in(request: Request) -> Response:
        said = await asyncio.to_thread(work, await read_form(request, _File))
        return answer(said, applied=await site.settled())

    return [Route("/determinations", take_in, methods=["POST"])]
