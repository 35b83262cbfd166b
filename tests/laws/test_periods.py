"""Laws of clocks: periods counted day by day, as a person with a calendar would."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from writ.clock import HOUR, Instant, parse_instant
from writ.law.periods import after
from writ.model.duty import Calendar, Period

START, END = date(2024, 1, 1), date(2029, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
zones = st.sampled_from(
    ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo",
     "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "America/Havana")
)  # fmt: skip
instants = st.integers(parse_instant("2024-06-01T00:00:00Z"), parse_instant("2026-06-01T00:00:00Z"))
days = st.integers(START.toordinal(), END.toordinal() - 1)
calendars = st.builds(
    Calendar,
    st.just("c"),
    zones,
    st.just(START.toordinal()),
    st.just(END.toordinal()),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.dictionaries(days, st.just("a holiday"), max_size=40),
)


def local(instant: Instant, zone: str) -> datetime:
    """Read an instant on a wall clock."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))


@given(instants, st.integers(1, 60), calendars)
def test_business_days_are_counted_one_by_one(at: Instant, count: int, calendar: Calendar) -> None:
    """So many worked days lie between the day of the start and the end, and the last is one."""
    end = after(at, Period(count, "business day"), 1, calendar.zone, calendar)
    assert end is not None
    day, last = local(at, calendar.zone).date(), local(end - 1, calendar.zone).date()
    worked = 0
    while day < last:
        day += timedelta(days=1)
        worked += day.weekday() not in calendar.weekend and day.toordinal() not in calendar.holidays
    assert (count, True) == (worked, calendar.works(last.toordinal()))


@given(instants, st.integers(1, 400), zones)
def test_a_period_of_days_ends_where_its_last_day_does(at: Instant, count: int, zone: str) -> None:
    """The instant before the end is on the last day, the end itself on none of the days."""
    end = after(at, Period(count, "day"), 1, zone, None)
    assert end is not None
    last = local(at, zone).date() + timedelta(days=count)
    assert local(end - 1, zone).date() <= last < local(end, zone).date()


@given(instants, st.integers(0, 23 * HOUR), st.integers(1, 40), calendars)
def test_when_on_a_day_it_starts_makes_no_difference(
    at: Instant, later: int, count: int, calendar: Calendar
) -> None:
    """Every start on one day gives one end, for days, business days and months."""
    zone = calendar.zone
    if local(at, zone).date() != local(at + later, zone).date():
        return
    periods = (Period(count, "day"), Period(count, "business day"), Period(count, "month"))
    for period in periods:
        assert after(at, period, 1, zone, calendar) == after(at + later, period, 1, zone, calendar)


@given(
    instants,
    st.sampled_from(("day", "business day", "month", "time")),
    st.integers(1, 12),
    st.integers(1, 6),
    calendars,
)
def test_later_periods_end_later(
    at: Instant, unit: str, count: int, times: int, calendar: Calendar
) -> None:
    """Of a clock that recurs, each period ends after the one before, and none before it starts."""
    period = Period(count, unit)  # type: ignore[arg-type]  # one of the units
    ends = [after(at, period, time, calendar.zone, calendar) for time in range(1, times + 1)]
    known = [end for end in ends if end is not None]
    assert [at, *known] == sorted({at, *known})
    assert ends[: len(known)] == known
