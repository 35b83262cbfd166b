"""What is owed when, over the versions of an order."""

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.clock import DAY, parse_instant
from writ.law.due import MOST, Occurrence, owed, suspended
from writ.law.duties import duties
from writ.law.folder import read_sources
from writ.law.threads import running, worded
from writ.model.order import Lawbook

CALENDARS = b"""
calendars:
  us-federal:
    title: Federal holidays
    zone: America/New_York
    from: 2026-01-01
    until: 2027-01-01
    holidays: {2026-07-03: Independence Day}
"""
RESCISSION = b"""
order: sample
version: 2
kind: rescission
title: Rescinded
authority: {name: A ministry, jurisdiction: US}
effective: 2026-07-01T00:00:00Z
clauses: {c1: The requirement is lifted.}
lifts: [c1]
"""
JULY = parse_instant("2026-07-01T00:00:00Z")


def book(write: Write, *duties_of: str, rescission: str | None = None) -> Lawbook:
    """Read versions from 1 June on, a month apart, with these sections, and maybe a rescission."""
    files = {"catalogue.yaml": CATALOGUE, "calendars.yaml": CALENDARS}
    for number, text in enumerate(duties_of, 1):
        version = write(version=number, effective=f"2026-{5 + number:02}-01T00:00:00Z")
        files[f"v{number}.yaml"] = version + text.encode()
    if rescission is not None:
        files["v2.yaml"] = RESCISSION + rescission.encode()
    return read_sources(files)


def told(lawbook: Lawbook, at: str, *events: Occurrence, met: tuple[str, ...] = ()) -> list[str]:
    """Say what is owed at an instant in short."""
    rows = duties(lawbook, parse_instant(at), events, met)["obligations"]
    assert isinstance(rows, list)
    return [f"{row['name'].removeprefix('sample/')} {row['state']} {row['due']}" for row in rows]


MONTHLY = "obligations: [{id: report, clauses: [c1], what: Report., every: 30d, from: effective}]\n"


def test_a_recurring_duty_owes_each_whole_period(write: Write) -> None:
    """What is over is overdue, what runs is due, and one that was met stays in the list."""
    assert [
        "1/report#1 met 2026-07-01T00:00:00Z",
        "1/report#2 overdue 2026-07-31T00:00:00Z",
        "1/report#3 due 2026-08-30T00:00:00Z",
    ] == told(book(write, MONTHLY), "2026-08-15T00:00:00Z", met=("sample/1/report#1",))


def test_due_is_the_first_instant_too_late(write: Write) -> None:
    """A microsecond before, it is not overdue."""
    lawbook = book(write, MONTHLY)
    assert ["due", "overdue"] == [owed(lawbook, at)[0].state for at in (JULY - 1, JULY)]


def test_periods_that_the_window_cuts_are_not_owed(write: Write) -> None:
    """A period that ends with `until` is owed, the next one is not."""
    text = MONTHLY.replace("from: effective", "until: 2026-07-31T00:00:00Z")
    assert ["1/report#1", "1/report#2"] == [
        line.split()[0] for line in told(book(write, text), "2027-01-01T00:00:00Z")
    ]


def test_a_report_may_be_due_some_days_after_its_period(write: Write) -> None:
    """`every` with `within`: the first day after the period counts, by the calendar."""
    text = MONTHLY.replace("30d", "1 month, within: 10 business days, calendar: us-federal")
    assert ["1/report#1 overdue 2026-07-16T04:00:00Z", "1/report#2 due 2026-08-15T04:00:00Z"] == (
        told(book(write, text), "2026-08-01T00:00:00Z")
    )


def test_duties_outlive_a_rescission(write: Write) -> None:
    """A rescission that says nothing of a duty leaves it due as written."""
    assert ["1/report#1 overdue 2026-07-01T00:00:00Z", "1/report#2 due 2026-07-31T00:00:00Z"] == (
        told(book(write, MONTHLY, rescission=""), "2026-07-02T00:00:00Z")
    )


