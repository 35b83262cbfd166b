"""Obligations as iCalendar (RFC 5545): one event for each instant that is due or overdue.

1. A line ends with CRLF and is folded after 75 octets, never within a character (RFC 5545, 3.1).
2. An event's UID is its obligation's name, so that a calendar read again moves what it has.
"""

from collections.abc import Iterable, Iterator

import msgspec

from writ.clock import SECOND, format_instant, parse_instant

_OCTETS = 75


class Owed(msgspec.Struct):
    """One thing owed, as it is told."""

    name: str
    what: str
    owner: str | None
    due: str | None
    state: str
    evidence: list[str]
    met_by: str | None = None


def calendar(at: str, owed: Iterable[Owed]) -> str:
    """Write a calendar; `at` is the instant it was made."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//writ//obligations//EN"]
    for item in owed:
        if item.due is not None and item.state != "met":
            lines += _event(at, item, item.due)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(at: str, item: Owed, due: str) -> list[str]:
    owner = f" ({item.owner})" if item.owner else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(item.name)}",
        f"DTSTAMP:{_instant(at)}",
        f"DTSTART:{_instant(due)}",
        f"SUMMARY:{_text(item.name + owner)}",
        f"DESCRIPTION:{_text(item.what)}",
        "END:VEVENT",
    ]


def _instant(text: str) -> str:
    whole = parse_instant(text) // SECOND * SECOND
    return format_instant(whole).replace("-", "").replace(":", "")


def _text(text: str) -> str:
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Fold a line (rule 1)."""
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part
