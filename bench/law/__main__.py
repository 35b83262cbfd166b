"""Thousands of orders, beside two other engines: `./dev bench law [--quick|--all] [--json]`.

1. The same letters for Writ, Cedar (cedarpy) and Rego (regopy), each size in a process of its own;
   all three must bar the same people. The slow ones are asked smaller sizes, and it says so.
2. Orders are swept with few profiles, then profiles with a thousand orders; `--all` goes on to
   100,000 profiles, which takes tens of minutes.
3. A decision, with its chain looked up and without, is printed as a ratio to the peers' in the same
   run: they look the person up in every decision, we once while nothing changes.
   What is measured of Writ stands in `bench.law.ours`.
"""

import json
import subprocess
import sys
from typing import TypeAlias

Said: TypeAlias = dict[str, float | int | list[bool]]

FEW = 20
ORDERS, CEDAR, REGO = (1, 10, 100, 1000, 3000, 10_000), (10, 100, 1000), (10, 100)
PROFILES, AT = (1000, 10_000), 1000
MOST_PROFILES = 100_000
COLUMNS = (
    "orders", "annex_rows", "check_s", "compile_s", "snapshot_s", "proved_s", "snapshot_mib",
    "law_peak_mib", "rows", "load_s", "load_us_per_row", "sent_mib", "peak_mib", "links_us", "decision_ns",
)  # fmt: skip


def run(engine: str, *sizes: int) -> Said:
    """Measure one size in a process of its own."""
    command = [sys.executable, "-m", f"bench.law.{engine}", *map(str, sizes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: Said = json.loads(done.stdout)
    return said


def alike(ours: Said, theirs: Said) -> None:
    """Insist that an engine bars whom we bar."""
    if ours["barred"] != theirs["barred"]:
        raise SystemExit(f"the engines differ at {ours['orders']} orders: nothing here compares")


def measure(*, quick: bool, everything: bool) -> dict[str, list[Said]]:
    """Measure everything."""
    orders = (1, 30) if quick else ORDERS
    few = 10 if quick else FEW
    found: dict[str, list[Said]] = {"writ": [run("ours", count, few) for count in orders]}
    by_size = {said["orders"]: said for said in found["writ"]}
    for engine, sizes in (("cedar", CEDAR), ("rego", REGO)):
        found[engine] = []
        for count in (30,) if quick else sizes:
            said = run(engine, count)
            alike(by_size[count], said)
            found[engine].append(said)
    counts = () if quick else (*PROFILES, MOST_PROFILES) if everything else PROFILES
    found["profiles"] = [run("ours", AT, count) for count in counts]
    return found


def table(rows: list[Said], columns: tuple[str, ...]) -> None:
    """Print some columns."""
    print("  ".join(f"{name:>{len(name)}}" for name in columns))
    for row in rows:
        print("  ".join(f"{row[name]!s:>{len(name)}}" for name in columns))


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
        print(f"writ, {AT} orders, profiles swept:")
        table(found["profiles"], COLUMNS)
    ours = {said["orders"]: said for said in found["writ"]}
    for engine in ("cedar", "rego"):
        print(f"{engine}, the same rules and answers; smaller sizes only, for it is slower:")
        for said in found[engine]:
            mine, theirs = ours[said["orders"]], float(str(said["decision_ns"]))
            decision = float(str(mine["decision_ns"]))
            whole = decision + 1000 * float(str(mine["links_us"]))
            print(
                f"  {said['orders']} orders: read in {said['parse_s']} s, peak {said['peak_mib']} MiB,"
                f" a decision {theirs:.0f} ns: {theirs / decision:.0f} times ours,"
                f" {theirs / whole:.1f} times ours with the lookup"
            )


main()
