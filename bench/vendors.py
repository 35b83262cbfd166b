"""Notices taken and documents found a second: `./dev bench vendors [--json] [--quick]`.

1. A notice, signed and read, beside the HMAC of those bytes alone, which is
   the least that anybody can do.
2. An attempt from its beginning to the finding, over TLS to a house on this machine that speaks as
   Persona does (three calls), beside one bare call of that house.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from tests.worlds.idv import PERSONA_KEY, SECRET, TEMPLATE, US_PASSPORT, House, house
from tests.worlds.wallet import Standing, question
from writ.clock import wall
from writ.people.fetch import Outgoing
from writ.people.https import HttpsFetch, inside
from writ.people.methods import Arrival, Finding, Session
from writ.people.vendors.access import Access
from writ.people.vendors.erasures import Erasures
from writ.people.vendors.opened import open_service
from writ.people.vendors.vendor import Vendor


async def rate(work: Callable[[], Awaitable[object]], seconds: float) -> float:
    """Return how often a second some work is done, over at least so many seconds."""
    await work()
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        await work()
        count += 1
    return count / spent


async def measure(opened: House, folder: Path, seconds: float) -> list[dict[str, object]]:
    """Take every measure once."""
    fetch = HttpsFetch(opened.context, inside)
    access = Access(
        "persona", opened.address, PERSONA_KEY, (SECRET,), TEMPLATE, "approved", 2, test=False
    )
    method = Vendor(open_service(access, fetch), 2, Erasures(folder), Standing())
    numbers = iter(range(10**9))

    async def attempt() -> None:
        asked = replace(question(), subject=str(next(numbers)))
        session = Session(asked, "https://verify.example/verify/from/a", 0.0)
        await method.begin(session, "en")
        code = opened.show("approved", US_PASSPORT).back.partition("code=")[2]
        arrival = Arrival("return", browser=True, fields={"code": code})
        assert isinstance(await method.hear(session, arrival), Finding)

    async def call() -> None:
        answer = await fetch.send(Outgoing(f"{opened.address}/v1/x", verb="GET"), 10_000)
        assert answer.status == 401

    attempts, calls = await rate(attempt, seconds), await rate(call, seconds)
    headers, body = opened.persona_event(opened.show("approved", US_PASSPORT), wall())

    async def notice() -> None:
        method.notice(headers, body)

    async def bare() -> None:
        hmac.new(SECRET, body, hashlib.sha256).hexdigest()

    notices, macs = await rate(notice, seconds), await rate(bare, seconds)
    return [
        {"work": "notice", "a_second": round(notices), "of_hmac_alone": round(notices / macs, 3)},
        {"work": "attempt", "a_second": round(attempts), "of_a_call": round(attempts / calls, 3)},
    ]


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    seconds = 0.3 if options.quick else 3.0
    with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as opened:
        found = asyncio.run(measure(opened, Path(folder) / "erasures", seconds))
    if options.json:
        print(json.dumps(found))
        return
    for row in found:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
