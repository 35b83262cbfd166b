"""What a decision costs once its links are looked up: `./dev bench decision [--json]`.

1. Lawbooks of 10 and of 1,000 orders over 200 models; chains of one, two and three links.
2. Measured beside, in the same run: a dictionary lookup and a call of an empty function of the
   same signature, so that the ratio survives a change of machine.
3. Median of many batches; a batch is long enough for the clock. Not measured here: looking up the
   key and its links, parsing, receipts.
"""

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable

from bench.decision.world import FOREVER_LIVE, Bench, build
from writ.clock import Instant
from writ.point.decide import Links, decide

BATCHES = 401
CALLS = 2000
TARGET_NS = {1: 200, 2: 250, 3: 300}


def nothing(links: Links, model: int, at: Instant, live: bool) -> int:  # noqa: FBT001  decide's own signature
    """Return at once: what calling costs."""
    del links, at, live
    return model


def median_ns(
    call: Callable[[Links, int, Instant, bool], int], links: Links, bench: Bench
) -> float:
    """Return the median cost of one call over batches, walking over the models."""
    models = bench.models
    at = bench.at
    costs = []
    for _ in range(BATCHES):
        started = time.perf_counter_ns()
        for model in models:
            call(links, model, at, FOREVER_LIVE)
        costs.append((time.perf_counter_ns() - started) / len(models))
    return statistics.median(costs)


def lookup_ns(bench: Bench) -> float:
    """Return the median cost of one dictionary lookup in the same loop."""
    table = {model: model for model in bench.models}
    costs = []
    for _ in range(BATCHES):
        started = time.perf_counter_ns()
        for model in bench.models:
            table[model]
        costs.append((time.perf_counter_ns() - started) / len(bench.models))
    return statistics.median(costs)


def measure() -> list[dict[str, float | int]]:
    """Measure every size and chain."""
    rows: list[dict[str, float | int]] = []
    for orders in (10, 1000):
        bench = build(orders, CALLS)
        empty, lookup = median_ns(nothing, bench.chains[0], bench), lookup_ns(bench)
        for links in bench.chains:
            cost = median_ns(decide, links, bench)
            rows.append(
                {
                    "orders": orders,
                    "links": len(links.rows),
                    "decision_ns": round(cost, 1),
                    "empty_call_ns": round(empty, 1),
                    "lookup_ns": round(lookup, 1),
                    "ratio_to_empty_call": round(cost / empty, 2),
                    "target_ns": TARGET_NS[len(links.rows)],
                }
            )
    return rows


def main() -> None:
    """Print the table, or JSON."""
    rows = measure()
    if "--json" in sys.argv:
        print(json.dumps(rows))
        return
    print(f"python {platform.python_version()}, {platform.machine()}; medians in nanoseconds")
    print(
        f"{'orders':>7} {'links':>5} {'decision':>9} {'target':>7} {'empty call':>11} {'ratio':>6}"
    )
    for row in rows:
        print(
            f"{row['orders']:>7} {row['links']:>5} {row['decision_ns']:>9} {row['target_ns']:>7}"
            f" {row['empty_call_ns']:>11} {row['ratio_to_empty_call']:>6}"
        )


main()
