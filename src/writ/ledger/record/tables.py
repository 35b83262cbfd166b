"""The record for programs: everything as JSON; rows for versions, and numbers of them, as CSV (RFC 4180)."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec

from writ.cells import cell
from writ.ledger.record.places import page_of
from writ.ledger.record.view import Order, Record, Told

COLUMNS = (
    "order", "version", "kind", "title", "authority", "jurisdiction", "instrument", "cites",
    "received", "effective", "comply_by", "until", "published", "withdrawn", "models",
    "activated", "in_force_ms", "affected_least", "affected_below", "not_affected_least",
    "not_affected_below", "evaluation", "told_beforehand", "restoration", "challenge",
)  # fmt: skip
SUMS = ("authority", "jurisdiction", "kind", "versions")


def sums(record: Record) -> list[tuple[str, str, str, int]]:
    """Return how many versions of each kind came from each authority."""
    found: Counter[tuple[str, str, str]] = Counter()
    for version in (version for order in record.orders for version in order.versions):
        authority = cast(Told, version["authority"])
        name, jurisdiction = authority["name"] or "", authority["jurisdiction"] or ""
        found[str(name), str(jurisdiction), str(version["kind"])] += 1
    return [(*key, number) for key, number in sorted(found.items())]


def as_json(record: Record) -> bytes:
    """Write everything that is told."""
    orders = [
        {
            "order": order.id,
            "page": f"{record.address}/{page_of(order.id)}",
            "edition": order.editions[-1].number,
            "published": {str(number): at for number, at in order.published.items()},
            "versions": order.versions,
            "people": order.people,
            "statements": order.statements,
            "withdrawn": order.withdrawn,
        }
        for order in record.orders
    ]
    told = {
        "operator": record.operator,
        "orders": orders,
        "existing": record.existing,
        "numbers": [dict(zip(SUMS, row, strict=True)) for row in sums(record)],
    }
    return msgspec.json.format(msgspec.json.encode(told)) + b"\n"


def as_csv(record: Record) -> bytes:
    """Write a row for each version."""
    rows = ((order, version) for order in record.orders for version in order.versions)
    return _csv(COLUMNS, (dict(_row(order, version)) for order, version in rows))


def sums_as_csv(record: Record) -> bytes:
    """Write how many versions there are of which kind, and from whom."""
    return _csv(SUMS, (dict(zip(SUMS, row, strict=True)) for row in sums(record)))


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell(row.get(name)) for name in columns})
    return text.getvalue().encode()


def _row(order: Order, version: Told) -> Iterator[tuple[str, object]]:
    authority = cast(Told, version["authority"])
    yield from version.items()
    yield from (("order", order.id), ("authority", authority["name"]))
    yield from ((key, authority[key]) for key in ("jurisdiction", "instrument", "cites"))
    yield from (("published", order.published[cast(int, version["version"])]),)
    yield from (("withdrawn", order.withdrawn), *order.statements.items())
    force = cast(Told, version["in_force"])
    yield from (("activated", force["activated"]), ("in_force_ms", force["took_ms"]))
    for item in order.people:
        if item["version"] == version["version"]:
            for bound, number in cast(Told, item["band"]).items():
                yield f"{str(item['of']).replace(' ', '_')}_{bound}", number
