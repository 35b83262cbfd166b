"""Kills a log at every step of appending, signing and publishing, and has it checked from outside.

Run as `python -m tests.worlds.log_crashes FOLDER`. For each step of each story in turn a child process takes a
copy of the deployment through the story, and is killed with SIGKILL at that step. Then
`tests/worlds/log_checker.py`, which shares nothing with either, checks the whole log that was
published; a second child goes on as after a restart, and the log is checked again. One JSON line for
each step on stdout; the last is that of a child that nobody killed.

Steps are: before and after the tree is hashed, a note is signed, what was written is committed, the
checkpoint's file is renamed, and a file is removed; before every statement that writes and every other
renaming; and every file half written. A kill loses nothing of what was written and not yet synced, so
syncs are no steps here; their order is a test's of its own (`test_log.py`).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, event
from sqlalchemy.pool import PoolProxiedConnection

from tests.worlds.signers import NOW
from writ.ledger.decisions import SIGNED, Decisions
from writ.ledger.folder import Folder
from writ.ledger.log import DECISIONS, GOVERNANCE, Log, Sign
from writ.ledger.published import CHECKPOINT
from writ.signing.checkpoint import read_checkpoint
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.database import open_store
from writ.store.events import append, read_events, read_payload
from writ.store.receipts import read_receipts

Story = Literal["governance", "decisions"]
CHECKER = Path(__file__).with_name("log_checker.py")
ORIGIN = "example.org/log"
PAIR = KeyPair.from_seed(bytes(32))
BEFORE = 255
WRITES = ("INSERT", "UPDATE", "DELETE")


class Still:
    """A clock that stands still."""

    def now(self) -> int:
        """Return a day in June."""
        return NOW


class Steps:
    """Counts the steps of this process, and kills it at one of them."""

    def __init__(self, left: int, told: int) -> None:
        self._left = left
        self._told = told
        self._wrote = False

    def at(self, name: str) -> None:
        """Pass a step, or die there and leave its name."""
        if self._left == 0:
            os.write(self._told, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call with a step before it and one after it."""

        def stepped(*args: object, **named: object) -> object:
            self.at(f"before {name}")
            result = call(*args, **named)
            self.at(f"after {name}")
            return result

        return stepped

    def watch(self, engine: Engine) -> None:
        """Step before every statement that writes, and about every commit of one."""

        def execute(*about: object) -> None:
            told = next(item for item in about if isinstance(item, str))
            if told.startswith(WRITES):
                self._wrote = True
                self.at("before " + " ".join(told.split()[:3]))

        really: Callable[[PoolProxiedConnection], None] = engine.dialect.do_commit
        stepping = self.around("commit", really)

        def commit(dbapi_connection: PoolProxiedConnection) -> None:
            (stepping if self._wrote else really)(dbapi_connection)
            self._wrote = False

        event.listen(engine, "before_cursor_execute", execute)
        engine.dialect.do_commit = commit  # type: ignore[method-assign]  # to be told of it

    def watch_calls(self) -> None:
        """Step at what is done to files, and about hashing, in this process for good."""
        write, put = Path.write_bytes, Path.replace

        def half(path: Path, data: bytes) -> int:
            write(path, data[: len(data) // 2])
            self.at(f"half of {path.name}")
            return write(path, data)

        def renamed(draft: Path, place: Path) -> Path:
            self.at(f"before renaming {place.name}")
            found = put(draft, place)
            if place.name == CHECKPOINT:
                self.at("after renaming checkpoint")
            return found

        for owner, name, call in (
            (Path, "write_bytes", half),
            (Path, "replace", renamed),
            (Path, "unlink", self.around("removing", Path.unlink)),
            (Log, "_take_in", self.around("hashing", Log._take_in)),
        ):
            setattr(owner, name, call)


def signer(steps: Steps | None = None) -> Sign:
    """Return what signs a note."""
    sign: Sign = lambda text, _: sign_note(text, ORIGIN, PAIR)  # noqa: E731  as the ledger has it
    return sign if steps is None else steps.around("signing", sign)


def governance(log: Log, folder: Path, *, first: bool) -> None:
    """Let three things happen, sign for them, and publish; after a kill, all but the first."""
    if first:
        with log.store.unit() as connection:
            for number in range(3):
                append(connection, "test", {"number": number})
    log.publish(Folder(folder / "log"), log.sign())


def decisions(log: Log, folder: Path, *, first: bool) -> None:
    """Take receipts over, sign, vouch, remove the file that a gateway went on from; then publish."""
    kept = Decisions(folder / "receipts", log)
    kept.keep_up()
    note = kept.sign()
    if not first:  # publishing is the other story's
        log.publish(Folder(folder / "log"), note)


STORIES: dict[Story, Callable[..., None]] = {GOVERNANCE: governance, DECISIONS: decisions}


def log_of(folder: Path, story: Story, steps: Steps | None = None) -> Log:
    """Open the store of a deployment, and its log."""
    store = open_store(folder / "writ.db")
    return Log(store, ORIGIN, (signer(steps),), Still(), story)


def begin(folder: Path, story: Story) -> None:
    """Make the deployment that every child has a copy of: a log that was published."""
    (folder / "receipts").mkdir(parents=True)
    first = folder / "receipts" / "gateway-1.jsonl"
    first.write_text("".join(f'{{"id":"{number}"}}\n' for number in range(BEFORE)))
    log = log_of(folder, story)
    with log.store.unit() as connection:
        for number in range(BEFORE if story == GOVERNANCE else 0):
            append(connection, "test", {"number": number})
    STORIES[story](log, folder, first=False)
    with first.open("a") as file:
        file.write('{"id":"a"}\n{"id":"b"}\n')
    (folder / "receipts" / "gateway-1+2.jsonl").write_text('{"id":"c"}\n')
    log.store.close()  # children are forks, and no connection may be two processes'


def crash(folder: Path, story: Story, points: int, told: int) -> dict[str, object]:
    """Go through the story with so many steps to live."""
    steps = Steps(points, told)
    log = log_of(folder, story, steps)
    steps.watch(log.store.engine)
    steps.watch_calls()
    STORIES[story](log, folder, first=True)
    return {}


def go_on(folder: Path, story: Story, _told: int) -> dict[str, object]:
    """Do what a restart does, in the ordinary way; return what was there, and what is."""
    log = log_of(folder, story)
    found = left(log, folder)
    STORIES[story](log, folder, first=False)
    return {"left": found, "after": left(log, folder)}


def left(log: Log, folder: Path) -> dict[str, object]:
    """Say what a store and the files beside it have."""
    with log.store.view() as connection:
        events = list(read_events(connection))
        receipts = [row.bytes for row in read_receipts(connection)]
    last = log.last()
    return {
        "rows": len(events if log.name == GOVERNANCE else receipts),
        "twice": len(receipts) - len(set(receipts)),
        "signed": 0 if last is None else read_checkpoint(last.text).size,
        "vouched": [read_payload(row)["size"] for row in events if row.kind == SIGNED],
        "files": sorted(path.name for path in (folder / "receipts").iterdir()),
    }


def in_child(work: Callable[[int], dict[str, object]]) -> tuple[bool, str]:
    """Do some work in a process of its own; return whether it was killed, and what it told."""
    heard, told = os.pipe()
    one = os.fork()
    if one == 0:
        try:
            os.write(told, json.dumps(work(told)).encode())
        except BaseException:  # noqa: BLE001  a child must not go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(told)
    with os.fdopen(heard) as file:
        said = file.read()
    _, status = os.waitpid(one, 0)
    if status not in {0, signal.SIGKILL}:
        sys.exit(f"a child ended with {status}")
    return status != 0, said


class Outside:
    """The checker, in its own process."""

    def __init__(self) -> None:
        command = [sys.executable, str(CHECKER), write_vkey(ORIGIN, PLAIN, PAIR.public)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def look(self, folder: Path) -> object:
        """Have a published log checked in full; it must continue all that was seen of it before."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"log": folder.name, "folder": str(folder / "log")}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def crashes(folder: Path, story: Story, outside: Outside) -> None:
    """Crash at every step until a child lives."""
    begin(folder / "begun", story)
    points, killed = 0, True
    while killed:
        copy = shutil.copytree(folder / "begun", folder / f"{story}-{points}")
        killed, at = in_child(partial(crash, copy, story, points))
        row = {"story": story, "at": at if killed else None, "shown": outside.look(copy)}
        _, said = in_child(partial(go_on, copy, story))
        row |= {**json.loads(said), "then": outside.look(copy)}
        print(json.dumps(row), flush=True)  # noqa: T201  its output
        points += 1


def main(folder: Path) -> None:
    """Go through every story."""
    outside = Outside()
    for story in STORIES:
        crashes(folder / story, story, outside)
    outside.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
