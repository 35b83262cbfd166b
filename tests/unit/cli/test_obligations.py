"""`writ obligations list` over a folder of orders; over a deployment it is tested with one."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from writ.cli.main import app
from writ.cli.obligations_ics import Owed, calendar

JUNE = str(Path(__file__).parents[3] / "orders" / "june-2026")
LATER = "2026-08-15T00:00:00Z"
REPORT = "us-bis-2026-06-12/3/report-malicious-activity"


def obligations(*words: str) -> tuple[int, str]:
    """Run `writ obligations list` over June."""
    done = CliRunner().invoke(app, ["obligations", "list", "--orders", JUNE, *words])
    return done.exit_code, done.output


def test_what_is_owed_after_the_rescission_is_listed() -> None:
    """Six weeks on, one report is overdue and the next one is due."""
    code, out = obligations("--at", LATER)
    assert (0, True, True) == (
        code,
        f"overdue since 2026-07-30T23:00:00Z: {REPORT}#1" in out,
        f"due before 2026-08-29T23:00:00Z: {REPORT}#2" in out,
    )


def test_a_folder_is_asked_about_now_unless_told_otherwise() -> None:
    """Without `--at` it is the machine's time."""
    _, out = obligations("--json")
    assert datetime.now(UTC).isoformat()[:13] == json.loads(out)["at"][:13]


@pytest.mark.parametrize(
    ("at", "within", "code", "names"),
    [
        ("2026-07-01T00:00:00Z", "7d", 0, []),
        (
            "2026-07-25T00:00:00Z",
            "7d",
            2,
            ["address-security-risks#1", "report-malicious-activity#1"],
        ),
    ],
)
def test_a_reminder_tells_by_its_exit_code(
    at: str, within: str, code: int, names: list[str]
) -> None:
    """Exit 2 where something presses, and only that is listed."""
    done, out = obligations("--at", at, "--remind", within, "--json")
    listed = [row["name"].rsplit("/", 1)[1] for row in json.loads(out)["obligations"]]
    assert (code, names) == (done, listed)


def test_questions_are_listed_and_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose answer is late is listed by a reminder too."""
    rows = [
        {"name": "o/w", "question": "Are weights?", "to": "the desk", "due": LATER, "state": state}
        for state in ("overdue", "answered")
    ]
    monkeypatch.setattr("writ.law.duties.questions_plain", lambda _book, _at: rows)
    _, out = obligations("--at", "2026-07-01T00:00:00Z")
    assert f"question to the desk, asked for by {LATER}, OVERDUE: o/w\n  Are weights?" in out
    code, out = obligations("--at", "2026-07-01T00:00:00Z", "--remind", "7d")
    assert (2, 1) == (code, out.count("question to the desk"))


def test_nothing_to_remind_of_is_said() -> None:
    """A reminder with nothing to say says so."""
    assert (0, "at 2026-07-01T00:00:00Z\nnothing is owed\n") == (
        obligations("--at", "2026-07-01T00:00:00Z", "--remind", "7d")
    )


def test_a_calendar_is_printed_or_json_but_not_both() -> None:
    """One event for each instant that is to come or was missed."""
    code, out = obligations("--at", LATER, "--ics")
    assert (0, 5) == (code, out.count("BEGIN:VEVENT"))
    both = CliRunner().invoke(app, ["obligations", "list", "--orders", JUNE, "--ics", "--json"])
    assert "give one of `--ics` and `--json`" == str(both.exception)


def test_lines_of_a_calendar_are_folded_and_escaped() -> None:
    """75 octets at most, no character cut, commas and semicolons escaped."""
    what = "Melden; über alles, " + "ü" * 60
    found = calendar(LATER, [Owed("a/1/b#1", what, "Ana", "2026-08-29T23:00:00.5Z", "due", [])])
    lines = found.encode().split(b"\r\n")
    unfolded = found.replace("\r\n ", "")
    assert 75 >= max(map(len, lines))
    assert "DESCRIPTION:Melden\\; über alles\\, " + "ü" * 60 in unfolded
    assert "DTSTART:20260829T230000Z" in unfolded


def test_what_has_no_date_is_in_no_calendar() -> None:
    """What stands, what was met, and what nobody can count are left out."""
    rows = [Owed("x", "x", None, None, "standing", []), Owed("y", "y", None, LATER, "met", [])]
    assert "VEVENT" not in calendar(LATER, rows)


def test_all_kinds_are_said_in_words(tmp_path: Path) -> None:
    """What stands, what is unknown, what must be kept, who sees to it and what shows it."""
    letter = (Path(JUNE) / "us-bis-2026-06-12.v3.yaml").read_text()
    letter = letter.replace(
        "every: 90d, from: effective", "owner: standards lead, evidence: [minutes]"
    )
    letter = letter.replace("every: 30d, from", "every: 9000 months, zone: UTC, from", 1)
    letter = letter.replace("every: 30d, from", "every: 9 business days, calendar: short, from")
    letter += "preserve: [{id: keep, clauses: [c4], what: Keep receipts., records: [receipts]}]\n"
    (tmp_path / "v3.yaml").write_text(letter)
    days = "title: One day, zone: UTC, from: 2026-07-01, until: 2026-07-02, holidays: {}"
    (tmp_path / "calendars.yaml").write_text(f"calendars: {{short: {{{days}}}}}\n")
    (tmp_path / "catalogue.yaml").write_bytes((Path(JUNE) / "catalogue.yaml").read_bytes())
    done = CliRunner().invoke(
        app, ["obligations", "list", "--orders", str(tmp_path), "--at", LATER]
    )
    said = done.output
    assert "due before 2776-07-01T00:00:00Z: us-bis-2026-06-12/3/address" in said
    assert "due when its calendar says, which ends too soon: us-bis-2026-06-12/3/report" in said
    assert "standing: us-bis-2026-06-12/3/cooperate-on-standards#1, standards lead\n" in said
    assert "to show: minutes" in said
    assert "kept until it is lifted: receipts (us-bis-2026-06-12/keep)" in said
