"""Who was served on some models before an epoch, from receipts in the log: pseudonyms and counts.

1. A receipt says under which epoch it was decided, so a gateway that heard late is counted right.
2. A gateway that stopped without closing its file may have lost its last quarter of a second.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from writ.clock import Instant, parse_instant
from writ.errors import Failed


@dataclass(frozen=True, slots=True)
class Served:
    """One chain's use of a model: pseudonyms, requests begun, first and last instant."""

    who: tuple[str, ...]
    model: str
    requests: int
    first: Instant
    last: Instant


class _Receipt(msgspec.Struct):
    kind: str
    who: list[str] = []
    model: str = ""
    epoch: int = 0
    start: str = msgspec.field(name="from", default="")
    until: str = ""
    begun: int = 0
    at: str = ""


def served(
    lines: Iterable[bytes], models: Collection[str], since: Instant, epoch: int
) -> tuple[tuple[Served, ...], tuple[Instant, ...]]:
    """Return who was served from an instant on before an epoch, and when a gateway broke off."""
    found: dict[tuple[tuple[str, ...], str], Served] = {}
    broken: list[Instant] = []
    for receipt in _receipts(lines):
        if receipt.kind == "gap" and parse_instant(receipt.at) >= since:
            broken.append(parse_instant(receipt.at))
        if receipt.kind != "permit" or receipt.model not in models or receipt.epoch >= epoch:
            continue
        first, last = parse_instant(receipt.start), parse_instant(receipt.until)
        if last < since or not receipt.begun:
            continue
        key = tuple(receipt.who), receipt.model
        old = found.get(key, Served(*key, 0, first, last))
        total = old.requests + receipt.begun
        found[key] = Served(*key, total, min(old.first, first), max(old.last, last))
    return tuple(found[key] for key in sorted(found)), tuple(sorted(broken))


def _receipts(lines: Iterable[bytes]) -> Iterable[_Receipt]:
    decoder = msgspec.json.Decoder(_Receipt)
    for number, line in enumerate(lines, 1):
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError:
            raise Failed(f"entry {number} of the decision log is no receipt") from None
