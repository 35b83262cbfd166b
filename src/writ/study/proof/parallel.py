"""One piece of work for many things, in several processes that each have all that this one has.

1. A process is a fork of this one, so that nothing has to be sent but what comes of the work. What is
   there by then is frozen: no process looks through it for garbage, and all go on sharing it.
2. Where there is one process, one thing, or no fork on this machine, all is done here.
3. A process that ends before its work is done fails all of it.
"""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from writ.errors import Failed

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
    gc.freeze()
    try:
        with ProcessPoolExecutor(several, multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_one, range(len(things)))
    except BrokenProcessPool:
        raise Failed("a process ended before its work was done; is there enough memory?") from None
    finally:
        gc.unfreeze()
        _shared.pop()


def _one(place: int) -> Any:
    return _shared[-1](place)


def processors() -> int:
    """Return how many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
