"""Reads nodes into plain types and gathers every fault on the way.

1. A method that finds a fault reports it and returns a harmless value of its type, so that the
   rest of the file is read too; `done` raises when anything was reported.
2. A missing node (None) was reported where its mapping was read; reading it says nothing more.
3. After `MOST_FAULTS` nobody reads on, and neither do we: hostile input meets a budget.
4. What could not be read at all is named in `unread`: nothing is missing or unknown for it.
5. Text is what it looks like: characters that move a terminal's cursor, or turn letters round, could
   show a signer other words than are signed.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from writ.clock import Instant, parse_duration, parse_instant
from writ.errors import Fault, InvalidInput
from writ.law.document import Entry, Node, Part, Place, quoted

_EARLIEST = parse_instant("1900-01-01T00:00:00Z")
_LATEST = parse_instant("9000-01-01T00:00:00Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Control characters but tab and line feed; separators and overrides of direction.
_HIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_LONGEST = 20_000
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys a mapping may have; a nullable one is optional and may be null."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Every key."""
        return self.required + self.optional + self.nullable


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or nothing."""
    close = closest(word, known)
    return f"; did you mean {quoted(close)}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant; empty where none is like it."""
    close = difflib.get_close_matches(word[:200], list(known), n=1, cutoff=0.5)
    return close[0] if close else ""


def unread(node: Node) -> frozenset[str]:
    """Return the keys of a mapping that could not be read."""
    return node.value.unread if isinstance(node.value, Part) else frozenset()


def is_name(text: str) -> bool:
    """Whether a text is a name of letters, digits, dot, underline and hyphen."""
    return _NAME.fullmatch(text) is not None


class Fields:
    """The nodes of a mapping by key; a key that is not there has none."""

    def __init__(self, entries: Mapping[str, Entry], nullable: tuple[str, ...] = ()) -> None:
        self._entries = entries
        self._nullable = nullable

    def __getitem__(self, key: str) -> Node | None:
        entry = self._entries.get(key)
        if entry is None or (entry.node.value is None and key in self._nullable):
            return None
        return entry.node

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def key(self, key: str) -> Place:
        """Return where a key that is there stands."""
        return self._entries[key].key


