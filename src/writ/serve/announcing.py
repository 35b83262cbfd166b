"""Has endings told of, once a day, while the deployment serves and somebody takes notices away.

1. Without a token for the outbox nobody does, and nothing is put there by itself.
2. Each ending is told once; what fails is logged, and told the next day.
"""

import asyncio

import structlog

from writ.errors import WritError
from writ.serve.outbox import TOKEN
from writ.serve.site import Site

DAILY = 86_400.0


async def keep_announcing(site: Site, after: float, every: float = DAILY) -> None:
    """Put what is due into the outbox until cancelled, for the first time some seconds from now."""
    await asyncio.sleep(after)
    while True:
        try:
            told = await asyncio.to_thread(announce, site)
        except WritError as error:
            structlog.get_logger().error("endings not told of", why=str(error))
        else:
            if told:
                structlog.get_logger().info("endings told of", notices=told)
        await asyncio.sleep(every)


def announce(site: Site) -> int:
    """Put notices of endings into the outbox, if it is emptied (rule 1); return how many."""
    force = site.desk.current()
    if force.book is None or not (site.config.folder / TOKEN).exists():
        return 0
    return site.notices().send_endings(force)
