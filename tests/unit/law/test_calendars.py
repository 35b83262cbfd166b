import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.errors import InvalidInput
from writ.law.folder import check_sources, read_sources

GOOD = b"""
calendars:
  gulf:
    title: A week that ends on Thursday
    zone: Asia/Dubai
    from: 2026-01-01
    until: 2027-01-01
    weekend: [friday, saturday]
    holidays: {2026-12-02: National day}
"""
DUTY = (
    b"obligations: [{id: report, clauses: [c1], what: Report., within: 1 business day, CALENDAR}]\n"
)


def test_a_calendar_has_its_own_weekend(write: Write) -> None:
    """The days that are not worked are those that it says, in its zone."""
    data = write() + DUTY.replace(b"CALENDAR", b"calendar: gulf")
    files = {"catalogue.yaml": CATALOGUE, "x.yaml": data, "calendars.yaml": GOOD}
    (duty,) = read_sources(files).versions[0].obligations
    assert duty.calendar is not None
    assert (frozenset({4, 5}), "Asia/Dubai", ["National day"]) == (
        duty.calendar.weekend,
        duty.zone,
        list(duty.calendar.holidays.values()),
    )


BAD = {
    b"zone: Asia/Dubai": (b"zone: Asia/Duba", "5:11: `Asia/Duba` is no time zone; did you mean"),
    b"from: 2026-01-01": (b"from: soon", "6:11: `soon` is not a day; write 2026-07-03"),
    b"until: 2027-01-01": (b"until: 2026-01-01", "7:12: `until` is not after `from`"),
    b"[friday, saturday]": (b"[fryday]", "8:15: `fryday` is none of `monday`, `tuesday`"),
    b"weekend: [friday, saturday]": (
        b"weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
        "8:14: leaves no day on which anybody works",
    ),
    b"2026-12-02": (b"2026-13-02", "9:16: `2026-13-02` is not a day; write 2026-07-03"),
    b"2026-12-02:": (b"2027-12-02:", "9:16: is not among the days that the calendar knows"),
    b"    title: A week that ends on Thursday\n    zone: Asia/Dubai": (b"    title: x\n    zone: ''", "5:11: is blank"),
}  # fmt: skip


@pytest.mark.parametrize("part", BAD)
def test_faults_of_a_calendar_name_their_places(write: Write, part: bytes) -> None:
    """Each says where it stands and what to write."""
    other, why = BAD[part]
    files = {
        "catalogue.yaml": CATALOGUE,
        "x.yaml": write(),
        "calendars.yaml": GOOD.replace(part, other),
    }
    with pytest.raises(InvalidInput) as caught:
        check_sources(files)
    assert f"calendars.yaml:{why}" in str(caught.value)
