"""Deletes what has ended, while the deployment serves, and whenever somebody asks for it.

1. A duty to preserve facts or subjects suspends all of it, as it suspends forgetting somebody.
2. It is looked for at the start and every hour. What fails is logged, and tried again.
"""

import asyncio
from dataclasses import asdict

import structlog

from writ.desk.duties import Duties
from writ.errors import Refused, WritError
from writ.model.duty import Record
from writ.people.retention import Erased
from writ.serve.site import Site

RECORDS: tuple[Record, ...] = ("facts", "subjects")
"""What is deleted, as duties to preserve name it."""


def erase_ended(site: Site) -> Erased:
    """Delete what is due; Refused while a duty says to preserve it (rule 1)."""
    duties = Duties(site.store, site.trust, site.clock)
    for records in RECORDS:
        duties.check_erasure(site.desk.current(), records)
    return site.retention().erase()


async def keep_erasing(site: Site, every: float) -> None:
    """Delete what is due until cancelled (rule 2); the log says how much, and not whose."""
    while True:
        try:
            found = await asyncio.to_thread(erase_ended, site)
        except Refused as refused:
            structlog.get_logger().info("what has ended is kept", why=str(refused))
        except WritError as error:
            structlog.get_logger().error("what has ended is not deleted", why=str(error))
        else:
            if any(asdict(found).values()):
                structlog.get_logger().info("what has ended is deleted", **asdict(found))
        await asyncio.sleep(every)
