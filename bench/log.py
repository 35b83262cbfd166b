"""What the log costs: `./dev bench log [--json] [--quick]`.

1. Appending: event rows, which come one by one as things happen, and receipts, which come by the
   batch; with nothing over them, then hashed into the tree and signed. The ratio is what the log
   adds to writing the rows at all.
2. A large log of receipts: publishing it, and the files of one more batch; proofs made and checked;
   a range of a hundred entries; an audit of the whole folder, beside SHA-256 over the same bytes
   with nothing else done. The peak of memory is that of all of this.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from writ.canonical import Plain
from writ.ledger.audit import audit
from writ.ledger.excerpt import Excerpt
from writ.ledger.folder import Folder
from writ.ledger.log import DECISIONS, Log
from writ.ledger.policy import read_policy
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.database import Store, open_store
from writ.store.events import append
from writ.store.receipts import add_receipts

Write = Callable[[Store, int], None]

ORIGIN = "bench.example/log"
PAIR = KeyPair.from_seed(bytes(32))
BATCHES = (1, 16, 256, 2048)
MOST_EVENTS = 100_000
RECEIPT = (
    b'{"at":"2026-06-12T21:21:00.000Z","id":"4f1c9a","model":"fable-5","outcome":"deny",'
    b'"rules_digest":"sha256:%s"}' % (b"0" * 64)
)
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


def events(store: Store, count: int) -> None:
    """Write event rows in one unit."""
    with store.unit() as connection:
        for _ in range(count):
            append(connection, "bench", PAYLOAD)


def receipts(store: Store, count: int) -> None:
    """Take receipts over in one unit."""
    with store.unit() as connection:
        add_receipts(connection, (("4f1c9a", RECEIPT) for _ in range(count)))


def appending(store: Store, log: Log, write: Write, total: int) -> list[dict[str, float]]:
    """Measure step 1 for one kind of rows."""
    found = []
    for batch in BATCHES:
        rounds = max(1, min(50, total // batch // 8))
        bare = sum(timed(partial(write, store, batch)) for _ in range(rounds))
        log.sign()
        both = 0.0
        for _ in range(rounds):
            both += timed(partial(write, store, batch)) + timed(log.sign)
        count = batch * rounds
        found.append(
            {"batch": batch, "rows_s": count / bare, "logged_s": count / both, "ratio": both / bare}
        )
    return found


def measure(folder: Path, total: int) -> dict[str, object]:
    """Take every measure once."""
    store = open_store(folder / "writ.sqlite")
    signers = ((lambda text, _: sign_note(text, ORIGIN, PAIR)),)
    of_events = Log(store, ORIGIN, signers, _Clock())
    log = Log(store, ORIGIN, signers, _Clock(), DECISIONS)
    by_batch = {
        "events": appending(store, of_events, events, min(total, MOST_EVENTS)),
        "receipts": appending(store, log, receipts, total),
    }
    while (size := _size(log)) < total:
        receipts(store, min(10_000, total - size))
        log.sign()
    published = Folder(folder / "log")
    whole = timed(lambda: log.publish(published, log.sign()))
    receipts(store, 16)
    note = log.sign()
    one = timed(lambda: log.publish(published, note))
    return {
        "appending": by_batch,
        "publish_all_s": whole,
        "publish_16_ms": one * 1000,
        **checked(folder, log, published),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def checked(folder: Path, log: Log, published: Folder) -> dict[str, object]:
    """Measure what is proved of a log that was published (step 2)."""
    policy = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())
    checkpoint = policy.see(log.sign()).checkpoint
    make = timed(lambda: [log.prove(seq) for seq in range(1, 101)]) / 100
    proved = log.prove(7)
    entry = proved.opening.entry()
    check = timed(lambda: [proved.proof.check(entry, policy) for _ in range(100)]) / 100
    first = checkpoint.size // 2
    span = timed(lambda: Excerpt(published, checkpoint).check_entries(first, first + 99))
    audited = timed(lambda: audit(published, checkpoint))
    files = sorted((folder / "log" / "tile" / "entries").rglob("*"))
    data = [path.read_bytes() for path in files if path.is_file()]
    hashed = timed(lambda: [hashlib.sha256(part).digest() for part in data])
    return {
        "entries": checkpoint.size,
        "prove_ms": make * 1000,
        "check_us": check * 1e6,
        "range_of_100_ms": span * 1000,
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
    by_batch = found.pop("appending")
    assert isinstance(by_batch, dict)
    for kind, rows in by_batch.items():
        for row in rows:
            print(
                "{kind:>8}, batch {batch:>5}: {rows_s:>8.0f} rows/s bare, {logged_s:>8.0f} logged"
                " and signed, {ratio:.2f} times".format(kind=kind, **row)
            )
    for name, value in found.items():
        print(f"{name:>22}: {value:,.3f}" if isinstance(value, float) else f"{name:>22}: {value:,}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
