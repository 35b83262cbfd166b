"""Subjects as JSON Lines, made a table: a `subjects.jsonl`, or what the registry tells.

1. A line is a subject as `writ order schema --subject` has it, and may have a `plan`.
2. An instant that all facts of a subject share goes into the row, so that patterns repeat.
3. A line that cannot be read is a row that cannot be read: it is counted, and named by its number.
   So is one in which a key stands twice: a decoder takes the last and says nothing.
4. Lines are read once, and go into the engine part by part.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.model.json_form import says_twice
from writ.study.classes import UNREAD_LINE
from writ.study.engine import Engine, Table

_NUMBER = re.compile(r"\[\d+\]")
_TWICE = "a line is no subject: a key stands twice in it"


_PART = 10_000
"""Rows that are turned into a table at once."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that lie in no file, to be read once; `name` is where they are from.

    `missing` is what those who give them say that is not in them, once they are read.
    """

    name: str
    lines: Iterable[bytes]
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """Lines that were read into an engine, however often they are asked for."""

    name: str
    table: Table
    missing: tuple[str, ...] = ()


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    kind: str
    acts_for: list[str] = []
    facts: list[dict[str, Any]] = []
    plan: str | None = None
    related: list["_Line"] = []


_COLUMNS = {
    "id": "text",
    "kind": "text",
    "acts_for": "text",
    "facts": "text",
    "verified_at": "number",
    "expires_at": "number",
    "plan": "text",
}


def lines_table(engine: Engine, lines: Iterable[bytes], name: str) -> Table:
    """Make a table of lines; `name` is where they are from."""
    rows = _rows(lines, name)
    return engine.filled(_COLUMNS, iter(lambda: list(islice(rows, _PART)), []))


def held(engine: Engine, source: str | Lines) -> str | Held:
    """Read what lies in no file and no table into an engine (rule 4)."""
    if isinstance(source, str):
        return source
    table = lines_table(engine, source.lines, source.name)
    return Held(source.name, table, tuple(source.missing))


def _rows(lines: Iterable[bytes], name: str) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(_Line)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            first = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:  # rule 3
            yield {"id": f"{name}:{number}", "kind": UNREAD_LINE, "facts": _why(error)}
            continue
        if says_twice(line):
            yield {"id": f"{name}:{number}", "kind": UNREAD_LINE, "facts": _TWICE}
            continue
        yield from (_row(item) for item in (first, *first.related))


def _why(error: Exception) -> str:
    """Say why a line is no subject, in few different words: those alike are counted together."""
    if not isinstance(error, msgspec.ValidationError):
        return "a line is no JSON"
    return f"a line is no subject: {_NUMBER.sub('[]', str(error))}"


def _row(line: _Line) -> dict[str, Any]:
    row: dict[str, Any] = {"id": line.id, "kind": line.kind, "plan": line.plan}
    acts_for = list(dict.fromkeys(line.acts_for))
    if acts_for:
        several = len(acts_for) > 1
        row["acts_for"] = msgspec.json.encode(acts_for).decode() if several else acts_for[0]
    shared = _shared(line.facts)
    facts = line.facts
    if shared is not None:
        row |= shared
        facts = [
            {key: item for key, item in fact.items() if key not in ("verified_at", "expires_at")}
            for fact in facts
        ]
    if facts:
        row["facts"] = msgspec.json.encode(facts).decode()
    return row


def _shared(facts: Iterable[dict[str, Any]]) -> dict[str, int] | None:
    """Rule 2; None where facts do not share them, or they are no instants."""
    said = {(fact.get("verified_at"), fact.get("expires_at")) for fact in facts}
    if len(said) != 1:
        return None
    verified, expires = said.pop()
    try:
        found = {"verified_at": parse_instant(str(verified))}
        if expires is not None:
            found["expires_at"] = parse_instant(str(expires))
    except InvalidInput:
        return None
    return found
