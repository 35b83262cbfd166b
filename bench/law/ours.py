"""Writ over one size, in a process of its own: `python -m bench.law.ours ORDERS PROFILES`.

1. *check*: bytes to a lawbook without faults, scenarios, and which rules meet (`writ order check`).
2. *compile*: lawbook to tables. *snapshot*: what is signed. *proved*: what a gateway does with it
   once signatures are checked.
3. *rows*: a profile and its row for each person, as many as asked for; *load*: the same as messages
   put on a gateway's board. Not in here: signatures, the store, the socket.
   All seconds are of this process's CPU, for the machine is shared.
4. *links*: looking a chain up, once while it is good. *decision*: one after the chain was looked up, over models in random order, median of batches.
5. `barred` answers what the other engines are asked, so that a run shows that all mean the same.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from hashlib import blake2b, sha256
from random import Random
from typing import TypeVar

from bench.law.files import folder
from bench.law.letters import MODELS, NOW, Letter, letters
from bench.law.people import Person, people
from bench.law.questions import questions
from writ.cli.collecting import collect_seldom
from writ.desk.load import Load
from writ.law.check import failed_scenarios
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of, outcomes
from writ.law.contradiction import meeting_notes
from writ.law.folder import Checked, check_sources
from writ.law.snapshot import snapshot
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.point import seam
from writ.point.board import Board
from writ.point.decide import decide as decide_links
from writ.point.view import read_view

Found = TypeVar("Found")
BATCHES, CALLS = 101, 2000


class Stopwatch:
    """CPU seconds by step, and the process's highest memory after it."""

    def __init__(self) -> None:
        self.said: dict[str, float | int] = {}

    def run(self, step: str, work: Callable[[], Found]) -> Found:
        """Do one step."""
        started = time.process_time()
        found = work()
        self.said[f"{step}_s"] = round(time.process_time() - started, 3)
        return found

    def peak(self) -> int:
        """Return the most memory that the process ever had, in MiB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(orders: int, profiles: int) -> dict[str, float | int | list[bool]]:
    """Measure one size."""
    watch = Stopwatch()
    written: list[Letter] = letters(orders)
    files = folder(written)
    collect_seldom()  # as the command line does
    watch.said |= {"orders": orders, "models": MODELS, "files": len(files)}
    watch.said["annex_rows"] = sum(len(letter.annex) for letter in written)
    checked = watch.run("check", lambda: _checked(files))
    compiled = watch.run("compile", lambda: Compiled(checked.book))
    signed = watch.run("snapshot", lambda: snapshot(checked.book, 1, None, 1))
    view = watch.run("proved", lambda: read_view(signed))
    watch.said["snapshot_mib"] = round(len(signed) / 2**20, 1)
    board = Board()
    board.stage(view)
    watch.said["law_peak_mib"] = watch.peak()
    rows, sent = watch.run("load", lambda: _load(Load(compiled, 1, _name, NOW), board, profiles))
    board.activate(1)
    watch.said |= {"rows": rows, "sent_mib": round(sent / 2**20, 1)}
    watch.said["load_us_per_row"] = round(watch.said["load_s"] / rows * 1e6, 1)
    watch.said["peak_mib"] = watch.peak()
    watch.said |= _decision(board)
    return {**watch.said, "barred": [_barred(compiled, *asked) for asked in questions(orders)]}


def _barred(compiled: Compiled, person: Person, model: str) -> bool:
    outcome, _ = outcome_of(compiled, Chain(person.subject()), model, NOW)
    return outcome is not Outcome.PERMIT


def _checked(files: dict[str, bytes]) -> Checked:
    checked = check_sources(files)
    failed = [*failed_scenarios(checked, outcomes)]
    if failed:
        raise RuntimeError(str(failed[0]))
    list(meeting_notes(checked))
    return checked


def _load(load: Load, board: Board, profiles: int) -> tuple[int, int]:
    """Put rows for so many profiles on a board, as bytes over the seam; return rows and bytes."""
    rows = sent = 0

    def put(messages: Iterable[seam.Row | seam.Subject]) -> None:
        nonlocal rows, sent
        for message in messages:
            data = seam.frame(message)
            board.put(seam.down_decoder.decode(data[4:]))
            rows += isinstance(message, seam.Row)
            sent += len(data)

    put(load.messages())
    for person in people(profiles):
        put([*load.stand(person.name, None), *load.know(person.subject(), (), NOW)])
        if rows >= profiles:
            break
    return rows, sent


def _decision(board: Board) -> dict[str, float]:
    name = _name("person-000000")
    key = seam.Key(sha256(b"key").digest(), "k", name, "person", None)
    links = board.links(key, None, NOW)
    if links is None:
        raise RuntimeError("the chain could not be looked up")
    lookups = []
    for _ in range(BATCHES):
        board.put(key)  # forgets what was looked up
        started = time.perf_counter_ns()
        board.links(key, None, NOW)
        lookups.append((time.perf_counter_ns() - started) / 1000)
    random = Random(1)
    asked = [random.randrange(MODELS) for _ in range(CALLS)]
    costs = []
    for _ in range(BATCHES):
        started = time.perf_counter_ns()
        for model in asked:
            decide_links(links, model, NOW, True)  # noqa: FBT003  the hot path's own signature
        costs.append((time.perf_counter_ns() - started) / CALLS)
    return {
        "links_us": round(statistics.median(lookups), 1),
        "decision_ns": round(statistics.median(costs), 1),
    }


def _name(subject: str) -> bytes:
    return blake2b(subject.encode(), digest_size=16).digest()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
