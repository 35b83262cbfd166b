"""One piece of work for many things, in several processes that each have all that this one has.

1. A process is a fork of this one, so that nothing has to be sent but what comes of the work.
2. Where there is one process, one thing, or no fork on this machine, all is done here.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_shared: list[Callable[[int], Any]] = []


def done(work: Callable[[T], R], things: Sequence[T], processes: int) -> Iterator[R]:
    """Yield what comes of each thing, in their order."""
    several = min(processes, len(things))
    if several < 2 or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004  one is this one
        yield from map(work, things)
        return
    _shared.append(lambda place: work(things[place]))
    try:
        with multiprocessing.get_context("fork").Pool(several) as pool:
            yield from pool.imap(_one, range(len(things)))
    finally:
        _shared.pop()


def _one(place: int) -> Any:
    return _shared[-1](place)


def processors() -> int:
    """Return how many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