class Reader:
    """One reading of one or more files: its faults, and notes on what is legal but surprising."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.unread: frozenset[str] = frozenset()
        """Files beside orders, and of the order that is read its sections (rule 4)."""

    @contextmanager
    def without(self, sections: frozenset[str]) -> Iterator[None]:
        """Read a file of which some sections could not be read (rule 4)."""
        files = self.unread
        self.unread = files | sections
        yield
        self.unread = files

    def fault(self, at: Node | Place, message: str) -> None:
        """Report a fault; one too many raises InvalidInput at once (rule 3)."""
        place = at.place if isinstance(at, Node) else at
        self.faults.append(place.fault(message))
        if len(self.faults) > MOST_FAULTS:
            self.faults.append(
                place.fault(f"more than {MOST_FAULTS} faults; what follows is unread")
            )
            raise InvalidInput(self.faults)

    def note(self, at: Node | Place, message: str) -> None:
        """Report something legal that its writer may not have meant."""
        self.notes.append((at.place if isinstance(at, Node) else at).fault(message))

    def done(self) -> None:
        """Raise InvalidInput with every fault, if there is one."""
        if self.faults:
            raise InvalidInput(self.faults)

    def fields(self, node: Node | None, keys: Keys) -> Fields:
        """Read a mapping with exactly these keys."""
        entries = self.mapping(node)
        if node is None or not isinstance(node.value, Mapping):
            return Fields({})
        for key, entry in entries.items():
            if key not in keys.known:
                self.fault(entry.key, f"unknown key {quoted(key)}{_meant(key, entry, keys)}")
        for key in keys.required:
            if key not in entries and key not in unread(node):
                self.fault(node, f"{quoted(key)} is missing")
        return Fields(entries, keys.nullable)

    def mapping(self, node: Node | None) -> Mapping[str, Entry]:
        """Read a mapping with keys of its writer's own."""
        if node is None:
            return {}
        if isinstance(node.value, Mapping):
            return node.value
        empty = node.value is None
        what = "is empty; give it keys and values, or leave it out"
        self.fault(node, what if empty else "must be a mapping of keys to values")
        return {}

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """Read a list, which may be empty."""
        if node is None:
            return ()
        if isinstance(node.value, tuple):
            return node.value
        self.fault(node, "must be a list")
        return ()

    def some(self, node: Node | None) -> tuple[Node, ...]:
        """Read a list that is not empty."""
        items = self.items(node)
        if node is not None and node.value == ():
            self.fault(node, "must name at least one")
        return items

    def text(self, node: Node | None) -> str:
        """Read text that says something."""
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.fault(node, f"must be text, not {_kind(node)}")
            return ""
        if not node.value.strip():
            self.fault(node, "is blank")
        elif len(node.value) > _LONGEST:
            self.fault(node, f"is longer than {_LONGEST} characters")
        elif hidden := _HIDDEN.search(node.value):  # 5
            seen = quoted(hidden.group())
            self.fault(node, f"has {seen}, which nobody can see; write the text without it")
            return ""
        return node.value

    def name(self, node: Node | None) -> str:
        """Read a name of letters, digits, dot, underline and hyphen."""
        text = self.text(node)
        if text.strip() and node is not None and not is_name(text):
            self.fault(node, f"{quoted(text)} is not a name; use letters, digits, `.`, `_`, `-`")
            return ""
        return text

    def identifier(self, node: Node | None) -> str:
        """Read the id of something outside, such as a subject: text without space at its ends."""
        text = self.text(node)
        if node is not None and (text != text.strip() or not text.isprintable()):
            self.fault(node, f"{quoted(text)} has spaces at an end or characters nobody can see")
        return text

    def choice(self, node: Node | None, words: Iterable[str]) -> str:
        """Read one of these words; the first where there is none."""
        known = list(words)
        if node is None:
            return known[0]
        if isinstance(node.value, str) and node.value in known:
            return node.value
        listed = ", ".join(quoted(word) for word in known)
        self.fault(node, f"{_shown(node)} is none of {listed}")
        return known[0]

    def whole(self, node: Node | None, least: int = 1) -> int:
        """Read a whole number."""
        if node is None:
            return least
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            self.fault(node, f"must be a whole number, not {_shown(node)}")
            return least
        if not least <= node.value < 2**53:
            self.fault(node, f"`{node.value}` is out of range; the least is {least}")
            return least
        return node.value

    def truth(self, node: Node | None, *, otherwise: bool) -> bool:
        """Read `true` or `false`."""
        if node is None:
            return otherwise
        if not isinstance(node.value, bool):
            self.fault(node, f"must be `true` or `false`, not {_shown(node)}")
            return otherwise
        return node.value

    def instant(self, node: Node | None) -> Instant | None:
        """Read an instant with a zone; None where there is none."""
        instant = self._parsed(node, parse_instant)
        if node is not None and instant is not None and not _EARLIEST <= instant <= _LATEST:
            self.fault(node, f"{_shown(node)} is not in the years 1900 to 8999")
            return None
        return instant

    def duration(self, node: Node | None) -> int | None:
        """Read a duration in microseconds; None where there is none."""
        return self._parsed(node, parse_duration)

    def _parsed(self, node: Node | None, parse: Callable[[str], int]) -> int | None:
        text = self.text(node)
        if node is None or not text.strip():
            return None
        try:
            return parse(text)
        except InvalidInput:
            self.fault(node, _WRONG[parse](text))
            return None


def _meant(key: str, entry: Entry, keys: Keys) -> str:
    if " " in key and entry.node.value is None:
        # `{why: this, and that}` is two keys to YAML.
        return "; text with a comma needs quotes within braces"
    return nearest(key, keys.known)


def _wrong_instant(text: str) -> str:
    try:
        parse_instant(text + "Z")
    except InvalidInput:
        return f"{quoted(text)} is not an instant; write 2026-06-12T17:21:00-04:00"
    return f"{quoted(text)} has no time zone; add Z or an offset such as -04:00"


def _wrong_duration(text: str) -> str:
    return f"{quoted(text)} is not a duration; write a number and ms, s, m, h or d, such as `30s`"


_WRONG: dict[Callable[[str], int], Callable[[str], str]] = {
    parse_instant: _wrong_instant,
    parse_duration: _wrong_duration,
}


def _kind(node: Node) -> str:
    if isinstance(node.value, Mapping):
        return "a mapping"
    return "a list" if isinstance(node.value, tuple) else _shown(node)


def _shown(node: Node) -> str:
    if isinstance(node.value, Mapping | tuple):
        return _kind(node)
    words = {None: "null", True: "true", False: "false"}
    if node.value is None or isinstance(node.value, bool):
        return quoted(words[node.value])
    return quoted(node.value)
