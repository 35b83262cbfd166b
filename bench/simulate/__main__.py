"""What a simulation costs: `./dev bench simulate [--quick | --full]`.

1. The June letters over made-up populations and logs: subjects and requests swept by tens, and the
   same with further orders in force, up to a hundred, which must cost no more.
2. Every size is measured in a process of its own, whose peak memory is printed; stages are told as
   the command tells them. Limits are printed beside: 20 s and 2 GB for the full size.
3. A row without requests is of subjects alone. `by class` is what is left of it once the population
   is read and grouped: judging each class, adding up, ranking organisations. Its limit is a second;
   reading has none of its own.
4. `--quick` takes seconds, `--full` goes to 10 million subjects and 100 million requests.
"""

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.simulate.population import write
from writ.law.folder import read_folder
from writ.model.order import Lawbook
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.simulation import simulate

JUNE = Path(__file__).parents[2] / "orders" / "june-2026"
SIZES = {
    "--quick": ((10_000, 100_000),),
    "": (
        (10_000, 1_000_000),
        (100_000, 1_000_000),
        (1_000_000, 1_000_000),
        (1_000_000, 10_000_000),
    ),
    "--full": (
        (10_000, 1_000_000),
        (100_000, 1_000_000),
        (1_000_000, 10_000_000),
        (10_000_000, 10_000_000),
        (10_000_000, 100_000_000),
    ),
}
OTHERS = {"--quick": (0, 100), "": (0, 100), "--full": (0, 9, 99)}
THREADS = 2


def comparison(others: int) -> Comparison:
    """The June letters on top of so many other orders."""
    book = read_folder(JUNE)
    standing = next(item for item in book.versions if item.order.startswith("uk-"))
    letters = tuple(item for item in book.versions if item.order.startswith("us-"))
    more = tuple(replace(standing, order=f"other-{number}") for number in range(others))
    return Comparison(Lawbook(book.catalogue, more), Lawbook(book.catalogue, (*more, *letters)))


def measure(people: str, log: str | None, others: int) -> None:
    """Simulate once and print a row; runs in a process of its own (rule 2)."""
    stages: list[tuple[str, float]] = []
    spent: list[float] = []

    def tell(what: str) -> None:
        stages.append((what, time.perf_counter()))
        spent.append(time.process_time())

    asked = comparison(others)
    started = time.perf_counter()
    with open_engine("duckdb://", THREADS) as engine:
        simulate(engine, asked, people, log, tell)
    ended = time.perf_counter()
    times = [at for _, at in stages[1:]] + [ended]
    told = "; ".join(
        f"{what} {until - at:.2f}" for (what, at), until in zip(stages, times, strict=True)
    )
    if log is None:  # rule 3
        cpu = time.process_time() - spent[1]
        told += f"; by class {ended - stages[1][1]:.2f}, of processor time {cpu:.2f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ended - started:8.2f} s {peak:7.0f} MB   {told}", flush=True)


def main() -> None:
    """Sweep."""
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], sys.argv[4] if sys.argv[4:] else None, int(sys.argv[3]))
        return
    which = sys.argv[1] if sys.argv[1:] else ""
    print(
        "subjects    requests  orders      total     peak   stages (seconds);"
        " limits 20 s, 2048 MB, by class 1 s"
    )
    with tempfile.TemporaryDirectory() as folder:
        before = 0
        for subjects, requests in SIZES[which]:
            people, log = write(Path(folder), subjects, requests)
            for others in OTHERS[which]:
                if subjects != before:
                    row(subjects, 0, others, people)
            before = subjects
            for others in OTHERS[which]:
                row(subjects, requests, others, people, log)


def row(subjects: int, requests: int, others: int, *names: str) -> None:
    """Measure one row."""
    print(f"{subjects:>8} {requests:>11} {others + 1:>7} ", end="", flush=True)
    people, *log = names
    one = [sys.executable, "-m", "bench.simulate", "--one", people, str(others), *log]
    subprocess.run(one, check=True)


main()
