"""Signals as the control process takes them from the portal: proved here again, carried out at once.

1. The portal hands on what came, and is not believed: a SET is signed by its transmitter, or nothing
   happens. Nobody is told whether somebody fell.
2. The answer waits until every gateway goes by what is left.
3. An event that nobody here knows is logged and counted, and takes nothing back.
4. Sign-ins that the signal says are over end with it (`writ.serve.passes`); the log says how many.
"""

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import wall
from writ.errors import Refused
from writ.people.https import HttpsFetch
from writ.people.signals.keysets import KeySets
from writ.people.signals.sets import read_set
from writ.people.signals.transmitters import load_transmitters
from writ.serve.body import Form, answer, read_form
from writ.serve.passes import Passes
from writ.serve.site import Site


class _Signal(Form, frozen=True):
    transmitter: str
    set: str


def signal_routes(site: Site, passes: Passes) -> list[Route]:
    """Return the route, where there are transmitters."""
    if site.config.signals is None:
        return []
    transmitters = load_transmitters(site.config.signals)
    keys = KeySets(HttpsFetch())

    async def signal(request: Request) -> Response:
        form = await read_form(request, _Signal)
        sender = transmitters.get(form.transmitter)
        if sender is None:
            raise Refused("no such transmitter is registered here")
        now = wall()
        found = await read_set(form.set, sender, keys, now)
        fallen = await asyncio.to_thread(site.registry.signals.take, found, now - found.issued_at)
        if found.bearing.unknown:
            structlog.get_logger().warning(
                "signal not known", transmitter=sender.name, signal=found.bearing.event
            )
        ended = passes.end(found)
        if ended:
            structlog.get_logger().info("sign-ins ended", transmitter=sender.name, ended=ended)
        return answer({"taken": True}, applied=not fallen or await site.settled())

    return [Route("/signal", signal, methods=["POST"])]
