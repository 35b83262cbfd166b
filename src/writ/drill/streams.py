"""Streams that are open while something changes: which are held, and what became of them.

1. Held are streams whose outcome before the change is permit and after it permit, deny or verify;
   those first that must end, then those that must not, on touched and untouched models alike.
2. One that must end has to, by the dialect's own error, soon after the last acknowledgement; one
   that must not has to speak again after it.
3. Models under a rule that lets streams run on for a while are left out.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from writ.clock import Instant
from writ.drill.folder import CaseFolder
from writ.drill.population import Party
from writ.drill.probe import Held
from writ.drill.record import Change, Watch
from writ.drill.traffic import Traffic
from writ.model.outcome import Outcome

MOST_CUT = 48
MOST_SPARED = 48
PATIENCE = 5.0
"""Seconds in which a stream that must end has to, and one that must not has to speak."""


@dataclass(frozen=True, slots=True)
class Open:
    """One open stream and what must become of it."""

    party: Party
    model: str
    expected: Literal["spared", "cut"]
    held: Held


async def open_streams(
    traffic: Traffic, parties: Mapping[str, Party], before: Instant, after: Instant
) -> list[Open]:
    """Open the streams to hold over the step from one instant to the next (rule 1)."""
    wanted = _wanted(traffic.folder, before, after)
    if not any(expected == "cut" for _, _, expected in wanted):
        return []
    opened: list[Open] = []

    async def one(case: str, model: str, expected: Literal["spared", "cut"]) -> None:
        held = await traffic.hold(parties[case], model)
        if held is not None:
            opened.append(Open(parties[case], model, expected, held))

    async with asyncio.TaskGroup() as group:
        for case, model, expected in wanted:
            group.create_task(one(case, model, expected))
    return opened


async def watch(traffic: Traffic, streams: Iterable[Open], change: Change) -> list[Watch]:
    """See what becomes of each stream after a change, write it down, and let go of it."""
    instant = traffic.zero + change.to_ms / 1000
    watched: list[Watch] = []

    async def one(item: Open) -> None:
        fate = await (
            item.held.until_ended(PATIENCE)
            if item.expected == "cut"
            else item.held.until_later_than(instant, PATIENCE)
        )
        ended = item.held.ended
        line = Watch(
            party=item.party.number,
            case=item.party.case,
            model=item.model,
            dialect=item.held.dialect,
            change=change.number,
            expected=item.expected,
            fate=fate,
            ended_ms=None if ended is None else traffic.ms(ended),
            touched=item.model in traffic.touched,
            note=item.held.note,
        )
        traffic.journal.write(line)
        watched.append(line)
        await item.held.close()

    async with asyncio.TaskGroup() as group:
        for item in streams:
            group.create_task(one(item))
    return watched


def _wanted(
    folder: CaseFolder, before: Instant, after: Instant
) -> list[tuple[str, str, Literal["spared", "cut"]]]:
    draining = {
        model
        for active in folder.book.rules_at(after)
        if active.rule.in_flight.drain
        for model in active.rule.models
    }
    cut: list[tuple[str, str, Literal["spared", "cut"]]] = []
    spared: list[tuple[str, str, Literal["spared", "cut"]]] = []
    for case, model in folder.expected.at[before]:
        then = folder.expected.outcome(case, model, after)
        if folder.expected.outcome(case, model, before) is not Outcome.PERMIT or then is None:
            continue
        if then is Outcome.PERMIT:
            spared.append((case, model, "spared"))
        elif then is not Outcome.SUBSTITUTE and model not in draining:
            cut.append((case, model, "cut"))
    return [*_spread(cut, MOST_CUT), *_spread(spared, MOST_SPARED)]


def _spread(
    items: list[tuple[str, str, Literal["spared", "cut"]]], most: int
) -> list[tuple[str, str, Literal["spared", "cut"]]]:
    """Take at most so many, evenly from the whole list."""
    if len(items) <= most:
        return items
    return [items[number * len(items) // most] for number in range(most)]
