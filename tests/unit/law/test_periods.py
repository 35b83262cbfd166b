from datetime import date

import pytest

from writ.clock import DAY, HOUR, parse_instant
from writ.errors import InvalidInput
from writ.law.periods import after, parse_period, period_words
from writ.model.duty import Calendar, Period

NEW_YORK = "America/New_York"
FEDERAL = Calendar(
    "us-federal",
    NEW_YORK,
    date(2026, 1, 1).toordinal(),
    date(2027, 1, 1).toordinal(),
    holidays={date(2026, 7, 3).toordinal(): "Independence Day, observed"},
)


def due(start: str, period: str, times: int = 1, zone: str = NEW_YORK) -> int | None:
    """Count a period from an instant."""
    return after(parse_instant(start), parse_period(period), times, zone, FEDERAL)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-03-07T12:00:00-05:00", "24h", "2026-03-08T13:00:00-04:00"),
        ("2026-03-07T12:00:00-05:00", "1 day", "2026-03-09T00:00:00-04:00"),
        ("2026-03-07T23:59:59-05:00", "1 calendar day", "2026-03-09T00:00:00-04:00"),
        ("2026-10-31T00:00:00-04:00", "2 days", "2026-11-03T00:00:00-05:00"),
        ("2026-06-12T17:21:00-04:00", "3 business days", "2026-06-18T00:00:00-04:00"),
        ("2026-07-02T09:00:00-04:00", "1 business day", "2026-07-07T00:00:00-04:00"),
        ("2026-01-31T09:00:00-05:00", "1 month", "2026-03-01T00:00:00-05:00"),
        ("2026-11-30T09:00:00-05:00", "3 months", "2027-03-01T00:00:00-05:00"),
    ],
)
def test_a_period_ends_with_its_last_day(start: str, period: str, end: str) -> None:
    """Hours pass as they pass; days are whole, the first not counted, in their zone."""
    assert parse_instant(end) == due(start, period)


def test_months_are_counted_from_the_first_start() -> None:
    """Two months from 31 January end with 31 March, not with 28 March."""
    assert parse_instant("2026-04-01T00:00:00-04:00") == due(
        "2026-01-31T09:00:00-05:00", "1 month", 2
    )


def test_a_day_may_begin_without_midnight() -> None:
    """Where the clock skips midnight, the day begins with what it skips to."""
    end = due("2018-11-02T12:00:00-03:00", "1 day", zone="America/Sao_Paulo")
    assert parse_instant("2018-11-04T03:00:00Z") == end


@pytest.mark.parametrize(
    ("start", "period", "times"),
    [
        ("2026-12-30T09:00:00-05:00", "5 business days", 1),
        ("2025-06-01T09:00:00-04:00", "1 business day", 1),
        ("2026-06-01T09:00:00-04:00", "9999 months", 9999),
        ("2026-06-01T09:00:00-04:00", "9999 days", 9999),
    ],
)
def test_what_nobody_knows_is_not_guessed(start: str, period: str, times: int) -> None:
    """Beyond a calendar's days, and beyond the years, there is no answer."""
    assert due(start, period, times) is None


def test_business_days_without_a_calendar_are_unknown() -> None:
    """Nobody knows a holiday without a list of them."""
    assert after(0, Period(1, "business day"), 1, "UTC", None) is None


@pytest.mark.parametrize("text", ["25h", "30d", "5 days", "1 business day", "3 months"])
def test_periods_are_written_as_they_are_read(text: str) -> None:
    """A period comes back in the words of the order file."""
    assert text == period_words(parse_period(text))


@pytest.mark.parametrize("text", ["often", "0 days", "5 fortnights", "day", "10000 days"])
def test_other_words_are_no_periods(text: str) -> None:
    """Whatever else is written is refused, saying what to write."""
    with pytest.raises(InvalidInput, match="is not a period; write `72h`"):
        parse_period(text)


def test_hours_are_not_days() -> None:
    """`24h` and `1d` pass by the clock, `1 day` by the calendar."""
    assert (Period(DAY, "time"), Period(1, "day"), Period(HOUR, "time")) == (
        parse_period("1d"),
        parse_period("1 day"),
        parse_period("60m"),
    )
