"""How a new epoch came into force: told to whoever made it, once it is.

1. The answer waits until every gateway has applied the epoch, or may no longer decide.
2. How it came is recorded before the answer.
3. With no gateways served from here, the epoch waits for the server to start, which records it.
4. What gateways do not cover is said with it (see `writ.study.coverage`).
"""

import asyncio

from writ.desk.fleet import InForce
from writ.desk.results import Results
from writ.serve.covered import covered
from writ.serve.site import Site


def record(site: Site, arrived: InForce) -> None:
    """Record how the epoch at the desk came into force; a later one has its own answer."""
    force = site.desk.current()
    if force.epoch == arrived.epoch and force.digest is not None:
        Results(site.store, site.trust, site.clock).record_arrival(
            arrived, force.digest, covered(site).plain()
        )


async def arrival(site: Site, since: float) -> dict[str, object]:
    """Wait for the epoch just made and report; `since` is the elapsed instant it was asked for."""
    status = await asyncio.to_thread(site.desk.status)
    report: dict[str, object] = {
        "epoch": status.epoch,
        "rules_digest": status.rules_digest,
        "coverage": covered(site).plain(),
    }
    if site.feed is None:
        return {**report, "served": False, "in_force_ms": None, "streams_cut": 0, "gateways": []}
    arrived = await site.feed.activated(since)
    await asyncio.to_thread(record, site, arrived)
    names = sorted({*arrived.acknowledged, *arrived.lapsed})
    gateways = [{"name": name, "acknowledged_ms": arrived.acknowledged.get(name)} for name in names]
    return {
        **report,
        "served": True,
        "in_force_ms": arrived.in_force_ms,
        "streams_cut": arrived.streams_cut,
        "gateways": gateways,
    }
