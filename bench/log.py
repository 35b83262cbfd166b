"""What the log costs: `./dev bench log [--json] [--quick]`.

1. Appending: event rows with nothing over them, then hashed into the tree and signed, by batch.
   The ratio is what the log adds to writing the rows at all.
2. Publishing the files of one more batch; proofs made and checked; an audit of the whole folder,
   beside SHA-256 over the same bytes with nothing else done.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from writ.canonical import Plain
from writ.ledger.audit import audit
from writ.ledger.folder import Folder
from writ.ledger.log import Log
from writ.ledger.policy import read_policy
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.database import Store, open_store
from writ.store.events import append

ORIGIN = "bench.example/governance"
PAIR = KeyPair.from_seed(bytes(32))
BATCHES = (1, 16, 256, 2048)
PAYLOAD: dict[str, Plain] = {
    "id": "p1",
    "signer": "ben",
    "envelope": "sha256:" + "0" * 64,
    "at": 1_782_000_000,
}


class _Clock:
    def now(self) -> int:
        """Return a fixed legal instant."""
        return 1_782_000_000_000_000


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rows(store: Store, count: int) -> None:
    """Write event rows in one unit."""
    with store.unit() as connection:
        for _ in range(count):
            append(connection, "bench", PAYLOAD)


def measure(folder: Path, total: int) -> dict[str, object]:
    """Take every measure once."""
    store = open_store(folder / "writ.sqlite")
    log = Log(store, ORIGIN, (lambda text, _: sign_note(text, ORIGIN, PAIR),), _Clock())
    appending = []
    for batch in BATCHES:
        rounds = max(1, min(50, total // batch // 8))
        bare = sum(timed(partial(rows, store, batch)) for _ in range(rounds))
        log.sign()
        both = 0.0
        for _ in range(rounds):
            both += timed(partial(rows, store, batch)) + timed(log.sign)
        count = batch * rounds
        appending.append(
            {"batch": batch, "rows_s": count / bare, "logged_s": count / both, "ratio": both / bare}
        )
    while (size := _size(log)) < total:
        rows(store, min(10_000, total - size))
        log.sign()
    published = Folder(folder / "log")
    whole = timed(lambda: log.publish(published, log.sign()))
    rows(store, 16)
    note = log.sign()
    one = timed(lambda: log.publish(published, note))
    policy = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())
    checkpoint = policy.see(note).checkpoint
    make = timed(lambda: [log.prove(seq) for seq in range(1, 101)]) / 100
    proved = log.prove(7)
    entry = proved.opening.entry()
    check = timed(lambda: [proved.proof.check(entry, policy) for _ in range(100)]) / 100
    audited = timed(lambda: audit(published, checkpoint))
    files = sorted((folder / "log" / "tile" / "entries").rglob("*"))
    data = [path.read_bytes() for path in files if path.is_file()]
    hashed = timed(lambda: [hashlib.sha256(part).digest() for part in data])
    return {
        "entries": checkpoint.size,
        "appending": appending,
        "publish_all_s": whole,
        "publish_16_ms": one * 1000,
        "prove_ms": make * 1000,
        "check_us": check * 1e6,
        "audit_s": audited,
        "audit_per_s": checkpoint.size / audited,
        "audit_to_plain_sha256": audited / hashed,
    }


def _size(log: Log) -> int:
    note = log.last()
    return 0 if note is None else int(note.text.split("\n")[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./dev bench log", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--quick", action="store_true", help="a small log, seconds long")
    parser.add_argument("--entries", type=int, default=100_000, help="size of the log audited")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), 3000 if options.quick else options.entries)
    if options.json:
        print(json.dumps(found))
        return
    appending = found.pop("appending")
    assert isinstance(appending, list)
    for row in appending:
        print(
            "batch {batch:>5}: {rows_s:>8.0f} rows/s bare, {logged_s:>8.0f} logged and signed,"
            " {ratio:.2f} times".format(**row)
        )
    for name, value in found.items():
        print(f"{name:>22}: {value:,.3f}" if isinstance(value, float) else f"{name:>22}: {value:,}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
