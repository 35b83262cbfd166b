"""What is owed when: the clocks of all versions of all orders, run out in plain instants.

1. What recurs is owed for every whole period in [start, end). With `within` as well it is due so
   long after each period.
2. What is due once is owed if its clock started before the end; if the duty was written anew or
   discharged, only if it was due by then.
3. An event starts a clock in each thread of a duty that was there when it occurred.
4. Something owed is named ORDER/VERSION/DUTY#NUMBER, after the version in which its thread began; of
   events #EVENT.NUMBER, as they were recorded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.periods import after
from writ.law.threads import Thread, obligations, preserved, threads
from writ.model.duty import Obligation, Preserve, Record
from writ.model.order import Lawbook

MOST = 10_000
"""So many periods of one duty are counted out."""

State: TypeAlias = Literal["met", "overdue", "due", "standing", "unknown"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event of an order, as recorded."""

    order: str
    event: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed; `due` None: it stands without a date, or its calendar ends too soon."""

    name: str
    order: str
    version: int
    duty: Obligation
    since: Instant
    due: Instant | None
    state: State


def owed(
    book: Lawbook, at: Instant, occurrences: Iterable[Occurrence] = (), met: Iterable[str] = ()
) -> tuple[Owed, ...]:
    """Return what is overdue, met or standing, and of each clock what is due next, by instant."""
    known, happened = frozenset(met), tuple(occurrences)
    found = [
        item
        for thread in threads(book.versions, obligations)
        for clock, since in _clocks(thread, happened)
        for item in _run(thread, (clock, since), at, known)
    ]
    return tuple(
        sorted(found, key=lambda item: (FOREVER if item.due is None else item.due, item.name))
    )


def kept(book: Lawbook, at: Instant) -> tuple[tuple[str, Preserve, Instant], ...]:
    """Return the duties to preserve that hold at an instant: order, duty, and until when."""
    found = ((thread, thread.said(at)[1]) for thread in threads(book.versions, preserved))
    return tuple(
        (thread.first.order, duty, thread.end())
        for thread, duty in found
        if max(duty.since, thread.first.effective) <= at < thread.end()
    )


def suspended(book: Lawbook, at: Instant, records: Record) -> tuple[tuple[str, Preserve], ...]:
    """Return the duties that forbid erasing such records at an instant, each with its order."""
    return tuple((order, duty) for order, duty, _ in kept(book, at) if records in duty.records)


def _clocks(
    thread: Thread[Obligation], happened: Iterable[Occurrence]
) -> Iterator[tuple[str, Instant]]:
    """Yield each start of a duty's clock, with what its numbers begin with (rules 3, 4)."""
    begun = thread.links[0][1]
    if begun.start is not None:
        yield "#", begun.start
    if begun.event is None:
        return
    first, last = thread.first.effective, thread.end()
    named = (
        item for item in happened if (item.order, item.event) == (thread.first.order, begun.event)
    )
    for number, item in enumerate(named, 1):
        if first <= item.at < last:
            yield f"#{number}.", item.at


def _run(
    thread: Thread[Obligation], clock: tuple[str, Instant], at: Instant, met: frozenset[str]
) -> Iterator[Owed]:
    """Yield what one clock owes: all of the past, and the first to come that is not met."""
    prefix, since = clock
    version, duty = thread.said(at)
    head = f"{version.order}/{thread.first.version}/{duty.id}{prefix}"
    for number, begun, due in _dues(thread, duty, since):
        name = f"{head}{number}"
        state = "met" if name in met else _state(thread, duty, due, at)
        if state is not None:
            yield Owed(name, version.order, version.version, duty, begun, due, state)
        if state == "due" or due is None:
            return


def _state(
    thread: Thread[Obligation], duty: Obligation, due: Instant | None, at: Instant
) -> State | None:
    """Say how something not met stands; None: a duty without a date that has ended."""
    if due is not None:
        return "overdue" if due <= at else "due"
    if duty.every or duty.within:
        return "unknown"
    return "standing" if at < thread.end() else None


def _dues(
    thread: Thread[Obligation], duty: Obligation, since: Instant
) -> Iterator[tuple[int, Instant, Instant | None]]:
    """Yield the number, the start and the instant due of whatever falls to one clock (rules 1, 2)."""
    until = thread.end()
    if duty.every is None:
        due = None
        if duty.within is not None:
            due = after(since, duty.within, 1, duty.zone, duty.calendar)
        if _once(thread, since, due):
            yield 1, since, due
        return
    begun = since
    for number in range(1, MOST + 1):
        end = after(since, duty.every, number, duty.zone, duty.calendar)
        if end is not None and end > until:  # 1
            return
        due = end
        if end is not None and duty.within is not None:
            last = end if duty.every.unit == "time" else end - 1  # a day: the last of the period
            start = end if duty.within.unit == "time" else last
            due = after(start, duty.within, 1, duty.zone, duty.calendar)
        yield number, begun, due
        begun = end or begun


def _once(thread: Thread[Obligation], since: Instant, due: Instant | None) -> bool:
    """Whether something due once is owed at all (rule 2)."""
    if since >= thread.end():
        return False
    return not thread.ended or (due is not None and due <= thread.until)
