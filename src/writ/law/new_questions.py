"""What templates ask, and the kinds of answers that there are.

1. An answer is text or a list of texts, kept as it was written: `NO` stays Norway.
2. A list typed on one line has commas between its items; in a file it may also be a list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from writ.errors import Fault
from writ.law.countries import read_country
from writ.law.document import Node, quoted
from writ.law.groups import shipped_groups
from writ.law.reading import Keys, Reader, nearest
from writ.law.shipped import definition_names

QUESTION_KEYS = Keys(required=("key", "kind", "ask"), optional=("default", "once"))

Answer: TypeAlias = str | list[str]
Read: TypeAlias = Callable[[Reader, Node], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a template asks; `once`: only where the folder has no catalogue yet."""

    key: str
    kind: str
    ask: str
    default: Answer | None = None
    once: bool = False

    def read(self, reader: Reader, node: Node) -> Answer:
        """Read an answer; faults go to the reader."""
        if self.kind in ONE:
            return ONE[self.kind](reader, node)
        items = _split(node) if isinstance(node.value, str) else reader.items(node)
        if not items and self.default is None:
            reader.fault(node, f"{quoted(self.key)} must name at least one")
        return [MANY[self.kind](reader, item) for item in items]

    def unanswered(self) -> Fault:
        """Say that an answer is missing, and what was asked."""
        return Fault(
            "", 0, 0, f"no answer for {quoted(self.key)}: {self.ask[0].lower()}{self.ask[1:]}"
        )


def read_question(reader: Reader, node: Node) -> Question:
    """Read one question of a template."""
    fields = reader.fields(node, QUESTION_KEYS)
    kind = reader.choice(fields["kind"], [*ONE, *MANY])
    found = Question(
        reader.name(fields["key"]),
        kind,
        reader.text(fields["ask"]),
        once=reader.truth(fields["once"], otherwise=False),
    )
    default = fields["default"]
    if default is None:
        return found
    return replace(found, default=replace(found, default="").read(reader, default))


def _split(node: Node) -> tuple[Node, ...]:
    items = (item.strip() for item in str(node.value).split(","))
    return tuple(Node(node.place, item) for item in items if item)


def _instant(reader: Reader, node: Node) -> str:
    reader.instant(node)
    return reader.text(node)


def _definition(reader: Reader, node: Node) -> str:
    name = reader.text(node)
    if name.strip() and name not in definition_names():
        reader.fault(node, f"unknown definition {quoted(name)}{nearest(name, definition_names())}")
    return name


def _country(reader: Reader, node: Node) -> str:
    name = reader.text(node)
    if name in shipped_groups():
        reader.fault(
            node,
            f"{quoted(name)} is a group of countries; answer with one of its countries,"
            " and write the group into the file that is made",
        )
        return name
    return read_country(reader, node)


ONE: Mapping[str, Read] = {
    "text": Reader.text,
    "name": Reader.name,
    "identifier": Reader.identifier,
    "instant": _instant,
    "definition": _definition,
    "order": Reader.name,
}
MANY: Mapping[str, Read] = {
    "texts": Reader.text,
    "names": Reader.identifier,
    "identifiers": Reader.identifier,
    "countries": _country,
}
