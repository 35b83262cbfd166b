"""YAML and JSON as one tree that knows where everything stood, read within budgets.

1. A file is UTF-8, at most `LARGEST` bytes and `DEEPEST` levels, and holds one document.
2. A plain scalar is text unless it is `true`, `false`, `null`, `~`, nothing, or a whole number in
   decimal: `NO` is Norway, `on` is a word, an instant is text until somebody reads it as one.
3. Tags, anchors and aliases are refused: an order says everything where it stands.
4. A key is text as written, and stands once in its mapping.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput

LARGEST = 256 * 1024
DEEPEST = 32

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_SHOWN = 60
_OPEN = "found unexpected end of stream"
_QUOTES = frozenset("'\"|>")

Scalar: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column from 1 in a file, or a path in a JSON value."""

    file: str
    line: int = 0
    column: int = 0
    path: str = ""

    def fault(self, message: str) -> Fault:
        """Say what is wrong here."""
        said = f"{self.path}: {message}" if self.path else message
        return Fault(self.file, self.line, self.column, said)


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping, and where it stands."""

    place: Place
    value: "Scalar | tuple[Node, ...] | Mapping[str, Entry]"

    def plain(self) -> Plain:
        """Return the value without its places."""
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        if isinstance(self.value, Mapping):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        return self.value


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a mapping, and where its key stands."""

    key: Place
    node: Node


class NotYaml(InvalidInput):
    """Somewhere a file stops being YAML."""


class Part(dict[str, Entry]):
    """A mapping that could not be read wholly; `unread` are the keys whose values are not whole."""

    def __init__(self, entries: Mapping[str, Entry], unread: frozenset[str]) -> None:
        super().__init__(entries)
        self.unread = unread


def quoted(value: object) -> str:
    """Write the user's own words into a message: in backticks, on one line, not too long."""
    return f"`{printable(value if isinstance(value, str) else str(value))}`"