def test_a_rescission_discharges_by_name(write: Write) -> None:
    """From then on nothing falls due; what was due before still is."""
    lawbook = book(write, MONTHLY, rescission="discharges: [report]\n")
    assert ["1/report#1 overdue 2026-07-01T00:00:00Z"] == told(lawbook, "2027-01-01T00:00:00Z")


ONCE = "obligations: [{id: report, clauses: [c1], what: Report., within: 60d, from: effective}]\n"


def test_a_repeated_duty_keeps_its_first_clock(write: Write) -> None:
    """`from: effective` in an amendment starts nothing anew; what was met stays met."""
    other = ONCE.replace("Report.", "Report to the bureau.")
    assert ["1/report#1 due 2026-07-31T00:00:00Z"] == (
        told(book(write, ONCE, other), "2026-07-02T00:00:00Z")
    )
    assert ["1/report#1 met 2026-07-31T00:00:00Z"] == (
        told(book(write, ONCE, other), "2026-07-02T00:00:00Z", met=("sample/1/report#1",))
    )
    (before, after) = (owed(book(write, ONCE, other), JULY + step)[0] for step in (-1, 0))
    assert [(1, "Report."), (2, "Report to the bureau.")] == [
        (item.version, item.duty.what) for item in (before, after)
    ]


def test_periods_run_on_through_amendments(write: Write) -> None:
    """Nothing is owed twice and no period is lost, whoever has the last word on its end."""
    text = MONTHLY.replace("30d", "45d")
    ending = text.replace("from: effective", "until: 2026-09-30T00:00:00Z")
    assert [
        "1/report#1 overdue 2026-07-16T00:00:00Z",
        "1/report#2 overdue 2026-08-30T00:00:00Z",
    ] == told(book(write, text, text, ending), "2027-01-01T00:00:00Z")


def test_an_event_before_an_amendment_is_owed_after_it(write: Write) -> None:
    """A clock that an event started runs out although the duty was repeated meanwhile."""
    event = Occurrence("sample", "incident", JULY - 1)
    assert ["1/warn#1.1 due 2026-07-01T23:59:59.999999Z"] == told(
        book(write, INCIDENT, INCIDENT), "2026-07-01T00:00:00Z", event
    )


@pytest.mark.parametrize(
    ("was", "now", "due"),
    [
        ("", "within: 60d", "2/report#1 due 2026-08-30T00:00:00Z"),
        ("within: 60d", "within: 30d", "2/report#1 due 2026-07-31T00:00:00Z"),
        (
            "within: 60d",
            "within: 60d, from: 2026-07-02T00:00:00Z",
            "2/report#1 due 2026-08-31T00:00:00Z",
        ),
        (
            "within: 60d, from: 2026-06-02T00:00:00Z",
            "within: 60d",
            "2/report#1 due 2026-08-30T00:00:00Z",
        ),
        (
            "within: 60d, until: 2026-06-20T00:00:00Z",
            "within: 60d",
            "2/report#1 due 2026-08-30T00:00:00Z",
        ),
        (
            "within: 60 days, zone: UTC",
            "within: 60 days, zone: America/New_York",
            "2/report#1 due 2026-08-30T04:00:00Z",
        ),
        (
            "within: 60d",
            "within: 60d, from: 2026-06-01T00:00:00Z",
            "1/report#1 due 2026-07-31T00:00:00Z",
        ),
    ],
)
def test_another_clock_starts_anew(write: Write, was: str, now: str, due: str) -> None:
    """What was not due yet is owed by the newer version alone, where its clock is another."""
    old, new = (
        f"obligations: [{{id: report, clauses: [c1], what: Report.{', ' + more if more else ''}}}]\n"
        for more in (was, now)
    )
    rows = told(book(write, old, new), "2026-07-02T00:00:00Z")
    assert [due] == [row for row in rows if " due " in row]


