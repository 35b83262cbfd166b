"""`/reviews`: what people are to decide about people, and reviewers' signed words."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import Instant, format_instant
from writ.people.reviews import Given, Review
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.dsse import envelope_of


class _Word(Form, frozen=True):
    envelope: dict[str, object]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""
    reviews = site.registry.reviews

    async def every(_request: Request) -> Response:
        found = await asyncio.to_thread(reviews.all)
        now = site.clock.now()
        return answer({"reviews": [review_plain(item, now) for item in found]})

    async def one(request: Request) -> Response:
        found = await asyncio.to_thread(reviews.find, request.path_params["id"])
        return answer(review_plain(found, site.clock.now()))

    async def give(request: Request) -> Response:
        form = await read_form(request, _Word)

        def work() -> Review:
            given = reviews.give(envelope_of(form.envelope))
            return site.decided().settle(given.id)

        found = await asyncio.to_thread(work)
        plain = review_plain(found, site.clock.now())
        return answer(plain, applied=await site.settled())

    async def rates(_request: Request) -> Response:
        return answer({"rates": await asyncio.to_thread(reviews.rates)})

    return [
        Route("/reviews", every, methods=["GET"]),
        Route("/reviews/opinions", give, methods=["POST"]),
        Route("/reviews/rates", rates, methods=["GET"]),
        Route("/reviews/{id}", one, methods=["GET"]),
    ]


def review_plain(found: Review, now: Instant) -> dict[str, object]:
    """Write a review as reviewers see it."""
    return {
        "id": found.id,
        "subject": found.subject,
        "kind": found.kind,
        "document": found.document,
        "asked": found.asked,
        "about": found.about,
        "opened_at": format_instant(found.opened_at),
        "due_at": format_instant(found.due_at),
        "overdue": found.state == "open" and found.due_at <= now,
        "state": found.state,
        "opinions": [_opinion(item) for item in found.opinions],
    }


def _opinion(item: Given) -> dict[str, object]:
    return {
        "by": item.by,
        "accept": item.said.accept,
        "reason": item.said.reason,
        "seen": item.said.seen,
        "at": format_instant(item.at),
    }
