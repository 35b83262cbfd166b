"""Conditions of licences, as duties of whoever holds them.

1. A condition in words alone stands for as long as the licence runs, and its holder sees to it.
2. One with a clock is written like a duty, without clauses: they are its licence's. What it leaves
   out of `owner`, `from` and `until` is the licence's too.
3. One in words alone is named after its licence and its place there: `licence-d1234567-1`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from writ.law.document import Entry, Node, quoted
from writ.law.letter import Letter
from writ.law.obligations import CONDITION_KEYS, Span, Times, read_clocked
from writ.law.reading import Reader
from writ.model.duty import Obligation

_UNNAMED = re.compile("[^a-z0-9]+")


def read_conditions(
    letter: Letter, node: Node | None, times: Times, taken: set[str]
) -> Iterator[Obligation]:
    """Yield the conditions of every licence of an order; `taken` are ids of other duties.

    What else is wrong with a licence is told where it is read.
    """
    for licence in letter.reader.items(node):
        entries = licence.value if isinstance(licence.value, Mapping) else {}
        listed = entries.get("conditions")
        for place, item in enumerate(letter.reader.items(listed.node if listed else None), 1):
            found = _condition(letter, entries, times, (place, item))
            if found.id in taken:
                letter.reader.fault(item, f"the duty {quoted(found.id)} stands twice")
            taken.add(found.id)
            yield found


def _condition(
    letter: Letter, licence: Mapping[str, Entry], times: Times, placed: tuple[int, Node]
) -> Obligation:
    reader, (place, item) = letter.reader, placed
    said = {key: entry.node.plain() for key, entry in licence.items()}
    clauses = said.get("clauses")
    carried = tuple(map(str, clauses)) if isinstance(clauses, list) else ()
    quiet = Reader()  # the licence itself has been read, with its faults
    since, until = (
        quiet.instant(licence[key].node) if key in licence else None for key in ("from", "until")
    )
    span = Span(since or 0, until)
    if isinstance(item.value, Mapping):
        fields = reader.fields(item, CONDITION_KEYS)
        found = read_clocked(letter, fields, times, span)
    else:
        number = _UNNAMED.sub("-", str(said.get("number", "")).lower()).strip("-")
        found = Obligation(
            f"licence-{number}-{place}", (), reader.text(item), None, span.since, until=span.until
        )
    return replace(found, clauses=carried, owner=found.owner or str(said.get("holder", "")) or None)
