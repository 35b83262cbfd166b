"""The loopback administration listener: is it well, is it ready, and in numbers.

1. `/healthz` says that the process answers; `/readyz` that every gateway serves what is in force,
   and that something is: before the first activation every request is refused.
2. What leaves for people leaves here, to whoever has the token for it (`writ.serve.outbox`).
3. Metrics count; they name gateways and vendors, never people, keys, orders or models.
"""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.desk.fleet import Fleet, Member
from writ.errors import WritError
from writ.gateway.metrics import scrape, socket_of
from writ.ledger.decisions import Decisions
from writ.people.reviews import Reviews
from writ.people.vendors.erasures import Erasures
from writ.serve.body import answer
from writ.serve.outbox import outbox_routes
from writ.serve.problem import expected, unforeseen
from writ.serve.site import Site
from writ.serve.supervisor import Supervisor


class _Numbers(Collector):
    def __init__(self, site: Site, fleet: Fleet, supervisor: Supervisor) -> None:
        self._site = site
        self._fleet = fleet
        self._supervisor = supervisor

    def collect(self) -> Iterator[Metric]:
        """Read the numbers as they are now."""
        yield GaugeMetricFamily(
            "writ_epoch", "Epoch in force at the desk.", value=self._site.desk.current().epoch
        )
        yield CounterMetricFamily(
            "writ_gateway_restarts",
            "Times the gateway was started again.",
            value=self._supervisor.restarts,
        )
        connected = GaugeMetricFamily(
            "writ_gateway_connected", "Whether a gateway is connected.", labels=["gateway"]
        )
        applied = GaugeMetricFamily(
            "writ_gateway_epoch", "Epoch a gateway has applied.", labels=["gateway"]
        )
        for member in self._fleet.members():
            connected.add_metric([member.name], float(member.connected))
            applied.add_metric([member.name], member.epoch)
        yield connected
        yield applied
        yield from _erasures(self._site.config.erasures)
        yield from _reviews(self._site.registry.reviews)
        yield from _receipts(self._site.ledger.decisions)


def _receipts(decisions: Decisions) -> Iterator[Metric]:
    """Say whether receipts are missing."""
    yield GaugeMetricFamily(
        "writ_receipts_lost",
        "Whether receipts went missing before the log had them; stays 0.",
        value=float(decisions.lost),
    )


def _reviews(reviews: Reviews) -> Iterator[Metric]:
    """Count what waits for people to decide."""
    opened, overdue = reviews.waiting()
    yield GaugeMetricFamily("writ_reviews_open", "Reviews that two people decide.", value=opened)
    yield GaugeMetricFamily(
        "writ_reviews_overdue", "Reviews that are past their time.", value=overdue
    )


def _erasures(folder: Path) -> Iterator[Metric]:
    """Count what vendors have yet to forget, of whoever looks at documents here or once did."""
    waiting = GaugeMetricFamily(
        "writ_vendor_erasures", "Sessions that a vendor has yet to forget.", labels=["vendor"]
    )
    refused = GaugeMetricFamily(
        "writ_vendor_erasures_refused",
        "Sessions that a vendor was asked to forget and did not.",
        labels=["vendor"],
    )
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        count = Erasures(place).count()
        waiting.add_metric([place.name], float(count.sessions))
        refused.add_metric([place.name], float(count.refused))
    yield waiting
    yield refused


def admin_app(site: Site, fleet: Fleet, supervisor: Supervisor) -> Starlette:
    """Put the administration listener together."""
    numbers = CollectorRegistry(auto_describe=False)
    numbers.register(_Numbers(site, fleet, supervisor))

    async def metrics(_request: Request) -> Response:
        config = site.config
        counted = await scrape(socket_of(config.folder, config.gateway_name))
        return Response(generate_latest(numbers) + counted, media_type=CONTENT_TYPE_LATEST)

    async def healthz(_request: Request) -> Response:
        return answer({"well": True})

    async def readyz(_request: Request) -> Response:
        epoch = site.desk.current().epoch
        late = [item.name for item in fleet.members() if not serves(item, epoch)]
        ready = epoch > 0 and not late
        return answer({"ready": ready, "epoch": epoch, "late": late}, 200 if ready else 503)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *outbox_routes(site),
        ],
        exception_handlers={WritError: expected, Exception: unforeseen},
    )


def serves(member: Member, epoch: int) -> bool:
    """Whether a gateway is connected and has applied the epoch in force (0: there is none yet)."""
    return member.connected and member.epoch >= epoch