def test_words_are_those_of_the_version_then(write: Write) -> None:
    """What was met is told of the version by whose words it was owed; of none, of its own name."""
    versions = book(write, MONTHLY, MONTHLY).versions
    names = ("sample/1/report#1", "sample/1/report#1", "sample/7/other#1.2")
    assert [("sample", 1, "report"), ("sample", 2, "report"), ("sample", 7, "other")] == [
        worded(versions, name, JULY + step) for name, step in zip(names, (-1, 0, 0), strict=True)
    ]


def test_a_version_that_never_governs_starts_no_clock(write: Write) -> None:
    """Of two that take effect at once only the later one counts, and it repeats what was before."""
    second = write(version=2, effective="2026-07-01T00:00:00Z") + MONTHLY.encode()
    third = write(version=3, effective="2026-07-01T00:00:00Z") + MONTHLY.encode()
    first = write(version=1, effective="2026-06-01T00:00:00Z") + MONTHLY.encode()
    files = {"catalogue.yaml": CATALOGUE, "a.yaml": first, "b.yaml": second, "c.yaml": third}
    lawbook = read_sources(files)
    assert ["1/report#1 overdue 2026-07-01T00:00:00Z", "1/report#2 due 2026-07-31T00:00:00Z"] == (
        told(lawbook, "2026-07-02T00:00:00Z")
    )
    assert [("sample/2", lawbook.versions[1].effective), ("sample/3", JULY - 30 * DAY)] == [
        (f"{item.order}/{item.version}", running(lawbook.versions, item)[0].start)
        for item in lawbook.versions[1:]
    ]


def test_an_amendment_ends_what_it_does_not_repeat(write: Write) -> None:
    """A clock that had started once runs out all the same; one that recurs stops."""
    assert ["1/report#1 due 2026-07-31T00:00:00Z"] == (
        told(book(write, ONCE, ""), "2026-07-02T00:00:00Z")
    )
    assert ["1/report#1"] == [
        line.split()[0] for line in told(book(write, MONTHLY, ""), "2027-01-01T00:00:00Z")
    ]


def test_a_rescission_after_an_amendment_carries_the_amendments_duties(write: Write) -> None:
    """Whoever never came to govern leaves nothing behind."""
    first = write(version=1, effective="2026-08-01T00:00:00Z") + MONTHLY.encode()
    lawbook = read_sources({"catalogue.yaml": CATALOGUE, "v1.yaml": first, "v2.yaml": RESCISSION})
    assert [] == told(lawbook, "2027-01-01T00:00:00Z")


INCIDENT = (
    "obligations: [{id: warn, clauses: [c1], what: Warn them., within: 24h,"
    " from: {event: incident}, owner: ciso, evidence: [the notice, its receipt],"
    " until: 2026-12-01T00:00:00Z}]\n"
)


def test_events_start_clocks(write: Write) -> None:
    """Each occurrence within the duty's time is numbered as it was recorded."""
    events = [
        Occurrence("sample", "incident", parse_instant(at))
        for at in ("2026-07-03T00:00:00Z", "2026-05-01T00:00:00Z", "2026-06-03T00:00:00Z")
    ]
    late = Occurrence("sample", "incident", parse_instant("2026-12-01T00:00:00Z"))
    others = (Occurrence("other", "incident", JULY), Occurrence("sample", "flood", JULY))
    assert [
        "1/warn#3.1 overdue 2026-06-04T00:00:00Z",
        "1/warn#1.1 due 2026-07-04T00:00:00Z",
    ] == told(book(write, INCIDENT), "2026-07-03T01:00:00Z", *events, late, *others)


STANDING = "obligations: [{id: detect, clauses: [c1], what: Look out.}]\n"


def test_a_duty_without_a_clock_stands(write: Write) -> None:
    """It is listed while it holds, without a date, and may be met."""
    lawbook = book(write, STANDING, "")
    assert ["1/detect#1 standing None"] == told(lawbook, "2026-06-02T00:00:00Z")
    assert ["1/detect#1 met None"] == told(
        lawbook, "2026-06-02T00:00:00Z", met=("sample/1/detect#1",)
    )
    assert [] == told(lawbook, "2026-07-01T00:00:00Z")


