"""Which clauses of its letter a fault of an order is about.

1. A part that names clauses (a rule, an exception, a duty, a reading) goes on up to the next part or
   section; a fault that stands within is about those clauses.
2. A fault at an entry of `clauses` is about that clause.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from writ.errors import Fault
from writ.law.document import Node, Place, printable

_Begin: TypeAlias = tuple[int, int, tuple[str, ...]]


def with_clauses(faults: Iterable[Fault], orders: Mapping[str, Node]) -> Iterator[Fault]:
    """Give each fault of these orders, by file name, the clauses that it is about."""
    parts = {name: sorted(_parts(node)) for name, node in orders.items()}
    for fault in faults:
        begun = parts.get(fault.file, ())
        last = bisect_right(begun, (fault.line, fault.column), key=lambda part: part[:2])
        yield replace(fault, clauses=begun[last - 1][2]) if last else fault


def _parts(order: Node) -> Iterator[_Begin]:
    """Yield where each part begins, and its clauses; a section has none of its own."""
    sections = order.value if isinstance(order.value, Mapping) else {}
    letter = sections["clauses"].node.value if "clauses" in sections else None
    known = letter if isinstance(letter, Mapping) else {}
    for section in sections.values():
        yield _begin(section.key, ())
        for item in section.node.value if isinstance(section.node.value, tuple) else ():
            yield _begin(
                item.place, tuple(printable(name) for name in _named(item) if name in known)
            )
    for clause, entry in known.items():  # 2
        yield _begin(entry.key, (printable(clause),))


def _begin(place: Place, clauses: tuple[str, ...]) -> _Begin:
    return place.line, place.column, clauses


def _named(part: Node) -> Iterator[str]:
    """Yield the clauses that a part names, as `clause` or as `clauses`."""
    if not isinstance(part.value, Mapping):
        return
    for entry in (part.value[key] for key in ("clause", "clauses") if key in part.value):
        items = entry.node.value if isinstance(entry.node.value, tuple) else (entry.node,)
        yield from (item.value for item in items if isinstance(item.value, str))
