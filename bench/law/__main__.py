"""Thousands of orders, beside two other engines: `./dev bench law [--quick|--all] [--json]`.

1. The same letters for Writ, Cedar (cedarpy) and Rego (regopy), each size in a process of its own;
   all three must bar the same people. The slow ones are asked smaller sizes, and it says so.
2. Orders are swept with few profiles, then profiles with a thousand orders; `--all` goes on to
   100,000 profiles with a hundred orders (more rows than that do not fit into the limit), and has
   a deployment obey a thousand and two thousand (see `bench.law.deployed`): about ten minutes.
3. The limits are ten seconds of CPU, from the files to a gateway's board, and 1 GB: `of_time` and
   `of_memory` are the parts of them that were used. A decision, with its chain looked up and
   without, is printed as a ratio to the peers' in the same run: they look the person up in every
   decision, we once while nothing changes. What is measured of Writ stands in `bench.law.ours`.
"""

import json
import subprocess
import sys
from typing import TypeAlias

Said: TypeAlias = dict[str, float | int | str | list[bool]]
Found: TypeAlias = dict[str, list[Said]]

FEW = 20
ORDERS, CEDAR, REGO = (1, 10, 100, 1000, 3000, 10_000), (10, 100, 1000), (10, 100)
PROFILES = ((1000, 1000), (1000, 10_000))
MOST_PROFILES = (100, 100_000)
DEPLOYED = (1000, 2000)
SECONDS, MIB = 10, 1024
COLUMNS = (
    "orders", "annex_rows", "check_s", "compile_s", "snapshot_s", "proved_s", "snapshot_mib",
    "law_peak_mib", "rows", "load_s", "load_us_per_row", "sent_mib", "peak_mib", "links_us", "decision_ns",
    "of_time", "of_memory",
)  # fmt: skip


def run(engine: str, *sizes: int) -> Said:
    """Measure one size in a process of its own."""
    command = [sys.executable, "-m", f"bench.law.{engine}", *map(str, sizes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: Said = json.loads(done.stdout)
    return said


def ours(orders: int, profiles: int) -> Said:
    """Measure Writ, beside the limits (rule 3)."""
    said = run("ours", orders, profiles)
    steps = ("check_s", "compile_s", "snapshot_s", "proved_s", "load_s")
    said["of_time"] = round(sum(float(str(said[step])) for step in steps) / SECONDS, 2)
    said["of_memory"] = round(float(str(said["peak_mib"])) / MIB, 2)
    return said


def alike(ours: Said, theirs: Said) -> None:
    """Insist that an engine bars whom we bar."""
    if ours["barred"] != theirs["barred"]:
        raise SystemExit(f"the engines differ at {ours['orders']} orders: nothing here compares")


def measure(*, quick: bool, everything: bool) -> Found:
    """Measure everything."""
    orders = (1, 30) if quick else ORDERS
    few = 10 if quick else FEW
    found: Found = {"writ": [ours(count, few) for count in orders]}
    by_size = {said["orders"]: said for said in found["writ"]}
    for engine, sizes in (("cedar", CEDAR), ("rego", REGO)):
        found[engine] = []
        for count in (30,) if quick else sizes:
            said = run(engine, count)
            alike(by_size[count], said)
            found[engine].append(said)
    swept = [*PROFILES, *([MOST_PROFILES] if everything else [])]
    found["profiles"] = [ours(*size) for size in ([] if quick else swept)]
    found["deployed"] = [run("deployed", count) for count in (DEPLOYED if everything else ())]
    return found


def table(rows: list[Said], columns: tuple[str, ...]) -> None:
    """Print some columns."""
    wide = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in columns}
    print("  ".join(f"{name:>{wide[name]}}" for name in columns))
    for row in rows:
        print("  ".join(f"{row[name]!s:>{wide[name]}}" for name in columns))


def main() -> None:
    """Print tables, or JSON."""
    found = measure(quick="--quick" in sys.argv, everything="--all" in sys.argv)
    if "--json" in sys.argv:
        plain = {
            name: [{k: v for k, v in said.items() if k != "barred"} for said in rows]
            for name, rows in found.items()
        }
        print(json.dumps(plain))
        return
    print("writ, orders swept:")
    table(found["writ"], COLUMNS)
    if found["profiles"]:
        print("writ, profiles swept:")
        table(found["profiles"], COLUMNS)
    if found["deployed"]:
        print("writ as deployed, seconds that passed, of CPU in the command, and in the server:")
        table(found["deployed"], tuple(found["deployed"][0]))
    mine_of = {said["orders"]: said for said in found["writ"]}
    for engine in ("cedar", "rego"):
        print(f"{engine}, the same rules and answers; smaller sizes only, for it is slower:")
        for said in found[engine]:
            mine, theirs = mine_of[said["orders"]], float(str(said["decision_ns"]))
            decision = float(str(mine["decision_ns"]))
            whole = decision + 1000 * float(str(mine["links_us"]))
            print(
                f"  {said['orders']} orders: read in {said['parse_s']} s, peak {said['peak_mib']} MiB,"
                f" a decision {theirs:.0f} ns: {theirs / decision:.0f} times ours,"
                f" {theirs / whole:.1f} times ours with the lookup"
            )


main()
