"""What can still be read of a file that is no YAML: the sections and entries that are.

1. A section begins with a key at the left edge, and goes on up to the next. Each is read by itself.
2. Of a section that is no YAML, each item of its list, or each key below it, is read by itself.
3. What is left out is named (`Part.unread`), so that nothing is called missing or unknown for it.
4. A parser stops at the first thing that is no YAML, which was told before; here are the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from writ.errors import Fault, InvalidInput
from writ.law.document import Entry, Node, Part, Place, quoted, read_yaml

_KEY = re.compile(r"""([\w.@-]+|"[^"\n]*"|'[^'\n]*')[ ]*:(?=\s|$)""")
_ITEM = re.compile(r"-(?=\s|$)")
_SILENT = re.compile(r"\s*(#.*)?$")
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|$)")


@dataclass(frozen=True, slots=True)
class _Lines:
    """Some lines of a file; `first` is the number of the first of them."""

    lines: tuple[str, ...]
    first: int = 1

    @property
    def listed(self) -> bool:
        """Whether they begin with an item of a list."""
        return any(_ITEM.match(line.lstrip(" ")) for line in self._telling()[:1])

    def split(self) -> "list[_Lines]":
        """Split at each line that begins something, as far left as the first that says anything."""
        edge = min((len(line) - len(line.lstrip(" ")) for line in self._telling()[:1]), default=0)
        begins = _ITEM if self.listed else _KEY
        starts = [
            place
            for place, line in enumerate(self.lines)
            if line[:edge].isspace() == bool(edge) and begins.match(line, edge)
        ]
        return [
            _Lines(self.lines[start:end], self.first + start)
            for start, end in pairwise((*starts, len(self.lines)))
        ]

    def key(self) -> str:
        """Return the key that they begin with; empty where there is none."""
        found = _KEY.match(self.lines[0].lstrip(" "))
        return found[1].strip("\"'") if found else ""

    def below(self) -> "_Lines":
        """Return what stands below the key; nothing where something stands beside it."""
        _, _, beside = self.lines[0].partition(":")
        return _Lines(self.lines[1:] if _SILENT.match(beside) else (), self.first + 1)

    def _telling(self) -> list[str]:
        return [line for line in self.lines if not _SILENT.match(line)]


@dataclass(frozen=True, slots=True)
class _Salvage:
    """One file: the faults that reading goes on in spite of, and where it is no YAML."""

    file: str
    spared: list[Fault]
    broken: list[Fault]

    def entries(self, parts: list[_Lines], *, deeper: bool) -> Part:
        """Read each part, which has a key, by itself (rule 1)."""
        entries, unread = dict[str, Entry](), set[str]()
        for part in parts:
            told = len(self.broken)
            found = self.read(part)
            if found is None:
                unread.add(part.key())
                found = self.below(part, told) if deeper else {}
            for key, entry in found.items():
                if key in entries:
                    self.spared.append(entry.key.fault(f"{quoted(key)} stands twice"))
                else:
                    entries[key] = entry
        return Part(entries, frozenset(unread))

    def read(self, part: _Lines) -> Mapping[str, Entry] | None:
        """Read a part that is YAML; None where it is not."""
        node = self.node(part)
        return node.value if node is not None and isinstance(node.value, Mapping) else None

    def node(self, part: _Lines) -> Node | None:
        """Read the node that some lines are; None where they are no YAML."""
        data = "".join(part.lines).encode()
        try:
            return read_yaml(data, self.file, self.spared, part.first)
        except InvalidInput as error:
            self.broken.extend(error.faults)
            return None

    def below(self, part: _Lines, told: int) -> Mapping[str, Entry]:
        """Read what is below a key (rule 2); `told` says how many faults there were before it."""
        under, whole = part.below(), len(self.broken)
        if under.listed:
            nodes = [node for item in under.split() if (node := self.node(item)) is not None]
            items = [item for node in nodes if isinstance(node.value, tuple) for item in node.value]
            node = Node(Place(self.file, under.first, 1), tuple(items))
        else:
            node = Node(Place(self.file, under.first, 1), self.entries(under.split(), deeper=False))
        if len(self.broken) > whole:
            del self.broken[told:whole]  # it says again what the first of its parts does
        return {part.key(): Entry(Place(self.file, part.first, 1), node)} if node.value else {}


def salvage(data: bytes, file: str, told: list[Fault]) -> Node | None:
    """Read what can be read of a file that is no YAML; None: nothing of it.

    `told` are the faults told before; more are added to it.
    """
    try:
        lines = tuple(_LINE.findall(data.decode()))
    except UnicodeDecodeError:
        return None
    reading = _Salvage(file, [], [])
    entries = reading.entries(_Lines(lines).split(), deeper=True)
    told += [fault for fault in (*reading.spared, *reading.broken[1:]) if fault not in told]  # 4
    return Node(Place(file, 1, 1), entries) if entries else None
