"""What a pack proves as one table: a row for each event and each receipt, as CSV (RFC 4180).

1. Nothing is told of who asked: no pseudonym, no fact.
2. A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from writ.cells import cell
from writ.clock import format_instant
from writ.ledger.evidence.contents import Contents

COLUMNS = (
    "log", "entry", "kind", "at", "until", "epoch", "by", "model", "outcome", "rules", "requests",
    "rules_digest",
)  # fmt: skip
_Row = Mapping[str, object]


def table(contents: Contents) -> bytes:
    """Return the table, governance log first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*_events(contents), *_receipts(contents)):
        writer.writerow({name: cell(value) for name, value in row.items()})
    return text.getvalue().encode()


def _events(contents: Contents) -> Iterator[_Row]:
    for event in contents.events:
        payload = event.payload
        at = payload.get("at")
        yield {
            "log": contents.seen.checkpoint.origin,
            "entry": event.seq,
            "kind": event.kind,
            "at": format_instant(at) if isinstance(at, int) else None,
            "epoch": payload.get("epoch"),
            "by": payload.get("by") or payload.get("signer") or payload.get("submitter"),
        }


def _receipts(contents: Contents) -> Iterator[_Row]:
    receipts = contents.receipts
    if receipts is None:
        return
    for seq, receipt in sorted(receipts.opened.items()):
        rules = receipt.get("rules")
        named = [
            f"{rule.get('order')} v{rule.get('version')} {rule.get('rule')}"
            for rule in (rules if isinstance(rules, Sequence) else ())
            if isinstance(rule, Mapping)
        ]
        yield {
            "log": receipts.checkpoint.origin,
            "entry": seq,
            "kind": receipt.get("kind"),
            "at": receipt.get("at") or receipt.get("from"),
            "until": receipt.get("until"),
            "epoch": receipt.get("epoch"),
            "model": receipt.get("model"),
            "outcome": receipt.get("outcome") or receipt.get("kind"),
            "rules": named,
            "requests": receipt.get("begun", 1),
            "rules_digest": receipt.get("rules_digest"),
        }
