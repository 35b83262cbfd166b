"""What a readiness report costs: `./dev bench readiness [--quick]`.

1. The library that comes with Writ, over the June folder and made-up populations swept by tens to
   10 million. Every size is measured in a process of its own, whose peak memory is printed.
2. Beside it, in the same run, stands the bare scan of the same table: grouping it by kind, facts and
   organisation with DuckDB, which is the least that any exact count must do. The ratio says what
   judging seven orders adds, and should fall as populations grow: classes are judged, not people.
3. `--quick` stops at 100,000.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from bench.simulate.population import write
from writ.clock import parse_instant
from writ.law.folder import check_folder, load_folder
from writ.study.coverage import NO_REGISTER
from writ.study.engine import open_engine
from writ.study.readiness.library import answers_for, read_library
from writ.study.readiness.measure import largest, measure
from writ.study.readiness.steps import Around, steps
from writ.study.readiness.substitutes import substitutes

JUNE = Path(__file__).parents[2] / "orders" / "june-2026"
AT = parse_instant("2026-06-12T12:00:00Z")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
THREADS = 2


def bare(people: str) -> float:
    """Scan and group the table with nothing but the engine; return seconds."""
    started = time.perf_counter()
    with duckdb.connect(config={"threads": THREADS}) as database:
        groups = (
            "SELECT kind, facts, verified_at, acts_for, count(*) FROM read_parquet(?) GROUP BY ALL"
        )
        database.execute(f"SELECT count(*) FROM ({groups})", [people]).fetchall()  # noqa: S608  this file's own text
    return time.perf_counter() - started


def one(people: str) -> None:
    """Measure one population and print a row; runs in a process of its own (rule 1)."""
    least = bare(people)
    files = load_folder(JUNE)
    base = check_folder(JUNE, files)
    started, cpu = time.perf_counter(), time.process_time()
    with open_engine("duckdb://", THREADS) as engine:
        answers = answers_for(base.book, AT, None, largest(engine, people))
        library, _ = read_library(base, files, answers, None)
        read = time.perf_counter()
        found = measure(engine, base.book, library, people, AT)
    todo = steps(found, Around(substitutes(base.book, AT), NO_REGISTER))
    took = time.perf_counter() - started
    accounts = found.readings[0].served
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{took:8.2f} s {time.process_time() - cpu:8.2f} s {peak:7.0f} MB {took / least:8.1f}x"
        f"   library {read - started:.2f} s; {accounts:,} accounts, {len(todo)} steps",
        flush=True,
    )


def main() -> None:
    """Sweep."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2])
        return
    print("  subjects      total        cpu     peak   to a scan")
    with tempfile.TemporaryDirectory() as folder:
        for subjects in SIZES[:2] if "--quick" in sys.argv else SIZES:
            people, _ = write(Path(folder), subjects, 1)
            print(f"{subjects:>10} ", end="", flush=True)
            command = [sys.executable, "-m", "bench.readiness", "--one", people]
            subprocess.run(command, check=True)


main()