def printable(text: str) -> str:
    """Write others' words on one line, not too long, and so that no terminal obeys them."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)


def read_yaml(data: bytes, file: str, found: list[Fault] | None = None, first: int = 1) -> Node:
    """Read one YAML document; every duplicate key, tag and anchor is reported at once.

    With `found`, all that can be read in spite of is put there, and reading goes on: with the key
    that came first, the bare value, what an alias of a scalar stands for, the first document.
    Everything else is InvalidInput either way, what is no YAML NotYaml. `first` is the number of its first line.
    """
    text = _decode(data, file)
    composer = _Composer(file, text, first - 1)
    try:
        node = composer.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if error.problem == _OPEN and error.context_mark:
            mark = error.context_mark  # where it begins, and not where the file ends
        line, column = (mark.line + first, mark.column + 1) if mark else (first, 1)
        composer.faults.append(Fault(file, line, column, f"not YAML: {_reason(error)}"))
        raise NotYaml([*composer.faults, *composer.spared]) from None
    except yaml.YAMLError:
        raise InvalidInput([Fault(file, 1, 1, "holds characters that YAML forbids")]) from None
    if composer.faults or (composer.spared and found is None):
        raise InvalidInput([*composer.faults, *composer.spared])
    if found is not None:
        found += composer.spared
    return node


def read_plain(value: object, file: str = "") -> Node:
    """Read a JSON value as `json.loads` gives it; numbers with a fraction are refused."""
    walker = _Walker(file)
    node = walker.node(value, "", 0)
    if walker.faults:
        raise InvalidInput(walker.faults)
    return node


def _decode(data: bytes, file: str) -> str:
    if len(data) > LARGEST:
        raise InvalidInput([Fault(file, 1, 1, f"larger than {LARGEST} bytes")])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise InvalidInput([Fault(file, line, column, "not UTF-8")]) from None


def _reason(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context}, {error.problem}" if error.problem == _OPEN else error.problem
    return " ".join(str(said).split())


class _Composer:
    """Builds the tree from parser events, so that nothing is expanded before it is judged."""

    def __init__(self, file: str, text: str, above: int) -> None:
        self.file = file
        self.above = above
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.faults: list[Fault] = []
        self.spared: list[Fault] = []
        self.anchored: dict[str, Scalar] = {}

    def document(self) -> Node:
        """Read the only document of the stream (rule 1)."""
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise InvalidInput([Fault(self.file, 1, 1, "is empty")])
        node = self.node(next(self.events), 0)
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.spare(after, "a second document; write one file for each")
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        """Read the node that `event` begins."""
        place = self.place(event)
        if depth > DEEPEST:
            raise InvalidInput([*self.faults, place.fault(f"deeper than {DEEPEST} levels")])
        self.refuse_extras(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(place, tuple(self.items(depth)))
        if isinstance(event, yaml.MappingStartEvent):
            return Node(place, self.entries(depth))
        if isinstance(event, yaml.ScalarEvent):
            value = event.value if event.style in _QUOTES else _scalar(event.value)
            if event.anchor is not None:
                self.anchored[event.anchor] = value
            return Node(place, value)
        alias = event.anchor if isinstance(event, yaml.AliasEvent) else None
        return Node(place, self.anchored.get(alias or ""))

    def items(self, depth: int) -> Iterator[Node]:
        """Read the items of a list up to its end."""
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> Mapping[str, Entry]:
        """Read the keys and values of a mapping up to its end (rule 4)."""
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            place = self.place(event)
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self.node(event, depth + 1)
                self.spare(event, "a key must be text")
            else:
                self.refuse_extras(event)
            node = self.node(next(self.events), depth + 1)
            if key in entries:
                self.spare(event, f"{quoted(key)} stands twice")
            elif key is not None:
                entries[key] = Entry(place, node)
        return entries

    def refuse_extras(self, event: yaml.Event) -> None:
        """Report a tag, an anchor or an alias (rule 3)."""
        if isinstance(event, yaml.AliasEvent):
            # Only scalars are put in place: lists in lists of lists would grow without end.
            known = event.anchor in self.anchored
            (self.spare if known else self.refuse)(
                event, f"an alias of {quoted(event.anchor)}; write it out here"
            )
        elif getattr(event, "anchor", None) is not None:
            self.spare(event, "an anchor; write everything out where it belongs")
        if getattr(event, "tag", None) is not None:
            self.spare(event, "a tag; write the value alone")

    def refuse(self, event: yaml.Event, message: str) -> None:
        """Report a fault where `event` begins."""
        self.faults.append(self.place(event).fault(message))

    def spare(self, event: yaml.Event, message: str) -> None:
        """Report a fault that what follows can be read in spite of."""
        self.spared.append(self.place(event).fault(message))

    def place(self, event: yaml.Event) -> Place:
        """Return where `event` begins."""
        mark = event.start_mark
        line = self.above + 1
        return Place(self.file, mark.line + line, mark.column + 1) if mark else Place(self.file)


def _scalar(text: str) -> Scalar:
    """Resolve a plain scalar (rule 2)."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


class _Walker:
    """Turns a JSON value into a tree; a place is the path to it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def node(self, value: object, path: str, depth: int) -> Node:
        """Return the node of `value`, which stands at `path`."""
        place = Place(self.file, path=path)
        if depth > DEEPEST:
            self.faults.append(place.fault(f"deeper than {DEEPEST} levels"))
        elif isinstance(value, list | tuple):
            return Node(place, tuple(self.items(value, path, depth)))
        elif isinstance(value, Mapping):
            return Node(place, dict(self.entries(value, path, depth)))
        elif value is None or isinstance(value, bool | int | str):
            return Node(place, self.scalar(value, place))
        else:
            self.faults.append(place.fault(f"{quoted(value)} is not read; write it as text"))
        return Node(place, None)

    def items(self, value: Sequence[object], path: str, depth: int) -> Iterator[Node]:
        """Return the nodes of a list."""
        for index, item in enumerate(value):
            yield self.node(item, f"{path}[{index}]", depth + 1)

    def entries(
        self, value: Mapping[object, object], path: str, depth: int
    ) -> Iterator[tuple[str, Entry]]:
        """Return the keys and nodes of a mapping (rule 4)."""
        for key, item in value.items():
            place = Place(self.file, path=path)
            if isinstance(key, str) and _writable(key):
                below = f"{path}.{key}" if path else key
                yield key, Entry(place, self.node(item, below, depth + 1))
            else:
                self.faults.append(place.fault(f"the key {quoted(key)} is not text"))

    def scalar(self, value: Scalar, place: Place) -> Scalar:
        """Return a scalar that can be written again."""
        if isinstance(value, str) and not _writable(value):
            self.faults.append(place.fault("half a surrogate pair is not text"))
            return None
        return value


def _writable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
