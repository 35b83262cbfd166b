from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ import clock
from writ.clock import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    DrillClock,
    WallClock,
    format_duration,
    format_instant,
    parse_duration,
    parse_instant,
)
from writ.errors import InvalidInput

FIRST, LAST = -62135596800 * SECOND, 253402300800 * SECOND - 1


def test_an_instant_is_read_with_its_zone() -> None:
    """The letter's instant is 21:21 UTC, whichever way it is written."""
    expected = 1781299260 * SECOND
    assert expected == parse_instant("2026-06-12T17:21:00-04:00")
    assert expected == parse_instant("2026-06-12T21:21:00Z")
    assert expected + 1 == parse_instant("2026-06-12T21:21:00.000001Z")


@pytest.mark.parametrize("text", ["2026-06-12T17:21:00", "2026-06-12"])
def test_an_instant_without_a_zone_is_refused(text: str) -> None:
    """A time without a zone is nobody's instant."""
    with pytest.raises(InvalidInput, match="has no time zone; add Z"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00Z", "2026-06-12T25:00:00Z", "\0"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    """Other text is refused with an example of what is wanted."""
    with pytest.raises(InvalidInput, match="is not an instant; write"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_an_instant_outside_the_calendar_is_refused(text: str) -> None:
    """What could not be written again in UTC is not read."""
    with pytest.raises(InvalidInput, match="outside the years 1 to 9999"):
        parse_instant(text)


@given(st.integers(FIRST, LAST))
def test_an_instant_survives_writing(instant: int) -> None:
    """Every instant of the calendar is written in UTC and read back."""
    assert format_instant(instant).endswith("Z")
    assert instant == parse_instant(format_instant(instant))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1ms", 1000),
        ("30s", 30 * SECOND),
        ("90m", 90 * MINUTE),
        ("7h", 7 * HOUR),
        ("365d", 365 * DAY),
    ],
)
def test_a_duration_is_read_and_written(text: str, span: int) -> None:
    """Durations are whole numbers of one unit."""
    assert span == parse_duration(text)
    assert text == format_duration(span)


@pytest.mark.parametrize("text", ["0s", "1.5h", "-1d", "1w", "s", "1 s", "12345678901d", "1d "])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Nothing else is a duration."""
    with pytest.raises(InvalidInput, match="is not a duration; write a number"):
        parse_duration(text)


def test_a_duration_finer_than_milliseconds_is_cut() -> None:
    """Milliseconds are the finest that is written."""
    assert "1ms" == format_duration(1999)


def test_legal_time_never_runs_backwards() -> None:
    """A clock that was set back tells the mark, and later no less."""
    ahead = WallClock(2**61)
    assert [2**61, 2**61] == [ahead.now(), ahead.now()]
    ahead.raise_mark(2**61 + 5)
    ahead.raise_mark(3)
    assert 2**61 + 5 == ahead.now()


def test_legal_time_is_the_machines_time() -> None:
    """Without a mark the clock tells the machine's time, to the microsecond."""
    before = int(clock.wall() * SECOND)
    told = WallClock().now()
    assert before <= told <= int(clock.wall() * SECOND) + 1


def test_a_drill_steps_for_every_process_at_once(tmp_path: Path) -> None:
    """Two clocks on one file tell the same, and a step back is ignored."""
    mine = DrillClock(tmp_path / "clock", 100)
    other = DrillClock(tmp_path / "clock")
    mine.step(250)
    other.step(200)
    assert (250, 250) == (mine.now(), other.now())


def test_elapsed_time_grows() -> None:
    """Elapsed time never falls."""
    first = clock.elapsed()
    assert first <= clock.elapsed()
