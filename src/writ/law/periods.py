"""Periods of time, days, business days and months, counted from an instant.

1. Hours and the like are counted as they pass, through changes of the clock.
2. Days are those of a zone. The day on which a period starts is not counted, and the period ends
   with its last day: what is due is due before the first instant of the next one (as Regulation
   (EEC, Euratom) No 1182/71, Article 3, counts, and Rule 6(a) of the US Federal Rules of Civil
   Procedure).
3. A business day is one that a calendar says is worked. A calendar that does not know all the days
   in between gives no answer, rather than a guess.
4. A month ends on the day of the same number, or on the month's last. Of several in a row, each is
   counted from the first start.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from writ.clock import Instant, format_duration, parse_duration
from writ.errors import InvalidInput
from writ.model.duty import Calendar, Period, Unit

_DAYS = re.compile(r"([1-9][0-9]{0,3}) (day|calendar day|business day|month)s?")
_UNITS: dict[str, Unit] = {
    "day": "day",
    "calendar day": "day",
    "business day": "business day",
    "month": "month",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONTHS = 12
LATEST = date(9000, 1, 1)
"""No period is followed further."""


def parse_period(text: str) -> Period:
    """Read `72h`, `5 days`, `10 business days` or `3 months`."""
    match = _DAYS.fullmatch(text)
    if match is not None:
        return Period(int(match[1]), _UNITS[match[2]])
    try:
        return Period(parse_duration(text), "time")
    except InvalidInput:
        raise InvalidInput(
            f"`{text}` is not a period; write `72h`, `5 days`, `10 business days` or `3 months`"
        ) from None


def period_words(period: Period) -> str:
    """Write a period as an order file does."""
    if period.unit == "time":
        return format_duration(period.count)
    return f"{period.count} {period.unit}{'' if period.count == 1 else 's'}"


def after(
    start: Instant, period: Period, times: int, zone: str, calendar: Calendar | None
) -> Instant | None:
    """Return the instant before which so many periods end; None where nobody knows (rule 3)."""
    count = period.count * times
    if period.unit == "time":
        return start + count
    first = _day(start, zone)
    if period.unit == "business day":
        last = None if calendar is None else _worked(first, count, calendar)
    elif period.unit == "month":
        last = _months_on(first, count)
    else:
        last = first + count
    if last is None or last >= LATEST.toordinal():
        return None
    return _begins(last + 1, zone)


def _day(instant: Instant, zone: str) -> int:
    moment = _EPOCH + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(zone)).toordinal()


def _begins(day: int, zone: str) -> Instant:
    """Return the first instant of a day; where a change of the clock skips midnight, the change."""
    midnight = datetime.combine(date.fromordinal(day), datetime.min.time(), ZoneInfo(zone))
    return (midnight - _EPOCH) // _MICROSECOND


def _worked(day: int, count: int, calendar: Calendar) -> int | None:
    while count:
        day += 1
        if not calendar.knows(day):
            return None
        count -= calendar.works(day)
    return day


def _months_on(day: int, count: int) -> int | None:
    start = date.fromordinal(day)
    years, month = divmod(start.month - 1 + count, _MONTHS)
    year = start.year + years
    if year >= LATEST.year:
        return None
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).toordinal()
