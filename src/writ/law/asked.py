"""Questions that were put to an authority, with their clocks, over all versions of all orders.

1. A question stands as the last version that has it says, until it has an answer.
2. One without an answer ends with a later version in effect that does not have it, whatever its kind.
"""

from collections.abc import Iterator, Mapping

from writ.canonical import Plain
from writ.clock import Instant, format_instant, parse_instant
from writ.model.order import Lawbook, OrderVersion


def questions_plain(book: Lawbook, at: Instant) -> list[Plain]:
    """Write every question as JSON values, with how it stands at an instant."""
    found: dict[tuple[str, str], tuple[int, Mapping[str, object]]] = {}
    last: dict[str, int] = {}
    for version in sorted(book.versions, key=lambda version: version.version):
        if version.effective <= at:
            last[version.order] = version.version
        for item in _questions(version):
            found[version.order, str(item.get("id"))] = version.version, item
    return [
        _question(order, item, at)
        for (order, _), (version, item) in sorted(found.items(), key=lambda entry: entry[0])
        if item.get("answer") is not None or last.get(order, 0) <= version  # 2
    ]


def _questions(version: OrderVersion) -> Iterator[Mapping[str, object]]:
    listed = version.source.get("questions")
    items = listed if isinstance(listed, list | tuple) else ()
    yield from (item for item in items if isinstance(item, Mapping))


def _question(order: str, item: Mapping[str, object], at: Instant) -> Plain:
    by = item.get("answer_by")
    due = None if by is None else parse_instant(str(by))
    state = "due" if due is None or at < due else "overdue"
    return {
        "name": f"{order}/{item.get('id')}",
        "question": str(item.get("question")),
        "to": str(item.get("to")),
        "due": None if due is None else format_instant(due),
        "state": "answered" if item.get("answer") is not None else state,
    }
