"""The sections `obligations`, `preserve` and `discharges` of an order file.

1. A duty's clock starts at an instant, at one of the order's own, or whenever an event occurs.
2. Whatever is counted in days has a zone, and in business days a calendar, which names its own.
3. Nothing recurs oftener than each hour: that is for machines, and not for duties.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from writ.clock import HOUR, Instant
from writ.errors import InvalidInput
from writ.law.calendars import read_zone
from writ.law.document import Node, Place, quoted
from writ.law.letter import Letter
from writ.law.periods import parse_period
from writ.law.reading import Fields, Keys, nearest
from writ.model.duty import Calendar, Obligation, Period, Preserve, Record

OBLIGATION_KEYS = Keys(
    required=("id", "clauses", "what"),
    optional=("owner", "every", "within", "from", "calendar", "zone", "evidence"),
    nullable=("until",),
)
CONDITION_KEYS = Keys(
    required=("id", "what"),
    optional=tuple(key for key in OBLIGATION_KEYS.optional),
    nullable=OBLIGATION_KEYS.nullable,
)
EVENT_KEYS = Keys(required=("event",))
PRESERVE_KEYS = Keys(
    required=("id", "clauses", "what"), optional=("records", "from"), nullable=("until",)
)
RECORDS: dict[str, Record] = {"facts": "facts", "receipts": "receipts", "subjects": "subjects"}

Moments = Mapping[str, Instant | None]
"""The order's own instants that may be named."""


@dataclass(frozen=True, slots=True)
class Times:
    """What a clock may refer to: the order's own instants, and calendars by name."""

    moments: Moments
    calendars: Mapping[str, Calendar]


class Span(NamedTuple):
    """When a duty holds that does not say it."""

    since: Instant | None
    until: Instant | None = None


def read_obligation(letter: Letter, node: Node, times: Times) -> Obligation:
    """Read one duty."""
    fields = letter.reader.fields(node, OBLIGATION_KEYS)
    clauses = letter.clause_list(fields["clauses"])
    found = read_clocked(letter, fields, times, Span(times.moments["effective"]))
    effective = found.from_effective or fields["from"] is None
    return replace(found, clauses=clauses, from_effective=effective)


def read_clocked(letter: Letter, fields: Fields, times: Times, span: Span) -> Obligation:
    """Read what is to be done, by whom and when; whose clauses it carries out is not said here."""
    reader = letter.reader
    start, event = _start(letter, fields["from"], times.moments)
    start = span.since if fields["from"] is None else start
    until = _moment(letter, fields["until"], times.moments) if "until" in fields else span.until
    every, within = (_period(letter, fields[key]) for key in ("every", "within"))
    _check_every(letter, fields["every"], every)
    _check_end(letter, fields["until"], start, until)
    calendar, zone = _place(letter, fields, (every, within), times.calendars)
    return Obligation(
        reader.name(fields["id"]),
        (),
        reader.text(fields["what"]),
        reader.text(fields["owner"]) or None,
        start,
        event,
        every,
        within,
        until,
        zone,
        calendar,
        tuple(reader.text(item) for item in reader.items(fields["evidence"])),
        _from_effective(fields),
    )


def read_preserve(letter: Letter, node: Node, times: Times) -> Preserve:
    """Read what is to be kept; without a list of records, all of them."""
    reader = letter.reader
    fields = reader.fields(node, PRESERVE_KEYS)
    since = _moment(letter, fields["from"], times.moments)
    if fields["from"] is None:
        since = times.moments["effective"]
    until = _moment(letter, fields["until"], times.moments)
    _check_end(letter, fields["until"], since, until)
    named = frozenset(RECORDS[reader.choice(item, RECORDS)] for item in _some(letter, fields))
    return Preserve(
        reader.name(fields["id"]),
        letter.clause_list(fields["clauses"]),
        reader.text(fields["what"]),
        named or frozenset(RECORDS.values()),
        since or 0,
        until,
        fields["from"] is None or _from_effective(fields),
    )


def _some(letter: Letter, fields: Fields) -> tuple[Node, ...]:
    return letter.reader.some(fields["records"])


def _start(
    letter: Letter, node: Node | None, moments: Moments
) -> tuple[Instant | None, str | None]:
    """Read where a clock starts: an instant, or the name of an event (rule 1)."""
    if node is not None and isinstance(node.value, Mapping):
        fields = letter.reader.fields(node, EVENT_KEYS)
        return None, letter.reader.name(fields["event"])
    return _moment(letter, node, moments), None


def _from_effective(fields: Fields) -> bool:
    start = fields["from"]
    return start is not None and start.value == "effective"


def _moment(letter: Letter, node: Node | None, moments: Moments) -> Instant | None:
    if node is not None and node.value in tuple(moments):
        return moments[str(node.value)]
    return letter.reader.instant(node)


def _period(letter: Letter, node: Node | None) -> Period | None:
    text = letter.reader.text(node)
    if node is None or not text.strip():
        return None
    try:
        return parse_period(text)
    except InvalidInput:
        letter.reader.fault(
            node,
            f"{quoted(text)} is not a period; write `72h`, `5 days`, `10 business days` or"
            " `3 months`",
        )
        return None


def _check_every(letter: Letter, node: Node | None, every: Period | None) -> None:
    if node is not None and every is not None and every.unit == "time" and every.count < HOUR:
        letter.reader.fault(node, "is shorter than an hour; nobody is reminded so often")


def _check_end(
    letter: Letter, node: Node | None, start: Instant | None, until: Instant | None
) -> None:
    if node is not None and start is not None and until is not None and until <= start:
        letter.reader.fault(node, "`until` is not after `from`")


def _place(
    letter: Letter,
    fields: Fields,
    periods: tuple[Period | None, ...],
    calendars: Mapping[str, Calendar],
) -> tuple[Calendar | None, str]:
    """Read which days are counted, and where they begin (rule 2)."""
    reader = letter.reader
    units = {period.unit for period in periods if period is not None}
    name, zone = reader.text(fields["calendar"]), read_zone(reader, fields["zone"])
    calendar, at = calendars.get(name), fields["calendar"]
    if at is not None and name.strip() and calendar is None:
        hint = nearest(name, calendars) or "; calendars stand in `calendars.yaml`"
        reader.fault(at, f"no calendar {quoted(name)}{hint}")
    if at is not None and "zone" in fields:
        reader.fault(fields.key("zone"), "a calendar has its own zone; leave this one out")
    if "business day" in units and at is None:
        reader.fault(_at(fields), "business days need a `calendar`")
    elif units & {"day", "month"} and at is None and "zone" not in fields:
        reader.fault(_at(fields), "days and months need a `zone`, such as America/New_York")
    return calendar, zone if calendar is None else calendar.zone


def _at(fields: Fields) -> Place:
    return fields.key("every" if "every" in fields else "within")
