"""`/audits`: decisions drawn for people to look at, and what they found."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.errors import InvalidInput
from writ.ledger.sampling.report import Report, Reports
from writ.ledger.sampling.sample import Wish, draw
from writ.ledger.sampling.sheet import Mark
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Marks(Form, frozen=True):
    """Marks by entry; without an envelope they are counted and not recorded."""

    marks: dict[str, Mark]
    envelope: dict[str, object] | None


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    reports = Reports(site.store, site.trust, site.clock)

    async def sample(request: Request) -> Response:
        wish = await read_form(request, Wish)
        number, drawn = await asyncio.to_thread(draw, site.ledger.decisions, wish, site.clock.now())
        found = [
            {"entry": item.entry, "outcome": item.outcome, "receipt": item.receipt}
            for item in drawn
        ]
        return answer({"sample": number, "drawn": found})

    async def report(request: Request) -> Response:
        form = await read_form(request, _Marks)
        number = int(request.path_params["sample"])
        try:
            marks = {int(entry): mark for entry, mark in form.marks.items()}
        except ValueError:
            raise InvalidInput("marks are of entries, by their numbers") from None
        if form.envelope is None:
            found: Report = await asyncio.to_thread(reports.report, number, marks)
        else:
            envelope = envelope_of(form.envelope)
            found = await asyncio.to_thread(reports.record, number, marks, envelope)
        return answer(msgspec.to_builtins(found))

    return [
        Route("/audits", sample, methods=["POST"]),
        Route("/audits/{sample:int}/reports", report, methods=["POST"]),
    ]
