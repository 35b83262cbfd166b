"""What drawing a sample of decisions costs: `./dev bench sample [--json] [--receipts N]`.

1. Receipts as a gateway writes them, of every outcome, taken over and signed for.
2. Processor time of a draw, for a few of each outcome and for many, beside reading the same receipts
   and their JSON with nothing else done: that is the least that any draw from all of them can cost.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from writ.canonical import Plain, encode
from writ.clock import SECOND, format_instant
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, Log
from writ.ledger.sampling.sample import Wish, draw
from writ.signing.keys import KeyPair
from writ.signing.note import sign_note
from writ.store.database import open_store
from writ.store.receipts import read_receipts

ORIGIN = "bench.example/decisions"
PAIR = KeyPair.from_seed(bytes(32))
NOW = 1_782_000_000 * SECOND
EACH = (10, 100, 1000)
TIMES = 3
KINDS: tuple[dict[str, Plain], ...] = (
    {"kind": "permit", "begun": 3, "evidence": ["e5f6a7b8"], "who": ["a1b2c3d4"]},
    {"kind": "refusal", "outcome": "verify"},
    {"kind": "refusal", "outcome": "deny"},
    {"kind": "substitution", "outcome": "substitute", "served_by": "opus-4-8"},
    {"kind": "cut", "outcome": "verify"},
    {"kind": "refusal", "outcome": "deny", "error": "unknown_key"},
)


class _Clock:
    def now(self) -> int:
        """Return a fixed legal instant."""
        return NOW


def lines(count: int) -> bytes:
    """Write receipts, a second apart."""
    rules: list[Plain] = [{"order": "us-bis-2026-06-12", "version": 1, "rule": "only-us-persons"}]
    told: dict[str, Plain] = {"model": "fable-5", "epoch": 1, "rules_digest": "sha256:" + "0" * 64}
    return b"".join(
        encode(
            told
            | KINDS[number % len(KINDS)]
            | {
                "id": f"{number:08x}",
                "at": format_instant(NOW - (count - number) * SECOND),
                "rules": rules,
            }
        )
        + b"\n"
        for number in range(count)
    )


def least(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes, the least of a few times."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def measure(folder: Path, count: int) -> dict[str, object]:
    """Take every measure."""
    (folder / "receipts").mkdir()
    data = lines(count)
    (folder / "receipts" / "gateway-1.jsonl").write_bytes(data)
    store = open_store(folder / "writ.sqlite")
    sign = (lambda text, _: sign_note(text, ORIGIN, PAIR),)
    decisions = Decisions(folder / "receipts", Log(store, ORIGIN, sign, _Clock(), DECISIONS))
    decisions.sign()

    def read() -> None:
        with store.view() as connection:
            rows = read_receipts(connection)
            deque((msgspec.json.decode(row.bytes) for row in rows), maxlen=0)

    floor = least(read)
    drawn = {each: least(partial(draw, decisions, Wish(each), NOW)) for each in EACH}
    return {
        "receipts": count,
        "receipts_mib": len(data) / 2**20,
        "read_s": floor,
        **{f"draw_{each}_s": took for each, took in drawn.items()},
        **{f"draw_{each}_to_read": took / floor for each, took in drawn.items()},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./dev bench sample", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--receipts", type=int, default=100_000, help="how many to draw from")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.receipts)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:>18}: {value:,.3f}" if isinstance(value, float) else f"{name:>18}: {value:,}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
