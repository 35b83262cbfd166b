"""A rush at the portal: `./dev bench surge [--json] [--quick]`.

1. `line`: 100,000 people in an hour, as many as the June case has, at a portal that lets in less than
   that; on a clock of the bench's own, with the line as it is, and a restart in the middle.
2. `door`: a rush for real, on this machine's clock: people come about three times as fast as they are let in,
   show their key, look at the page as often as it says, and see their question. The portal is
   started anew in the middle.

Told: how fast people came and were let in, how long they were told when they came, against how long
it took until they were called, and who was lost.
"""

import argparse
import asyncio
import heapq
import json
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.worlds.door import ADDRESS, Door, opened_door
from writ.clock import elapsed
from writ.people.keys import Wanted
from writ.portal.line import Line
from writ.portal.waiting import SOONEST, wait_of

PEOPLE, HOUR = 100_000, 3600.0
SURGE = PEOPLE / HOUR
OK, LED = 200, 303
SOON = 60.0
"""Seconds; whoever waits less is told `less than a minute`, and is left out of the comparison."""


@dataclass
class Rush:
    """What became of everybody: came, seconds told (None: cannot be told), seconds waited."""

    came: int = 0
    let_in: int = 0
    most: int = 0
    began: float = 0.0
    ended: float = 0.0
    compared: list[tuple[float, float]] = field(default_factory=list)
    pages: int = 0
    begun_again: int = 0

    def row(self, what: str, offered: float) -> dict[str, object]:
        """Write it as a line of the table."""
        ratios = sorted(told / waited for told, waited in self.compared if waited >= SOON)
        return {
            "what": what,
            "came": self.came,
            "offered_per_second": offered,
            "let_in": self.let_in,
            "let_in_per_second": self.let_in / (self.ended - self.began),
            "longest_line": self.most,
            "waited_a_minute_or_more": len(ratios),
            "told_against_waited": _spread(ratios),
            "pages_per_second": self.pages / (self.ended - self.began),
            "begun_again": self.begun_again,
            "lost": self.came - self.let_in,
        }


def _spread(ratios: Sequence[float]) -> Mapping[str, float] | None:
    if len(ratios) < 2:
        return None
    parts = statistics.quantiles(ratios, n=20)
    return {"p5": parts[0], "median": statistics.median(ratios), "p95": parts[-1]}


def _told(standing: Line, number: int) -> float:
    """Return the seconds from which the page makes its minutes."""
    return (standing.place(number).seconds or 0.0) + SOONEST


@dataclass
class Simulated:
    """Rush 1: events in order of time; whoever waits looks again as often as the page says."""

    path: Path
    people: int
    rate: int
    now: float = 0.0
    rush: Rush = field(default_factory=Rush)

    def run(self) -> Rush:
        """Have everybody come within their hour, and the line opened anew in the middle of it."""
        chance, span = random.Random(7), self.people / SURGE
        self.rush.came = self.people
        events: list[tuple[float, int, float, float]] = [
            (chance.uniform(0.0, span), 0, 0.0, 0.0) for _ in range(self.people)
        ]
        heapq.heapify(events)
        standing = self._opened()
        restart = span / 2
        while events:
            event = heapq.heappop(events)
            self.now = event[0]
            if self.now > restart:
                standing.close()
                standing, restart = self._opened(), float("inf")
            later = self._step(standing, *event[1:])
            if later is not None:
                heapq.heappush(events, later)
        standing.close()
        self.rush.ended = self.now
        return self.rush

    def _opened(self) -> Line:
        return Line(self.path, self.rate, 10_000, lambda: self.now)

    def _step(
        self, standing: Line, number: int, came: float, told: float
    ) -> tuple[float, int, float, float] | None:
        """Have somebody come, or look; return when they look again."""
        rush = self.rush
        rush.pages += 1
        if not number:
            given = standing.join(0)
            if given is None:
                rush.let_in += 1
                return None
            number, came, told = given, self.now, _told(standing, given)
        elif standing.come(number, 0):
            rush.let_in += 1
            rush.compared.append((told, self.now - came))
            return None
        rush.most = max(rush.most, standing.waiting)
        again = wait_of(standing.place(number), standing.waiting).again
        return self.now + again, number, came, told