def test_a_calendar_that_ends_too_soon_is_told(write: Write) -> None:
    """What cannot be counted has no date, and nothing is guessed after it."""
    text = MONTHLY.replace("30d", "100 business days, calendar: us-federal")
    assert ["1/report#1 due 2026-10-20T04:00:00Z"] == told(
        book(write, text), "2026-06-02T00:00:00Z"
    )
    assert ["1/report#1 overdue 2026-10-20T04:00:00Z", "1/report#2 unknown None"] == told(
        book(write, text), "2026-10-30T00:00:00Z"
    )


def test_a_window_that_is_over_before_the_clock_starts_owes_nothing(write: Write) -> None:
    """`from` may come after the version's duty has ended."""
    text = ONCE.replace("from: effective", "from: 2026-08-01T00:00:00Z")
    assert [] == told(book(write, text, ""), "2027-01-01T00:00:00Z")


def test_endless_periods_meet_a_budget(write: Write) -> None:
    """A duty of every hour since 1900 is counted out only so far."""
    text = MONTHLY.replace("30d", "1h").replace("from: effective", "from: 1900-01-01T00:00:00Z")
    assert MOST == len(owed(book(write, text), JULY))


KEEP = "preserve: [{id: keep, clauses: [c1], what: Keep it., records: [facts]MORE}]\n"


@pytest.mark.parametrize(
    ("more", "rescission", "found"),
    [
        ("", "", [False, True, True, True]),
        (", until: 2026-07-01T00:00:00Z", "", [False, True, False, False]),
        (", from: 2026-07-01T00:00:00Z", "", [False, False, True, True]),
        ("", "discharges: [keep]\n", [False, True, False, False]),
    ],
)
def test_a_duty_to_preserve_suspends_erasure(
    write: Write, more: str, rescission: str, found: list[bool]
) -> None:
    """From its start up to its end, through a rescission, and for what it names alone."""
    lawbook = book(write, KEEP.replace("MORE", more), rescission=rescission)
    instants = ["2026-05-31T00:00:00Z", "2026-06-30T00:00:00Z", "2026-07-01T00:00:00Z"]
    instants += ["2030-01-01T00:00:00Z"]
    moments = list(map(parse_instant, instants))
    assert found == [bool(suspended(lawbook, at, "facts")) for at in moments]
    assert [False] * 4 == [bool(suspended(lawbook, at, "receipts")) for at in moments]


def test_a_repeated_duty_to_preserve_holds_from_its_first_start(write: Write) -> None:
    """Who repeats it ends nothing, not even in what is shown."""
    text = KEEP.replace("MORE", "")
    kept = duties(book(write, text, text.replace("Keep it", "Keep all")), JULY)["preserve"]
    assert [("Keep all.", "2026-06-01T00:00:00Z", None)] == [
        (item["what"], item["since"], item["until"])  # type: ignore[index, call-overload]  # JSON
        for item in kept  # type: ignore[union-attr]  # JSON
    ]


def test_everything_is_told_in_plain_values(write: Write) -> None:
    """A program reads what is owed, by whom, by when, and what is kept."""
    text = KEEP.replace(", records: [facts]MORE", ", until: 2027-01-01T00:00:00Z")
    text += MONTHLY.replace("every: 30d", "every: 30d, owner: trust, evidence: [a receipt]")
    found = duties(book(write, text), JULY)
    kept = {
        "order": "sample",
        "id": "keep",
        "clauses": ["c1"],
        "what": "Keep it.",
        "records": ["facts", "receipts", "subjects"],
        "since": "2026-06-01T00:00:00Z",
        "until": "2027-01-01T00:00:00Z",
    }
    assert (["sample/1/report#1", "sample/1/report#2"], [kept]) == (
        [row["name"] for row in found["obligations"]],  # type: ignore[index, union-attr, call-overload]  # JSON
        found["preserve"],
    )
