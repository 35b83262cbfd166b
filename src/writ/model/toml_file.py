"""A TOML file of sections, taken apart key by key, so that all its faults come at once with their places.

1. A fault names the line of a key that is written plainly, one a line under its section, else the
   line of the section; `[[sections]]` are counted.
2. A parser's own message names its place at its end, or the end of the file.
3. Paths are relative to the file's own folder.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from writ.clock import parse_duration
from writ.errors import Fault, InvalidInput

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")


class TomlFile:
    """A file as read; `sections` are the keys that each may have, `faults` what is wrong so far."""

    def __init__(self, path: Path, data: bytes, sections: Mapping[str, Collection[str]]) -> None:
        self.path = path
        self.sections = sections
        self.faults: list[Fault] = []
        try:
            self.text = data.decode()
        except UnicodeDecodeError:
            raise InvalidInput([Fault(str(path), 1, 1, "not UTF-8 text")]) from None
        try:
            self.document: dict[str, object] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput([self._syntax(str(error))]) from None
        self.lines = read_places(self.text)

    def _file_of(self, name: str, without: str) -> Path | None:
        """Return the file that a section names, which needs a portal beside it."""
        if name not in self.document:
            return None
        if "portal" not in self.document:
            self._fault(name, without)
        return self._path(self._section(name), name, "file", f"{name}.toml")

    def _section(self, name: str) -> dict[str, object]:
        section = self.document.get(name, {})
        if not isinstance(section, dict):
            self._fault(name, f"write this as a section, [{name}]")
            return {}
        self._known(section, name, self.sections[name])
        return section

    def _known(self, table: dict[str, object], at: str, known: Collection[str]) -> None:
        for key in table:
            if key not in known:
                place = f"{at}.{key}" if at else key
                self._fault(
                    place, f"unknown key `{key}`; known here are {', '.join(sorted(known))}"
                )

    def _text(self, table: dict[str, object], at: str, key: str, default: str) -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self._fault(f"{at}.{key}", "must be a text in quotes")
        return default

    def _texts(
        self, table: dict[str, object], at: str, key: str, default: tuple[str, ...]
    ) -> frozenset[str]:
        value = table.get(key, list(default))
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return frozenset(value)
        self._fault(f"{at}.{key}", "must be a list of texts with at least one entry")
        return frozenset(default)

    def _matching(
        self, table: dict[str, object], at: str, key: str, rule: tuple[str, re.Pattern[str]]
    ) -> str:
        default, pattern = rule
        text = self._text(table, at, key, default)
        if not pattern.fullmatch(text):
            wanted = (
                "`sha256:` and 64 hex digits" if key == "pin" else "letters, digits, `.`, `_`, `-`"
            )
            self._fault(f"{at}.{key}", f"`{text}` is not right here; write {wanted}")
        return text

    def _whole(self, table: dict[str, object], at: str, key: str, rule: tuple[int, int]) -> int:
        default, most = rule
        value = table.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self._fault(f"{at}.{key}", f"must be a whole number from 1 to {most}")
        return default

    def _flag(self, table: dict[str, object], at: str, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._fault(f"{at}.{key}", "must be true or false")
        return value is True

    def _span(self, table: dict[str, object], at: str, key: str, rule: tuple[str, str, str]) -> int:
        """Read a span of time, between the least and the most of the rule."""
        default, least, most = rule
        text = self._text(table, at, key, default)
        try:
            span = parse_duration(text)
        except InvalidInput:
            span = 0
        if not parse_duration(least) <= span <= parse_duration(most):
            self._fault(
                f"{at}.{key}", f"`{text}` is no span from {least} to {most}, such as {default}"
            )
            return parse_duration(default)
        return span

    def _within(self, table: dict[str, object], at: str, key: str) -> int | None:
        if key not in table:
            return None
        text = self._text(table, at, key, "")
        try:
            return parse_duration(text)
        except InvalidInput:
            self._fault(f"{at}.{key}", f"`{text}` is no span of time, such as 90d")
            return None

    def _path(self, table: dict[str, object], at: str, key: str, default: str) -> Path:
        text = self._text(table, at, key, default)
        if not text or "\0" in text:
            self._fault(f"{at}.{key}", "must name a path")
        return self.path.parent / text.replace("\0", "")

    def _fault(self, key: str, message: str) -> None:
        section = key.rpartition(".")[0]
        line, column = self.lines.get(key) or self.lines.get(section, (0, 0))
        self.faults.append(Fault(str(self.path), line, column, f"{key}: {message}"))

    def _syntax(self, message: str) -> Fault:
        line, column, text = syntax_place(message, self.text)
        return Fault(str(self.path), line, column, text)


def read_places(text: str) -> dict[str, tuple[int, int]]:
    """Find the line and column of every plainly written key, as `section.key`."""
    places: dict[str, tuple[int, int]] = {}
    section, upstreams = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if match := re.fullmatch(r"\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?", bare):
            section = match[1]
            if bare.startswith("[["):
                section, upstreams = f"{section}.{upstreams}", upstreams + 1
            places.setdefault(section, (number, line.index("[") + 1))
        elif match := re.match(r"([\w-]+)\s*=", bare):
            key = f"{section}.{match[1]}" if section else match[1]
            places.setdefault(key, (number, line.index(match[1]) + 1))
    return places


def syntax_place(message: str, text: str) -> tuple[int, int, str]:
    """Return line and column of what a parser found wrong in a text, and what it is (rule 2)."""
    match = _PLACE.search(message)
    last = text.count("\n") + 1
    line = int(match[1]) if match and match[1] else last
    column = int(match[2]) if match and match[2] else 1
    told = _PLACE.sub("", message).strip()
    return line, column, told[:1].lower() + told[1:]
