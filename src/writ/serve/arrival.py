"""How a new epoch came into force: told to whoever made it, once it is.

1. The answer waits until every gateway has applied the epoch, or may no longer decide.
2. With no gateways served from here, the epoch waits for the server to start.
3. What gateways do not cover is said with it (see `writ.study.coverage`).
"""

import asyncio

from writ.serve.covered import covered
from writ.serve.site import Site


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
    names = sorted({*arrived.acknowledged, *arrived.lapsed})
    gateways = [{"name": name, "acknowledged_ms": arrived.acknowledged.get(name)} for name in names]
    return {
        **report,
        "served": True,
        "in_force_ms": arrived.in_force_ms,
        "streams_cut": arrived.streams_cut,
        "gateways": gateways,
    }
