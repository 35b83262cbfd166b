"""`/exposure/{order}`: who was served on an order's models before gateways knew of the order."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.desk.exposure import exposed
from writ.ledger.exposure import served
from writ.serve.body import answer
from writ.serve.site import Site
from writ.store.receipts import read_receipts


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    def found(order: str) -> dict[str, object]:
        span = exposed(site.store, order)
        site.ledger.decisions.take_in()
        with site.store.view() as connection:
            lines = (row.bytes for row in read_receipts(connection))
            users, broken = served(lines, span.models, span.since, span.epoch)
        if span.since == span.until:
            users = ()
        return {
            "order": order,
            "models": span.models,
            "effective": format_instant(span.since),
            "in_force": format_instant(span.until),
            "epoch": span.epoch,
            "served": [
                {
                    "who": item.who,
                    "model": item.model,
                    "requests": item.requests,
                    "first": format_instant(item.first),
                    "last": format_instant(item.last),
                }
                for item in users
            ],
            "unrecorded": [
                {
                    "model": gap.model,
                    "from": format_instant(gap.since),
                    "until": format_instant(gap.until),
                }
                for gap in span.gaps
            ],
            "unserved_until": None
            if span.unserved_until is None
            else format_instant(span.unserved_until),
            "broken_off": list(map(format_instant, broken)),
        }

    async def show(request: Request) -> Response:
        return answer(await asyncio.to_thread(found, request.path_params["order"]))

    return [Route("/exposure/{order}", show, methods=["GET"])]