async def door(opened: Door, offered: float, seconds: float) -> Rush:
    """Rush 2."""
    rush = Rush(began=elapsed())
    people = []
    made = opened.site.registry.keys.create([Wanted("alice")] * round(offered * seconds + 1))
    keys = [text for _, text in made]  # one each: tries are limited by key
    until, restart = rush.began + seconds, rush.began + seconds / 2
    while elapsed() < until:
        rush.came += 1
        key = keys[rush.came % len(keys)]
        people.append(asyncio.create_task(_come(opened, rush, key, rush.came)))
        rush.most = max(rush.most, opened.entrance.line.waiting)
        if elapsed() > restart:
            opened.restart()
            restart = until
        due = rush.began + rush.came / offered
        await asyncio.sleep(max(0.0, due - elapsed()))
    await asyncio.gather(*people)
    rush.ended = elapsed()
    return rush


async def _come(opened: Door, rush: Rush, key: str, number: int) -> None:
    """Show a key, wait as long as it takes, see the question; begin again if a restart cut it short."""
    browser = Browser(opened, rush, {"x-forwarded-for": f"198.51.{number // 250}.{number % 250}"})
    while True:
        await browser.enter(key)
        page = await browser.ask("GET", "/question?model=fable-5")
        if "fable-5" in page.text:
            rush.let_in += 1
            return
        rush.begun_again += 1


@dataclass
class Browser:
    """One visitor's: an address, cookies."""

    opened: Door
    rush: Rush
    who: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)

    async def enter(self, key: str) -> None:
        """Show the key and wait."""
        came, told = elapsed(), 0.0
        answer = await self.ask("POST", "/account", data={"key": key})
        while not answer.headers.get("location", "").endswith("/question"):
            if answer.status_code == OK:
                again = re.search(r'http-equiv="refresh" content="(\d+)"', answer.text)
                if again is None:
                    raise RuntimeError(answer.text)
                await asyncio.sleep(float(again[1]))
            else:
                ticket = self.opened.entrance.read(self.cookies["writ_place"])
                told = _told(self.opened.entrance.line, ticket.number)
            answer = await self.ask("GET", "/waiting")
            if answer.status_code not in {OK, LED}:
                raise RuntimeError(answer.text)
        self.rush.compared.append((told, elapsed() - came))

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send one request."""
        self.rush.pages += 1
        transport = httpx2.ASGITransport(app=self.opened.app, raise_app_exceptions=False)
        sent = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        headers = self.who | {"cookie": sent}
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
            answer = await http.request(method, f"/verify{path}", headers=headers, **more)
        for value in answer.headers.get_list("set-cookie"):
            name, _, text = value.partition("=")
            self.cookies[name] = text.partition(";")[0]
        return answer


def measure(*, quick: bool) -> list[dict[str, object]]:
    """Take every measure once."""
    rate = 5
    with tempfile.TemporaryDirectory() as name:
        begun = elapsed()
        found = Simulated(Path(name) / "line", 1000 if quick else PEOPLE, 24).run()
        first = found.row("line", SURGE) | {"cpu_seconds": elapsed() - begun}
    with (
        tempfile.TemporaryDirectory() as name,
        opened_door(Path(name), portal=f"per_second = {rate}\n") as opened,
    ):
        seconds = 3.0 if quick else 90.0
        second = opened.loop.run_until_complete(door(opened, 3.0 * rate, seconds))
    return [first, second.row("door", second.came / seconds)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="a small rush")
    options = parser.parse_args()
    rows = measure(quick=options.quick)
    if options.json:
        json.dump({"rows": rows}, sys.stdout, indent=2)
        return
    for row in rows:
        print(f"{row['what']}: {row['came']:,} came, {row['offered_per_second']:.1f} a second")
        print(
            f"  let in {row['let_in']:,}, {row['let_in_per_second']:.1f} a second; lost {row['lost']}"
        )
        print(
            f"  longest line {row['longest_line']:,}; {row['pages_per_second']:.0f} pages a second"
        )
        spread = row["told_against_waited"]
        if isinstance(spread, dict):
            print(
                f"  of {row['waited_a_minute_or_more']:,} who waited a minute or more, the time told"
                f" was {spread['median']:.2f} of the time waited ({spread['p5']:.2f} to"
                f" {spread['p95']:.2f})"
            )


if __name__ == "__main__":
    main()
