"""What is owed when: the clocks of all versions of all orders, run out in plain instants.

1. A version's duties are its own from its `effective`; that the order expires, or is rescinded, ends
   none of them. A rescission ends those that it lists in `discharges`, and those that it writes
   anew. An amendment is complete in itself: what it does not repeat ends with it.
2. What recurs is owed for every whole period in [start, end). With `within` as well it is due so
   long after each period.
3. What is due once is owed if its clock started before the end; if the duty was written anew or
   discharged, only if it was due by then.
4. An event starts a clock in each version whose duty was there when it occurred.
5. Something owed is named ORDER/VERSION/DUTY#NUMBER; of events #EVENT.NUMBER, as they were recorded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.periods import after
from writ.model.duty import Obligation, Preserve, Record
from writ.model.order import Lawbook, OrderVersion

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


@dataclass(frozen=True, slots=True)
class _Tenure:
    """Until when a version's duty holds; `ended` if it was written anew or discharged then."""

    version: OrderVersion
    until: Instant
    ended: bool


def owed(
    book: Lawbook, at: Instant, occurrences: Iterable[Occurrence] = (), met: Iterable[str] = ()
) -> tuple[Owed, ...]:
    """Return what is overdue, met or standing, and of each clock what is due next, by instant."""
    known, happened = frozenset(met), tuple(occurrences)
    found = [
        item
        for version in book.versions
        for duty in version.obligations
        if (tenure := _tenure(book, version, duty.id)) is not None
        for clock, since in _clocks(tenure, duty, happened)
        for item in _run(tenure, duty, (clock, since), at, known)
    ]
    return tuple(
        sorted(found, key=lambda item: (FOREVER if item.due is None else item.due, item.name))
    )


def kept(book: Lawbook, at: Instant) -> tuple[tuple[str, Preserve, Instant], ...]:
    """Return the duties to preserve that hold at an instant: order, duty, and until when."""
    return tuple(
        (version.order, duty, until)
        for version in book.versions
        for duty in version.preserve
        if (tenure := _tenure(book, version, duty.id)) is not None
        and max(duty.since, version.effective)
        <= at
        < (until := min(_until(duty.until), tenure.until))
    )


def suspended(book: Lawbook, at: Instant, records: Record) -> tuple[tuple[str, Preserve], ...]:
    """Return the duties that forbid erasing such records at an instant, each with its order."""
    return tuple((order, duty) for order, duty, _ in kept(book, at) if records in duty.records)


def staying(book: Lawbook, version: OrderVersion) -> tuple[tuple[OrderVersion, str], ...]:
    """Return the duties of earlier versions that this one, in force, leaves as they were."""
    earlier = (
        item
        for item in book.versions
        if item.order == version.order and item.version < version.version
    )
    return tuple(
        (item, duty.id)
        for item in earlier
        for duty in item.duties
        if (tenure := _tenure(book, item, duty.id)) is not None and tenure.until > version.effective
    )


def _tenure(book: Lawbook, version: OrderVersion, duty: str) -> _Tenure | None:
    """Follow a version's duty through the versions after it (rule 1); None: it never came about."""
    later = sorted(
        (item for item in book.versions if item.order == version.order),
        key=lambda item: (item.effective, item.version),
    )
    latest = version.version
    for item in later:
        if item.version <= latest:
            continue
        if item.effective <= version.effective:
            return None
        latest = item.version
        named = {one.id for one in item.duties}
        if duty in named | item.discharges:
            return _Tenure(version, item.effective, ended=True)
        if item.kind != "rescission":
            return _Tenure(version, item.effective, ended=False)
    return _Tenure(version, FOREVER, ended=False)


def _clocks(
    tenure: _Tenure, duty: Obligation, happened: Iterable[Occurrence]
) -> Iterator[tuple[str, Instant]]:
    """Yield each start of a duty's clock, with what its numbers begin with (rules 4, 5)."""
    if duty.start is not None:
        yield "#", duty.start
    if duty.event is None:
        return
    first, last = tenure.version.effective, min(tenure.until, _until(duty.until))
    named = (
        item for item in happened if (item.order, item.event) == (tenure.version.order, duty.event)
    )
    for number, item in enumerate(named, 1):
        if first <= item.at < last:
            yield f"#{number}.", item.at


def _run(
    tenure: _Tenure,
    duty: Obligation,
    clock: tuple[str, Instant],
    at: Instant,
    met: frozenset[str],
) -> Iterator[Owed]:
    """Yield what one clock owes: all of the past, and the first to come that is not met."""
    version, (prefix, since) = tenure.version, clock
    head = f"{version.order}/{version.version}/{duty.id}{prefix}"
    for number, begun, due in _dues(tenure, duty, since):
        name = f"{head}{number}"
        state = "met" if name in met else _state(tenure, duty, due, at)
        if state is not None:
            yield Owed(name, version.order, version.version, duty, begun, due, state)
        if state == "due" or due is None:
            return


def _state(tenure: _Tenure, duty: Obligation, due: Instant | None, at: Instant) -> State | None:
    """Say how something not met stands; None: a duty without a date that has ended."""
    if due is not None:
        return "overdue" if due <= at else "due"
    if duty.every or duty.within:
        return "unknown"
    return "standing" if at < min(tenure.until, _until(duty.until)) else None


def _dues(
    tenure: _Tenure, duty: Obligation, since: Instant
) -> Iterator[tuple[int, Instant, Instant | None]]:
    """Yield the number, the start and the instant due of whatever falls to one clock (rules 2, 3)."""
    until = min(tenure.until, _until(duty.until))
    if duty.every is None:
        due = None
        if duty.within is not None:
            due = after(since, duty.within, 1, duty.zone, duty.calendar)
        if _once(tenure, since, due, until):
            yield 1, since, due
        return
    begun = since
    for number in range(1, MOST + 1):
        end = after(since, duty.every, number, duty.zone, duty.calendar)
        if end is not None and end > until:  # 2
            return
        due = end
        if end is not None and duty.within is not None:
            last = end if duty.every.unit == "time" else end - 1  # a day: the last of the period
            start = end if duty.within.unit == "time" else last
            due = after(start, duty.within, 1, duty.zone, duty.calendar)
        yield number, begun, due
        begun = end or begun


def _once(tenure: _Tenure, since: Instant, due: Instant | None, until: Instant) -> bool:
    """Whether something due once is owed at all (rule 3)."""
    if since >= until:
        return False
    return not tenure.ended or (due is not None and due <= tenure.until)


def _until(until: Instant | None) -> Instant:
    return FOREVER if until is None else until
