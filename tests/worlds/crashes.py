"""Kills a desk at every point of a change, and says what each store is left with.

Run as `python -m tests.worlds.crashes STORE CHANGE`: for each point of the change in turn, a child
process opens a copy of the store, makes the change, and is killed with SIGKILL at that point;
the parent then opens the copy as after a restart. One JSON line for each point on stdout; the last
is that of a child that nobody killed. Points are every statement that writes, every commit about
to be made and made, and the callback after it.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.pool import PoolProxiedConnection

from tests.worlds.signers import NOW, Signers, letter
from writ.canonical import Plain, encode
from writ.clock import DAY
from writ.desk.desk import Desk
from writ.desk.duties import Duties, Met, Occurred, sign_met, sign_occurred
from writ.store.events import verify_events

SKIP = {"gates": ["encoding"], "why": "one who reads it is there"}
REPORTED = Met("us-bis/1/report#1", ["sha256:00"])
SEEN = Occurred("us-bis", "flaw", NOW)
DUTIES = b"""
obligations:
  - {id: report, clauses: [c1], what: Report., every: 30d}
  - {id: warn, clauses: [c1], what: Warn., within: 24h, from: {event: flaw}}
"""


def duties(desk: Desk) -> Duties:
    """Open the duties over a desk's store."""
    return Duties(desk.store, desk.trust, desk.clock)


CHANGES: dict[str, Callable[[Signers, Desk], object]] = {
    "submit": lambda world, desk: world.submit(
        desk, {"saga.yaml": letter("saga")}, by="eva", replace=True
    ),
    "sign": lambda world, desk: world.sign(desk, "eva"),
    "activate": lambda world, desk: desk.activate("p2"),
    "hold": lambda world, desk: desk.hold(world.stop(desk, "mythos-5", until=NOW + DAY)),
    "note": lambda world, desk: world.note(desk, "ana", "skip", SKIP),
    "met": lambda world, desk: duties(desk).record_met(
        desk.current(), sign_met(REPORTED, world.trust, world.keys["ben"])
    ),
    "happened": lambda world, desk: duties(desk).record_occurred(
        desk.current(), sign_occurred(SEEN, world.trust, world.keys["ben"])
    ),
}


class Countdown:
    """Kills this process when the last point has come."""

    def __init__(self, points: int) -> None:
        self.left = points

    def __call__(self, *about: object) -> None:
        """Pass one point; a statement that only reads is none."""
        if any(isinstance(item, str) and item.startswith("SELECT") for item in about):
            return
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Count every statement that writes, and every commit, before and after."""
        event.listen(engine, "before_cursor_execute", self)
        event.listen(engine, "commit", self)
        really = engine.dialect.do_commit

        def commit(dbapi_connection: PoolProxiedConnection) -> None:
            really(dbapi_connection)
            self()

        engine.dialect.do_commit = commit  # type: ignore[method-assign]  # the point after it


def child(path: Path, change: str, points: int) -> None:
    """Make a change with so many points to live."""
    world = Signers.make()
    desk = world.desk(path)
    countdown = Countdown(points)
    countdown.watch(desk.store.engine)
    desk.on_activate(countdown)
    CHANGES[change](world, desk)


def left(path: Path) -> dict[str, Plain]:
    """Open a store as after a restart and say what is in force and what is open."""
    desk = Signers.make().desk(path)
    proposal = desk.proposal()
    return {
        "epoch": desk.current().epoch,
        "snapshot": desk.current().digest,
        "proposal": None if proposal is None else proposal.id,
        "signers": 0 if proposal is None else len(proposal.signers),
        "notes": 0 if proposal is None else len(proposal.notes),
        "duties": duties(desk).listed(desk.current())["obligations"],
        "events": verify_events(desk.store),
    }


def main(path: Path, change: str) -> None:
    """Crash at every point until a child lives."""
    points, status = 0, -1
    while status != 0:
        copy = path.with_name(f"{change}-{points}")
        copy.mkdir()
        for file in path.parent.glob(path.name + "*"):
            shutil.copy(file, copy / file.name)
        one = os.fork()
        if one == 0:
            child(copy / path.name, change, points)
            os._exit(0)
        _, status = os.waitpid(one, 0)
        if status not in {0, signal.SIGKILL}:
            sys.exit(f"point {points} ended with {status}")
        print(encode({"killed": status != 0, **left(copy / path.name)}).decode())  # noqa: T201 - its output
        points += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
