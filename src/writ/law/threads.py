"""Duties through the versions of an order: which repeats which, and until when each holds.

1. A version's duties are its own from its `effective`; that the order expires, or is rescinded, ends
   none of them. A rescission ends those that it lists in `discharges`, and those that it writes
   anew. An amendment is complete in itself: what it does not repeat ends with it.
2. A duty that a version repeats by the same clock runs on: it is one thread, which keeps its first
   start, its numbers and what was met of it; words and end are those of the last who says them.
   `from: effective` is the same clock in each version, though each has an `effective` of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from writ.clock import FOREVER, Instant
from writ.model.duty import Obligation, Preserve
from writ.model.order import Lawbook, OrderVersion

Duty = TypeVar("Duty", Obligation, Preserve)


@dataclass(frozen=True, slots=True)
class Thread(Generic[Duty]):
    """One duty through the versions that have it by one clock, until when it holds.

    `ended`: it was written anew or discharged then.
    """

    links: tuple[tuple[OrderVersion, Duty], ...]
    until: Instant
    ended: bool

    @property
    def first(self) -> OrderVersion:
        """The version in which it began."""
        return self.links[0][0]

    def said(self, at: Instant) -> tuple[OrderVersion, Duty]:
        """Return the version whose words count at an instant, and the duty in them."""
        before = [link for link in self.links if link[0].effective <= at]
        return before[-1] if before else self.links[0]

    def end(self) -> Instant:
        """Return from when on the duty no longer holds."""
        return min(self.until, _until(self.links[-1][1].until))


def threads(
    versions: Iterable[OrderVersion], of: Callable[[OrderVersion], tuple[Duty, ...]]
) -> Iterator[Thread[Duty]]:
    """Yield every thread of duties of a kind."""
    orders = defaultdict[str, list[OrderVersion]](list)
    for version in versions:
        orders[version.order].append(version)
    for found in orders.values():
        chain = _chain(found)
        taken = set[tuple[int, str]]()
        for place, version in enumerate(chain):
            for duty in of(version):
                if (place, duty.id) not in taken:
                    yield _follow(chain, (place, duty), of, taken)


def staying(book: Lawbook, version: OrderVersion) -> tuple[tuple[OrderVersion, str], ...]:
    """Return the duties of earlier versions that this one, in force, leaves as they were."""
    chain = _chain(_of(book.versions, version.order))
    return tuple(
        (item, duty.id)
        for place, item in enumerate(chain)
        if item.version < version.version
        for duty in item.duties
        if _tenure(chain[place:], duty.id).until > version.effective
    )


def running(versions: Iterable[OrderVersion], version: OrderVersion) -> tuple[Obligation, ...]:
    """Return a version's duties, each with the start of the clock by which it runs (rule 2)."""
    found = {
        (link.version, duty.id): duty
        for thread in threads(_of(versions, version.order), obligations)
        for link, duty in thread.links
    }
    return tuple(found.get((version.version, duty.id), duty) for duty in version.obligations)


def worded(versions: Iterable[OrderVersion], name: str, at: Instant) -> tuple[str, int, str]:
    """Return order, version and duty of something owed, by whose words it was owed at an instant."""
    order, begun, duty = name.partition("#")[0].split("/", 2)
    words = [
        thread.said(at)[0].version
        for thread in threads(_of(versions, order), obligations)
        if (thread.first.version, thread.links[0][1].id) == (int(begun), duty)
    ]
    return order, words[0] if words else int(begun), duty


def _of(versions: Iterable[OrderVersion], order: str) -> list[OrderVersion]:
    return [item for item in versions if item.order == order]


def obligations(version: OrderVersion) -> tuple[Obligation, ...]:
    """Return what a version says is to be done."""
    return version.obligations


def preserved(version: OrderVersion) -> tuple[Preserve, ...]:
    """Return what a version says is to be kept."""
    return version.preserve


def runs_on(was: Duty, now: Duty, at: Instant) -> bool:
    """Whether a duty that is repeated at an instant goes by the clock it went by (rule 2)."""
    begun = (was.from_effective and now.from_effective) or _start(was) == _start(now)
    return begun and _until(was.until) > at and _clock(was) == _clock(now)


def _start(duty: Obligation | Preserve) -> Instant | None:
    return duty.since if isinstance(duty, Preserve) else duty.start


def _clock(duty: Obligation | Preserve) -> tuple[object, ...]:
    """What a duty hangs on besides its start."""
    if isinstance(duty, Preserve):
        return ()
    calendar = None if duty.calendar is None else duty.calendar.name
    return duty.event, duty.every, duty.within, duty.zone, calendar


def _begun(was: Duty, now: Duty) -> Duty:
    """Return a duty with the start of the one that it repeats."""
    if isinstance(now, Preserve):
        return replace(now, since=was.since)
    return replace(now, start=was.start)


def _follow(
    chain: Sequence[OrderVersion],
    begun: tuple[int, Duty],
    of: Callable[[OrderVersion], tuple[Duty, ...]],
    taken: set[tuple[int, str]],
) -> Thread[Duty]:
    """Follow a duty from the version in which its clock began; `taken` gathers whoever repeats it."""
    place, duty = begun
    links = [(chain[place], duty)]
    while True:
        tenure = _tenure(chain[place:], duty.id)
        if not tenure.heir:
            return Thread(tuple(links), tenure.until, tenure.ended)
        place += tenure.heir
        again = [item for item in of(chain[place]) if item.id == duty.id]
        if not again or not runs_on(duty, again[0], tenure.until):
            return Thread(tuple(links), tenure.until, tenure.ended)
        duty = _begun(duty, again[0])
        taken.add((place, duty.id))
        links.append((chain[place], duty))


def _chain(versions: Iterable[OrderVersion]) -> list[OrderVersion]:
    """Return the versions of one order that ever govern, in their order."""
    chain: list[OrderVersion] = []
    for item in sorted(versions, key=lambda item: item.version):
        while chain and item.effective <= chain[-1].effective:
            chain.pop()
        chain.append(item)
    return chain


@dataclass(frozen=True, slots=True)
class _Tenure:
    """Until when a version's duty holds by its own words; `heir`: so many versions on it is repeated."""

    until: Instant
    ended: bool
    heir: int = 0


def _tenure(chain: Sequence[OrderVersion], duty: str) -> _Tenure:
    """Follow a duty of the first version through those after it (rule 1)."""
    for place, item in enumerate(chain[1:], 1):
        if duty in {one.id for one in item.duties}:
            return _Tenure(item.effective, ended=True, heir=place)
        if duty in item.discharges or item.kind != "rescission":
            return _Tenure(item.effective, ended=duty in item.discharges)
    return _Tenure(FOREVER, ended=False)


def _until(until: Instant | None) -> Instant:
    return FOREVER if until is None else until
