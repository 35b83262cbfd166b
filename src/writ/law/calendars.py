"""`calendars.yaml`: which days are worked where, for periods of business days.

1. A calendar knows the days in [from, until) and nothing of others: it is prolonged year by year,
   and what it says is signed with the orders beside it.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from writ.law.document import Entry, Node, quoted
from writ.law.reading import Keys, Reader, nearest
from writ.model.duty import Calendar

FILE = "calendars.yaml"
FILE_KEYS = Keys(required=("calendars",))
CALENDAR_KEYS = Keys(required=("title", "zone", "from", "until", "holidays"), optional=("weekend",))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEKEND = frozenset({5, 6})


def calendars_of(reader: Reader, node: Node) -> dict[str, Calendar]:
    """Read a file of calendars."""
    fields = reader.fields(node, FILE_KEYS)
    return {
        name: _calendar(reader, name, entry.node)
        for name, entry in reader.mapping(fields["calendars"]).items()
    }


def read_zone(reader: Reader, node: Node | None) -> str:
    """Read the name of a time zone (IANA); UTC where there is none."""
    name = reader.text(node)
    if node is None or not name.strip():
        return "UTC"
    if name not in _zones():
        reader.fault(node, f"{quoted(name)} is no time zone{nearest(name, _zones())}")
        return "UTC"
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _calendar(reader: Reader, name: str, node: Node) -> Calendar:
    fields = reader.fields(node, CALENDAR_KEYS)
    reader.text(fields["title"])
    since, until = _day(reader, fields["from"]), _day(reader, fields["until"])
    last = fields["until"]
    if last is not None and since and until and until <= since:
        reader.fault(last, "`until` is not after `from`")
    weekend = _WEEKEND
    if fields["weekend"] is not None:
        days = reader.items(fields["weekend"])
        weekend = frozenset(WEEKDAYS.index(reader.choice(item, WEEKDAYS)) for item in days)
        if len(weekend) == len(WEEKDAYS):
            reader.fault(fields["weekend"], "leaves no day on which anybody works")
    holidays = _holidays(reader, reader.mapping(fields["holidays"]))
    for day, entry in holidays.items():
        if not since <= day < until:
            reader.fault(entry.key, "is not among the days that the calendar knows")
    names = {day: reader.text(entry.node) for day, entry in holidays.items()}
    zone = read_zone(reader, fields["zone"])
    return Calendar(name, zone, since, until, weekend, names)


def _holidays(reader: Reader, entries: Mapping[str, Entry]) -> dict[int, Entry]:
    found: dict[int, Entry] = {}
    for text, entry in entries.items():
        day = _ordinal(text)
        if day:
            found[day] = entry
        else:
            reader.fault(entry.key, _WRONG.format(quoted(text)))
    return found


_WRONG = "{} is not a day; write 2026-07-03"


def _day(reader: Reader, node: Node | None) -> int:
    text = reader.text(node)
    day = _ordinal(text)
    if node is not None and text.strip() and not day:
        reader.fault(node, _WRONG.format(quoted(text)))
    return day


def _ordinal(text: str) -> int:
    """Return the day's number; 0 where it is none."""
    try:
        return date.fromisoformat(text).toordinal() if _DAY.fullmatch(text) else 0
    except ValueError:
        return 0
