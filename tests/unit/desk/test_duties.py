"""What was done about duties, recorded and proved."""

from pathlib import Path

import pytest

from tests.worlds.signers import FIRST, NOW, Signers, StandingClock, letter
from writ.canonical import digest
from writ.clock import DAY, HOUR
from writ.desk.desk import Desk
from writ.desk.duties import MET, OCCURRED, Duties, Met, Occurred, sign_met, sign_occurred
from writ.desk.force import NOTHING
from writ.errors import Refused
from writ.signing.word import sign_word

WORLD = Signers.make()
DUTIES = b"""
obligations:
  - {id: report, clauses: [c1], what: Report., every: 30d}
  - {id: warn, clauses: [c1], what: Warn., within: 24h, from: {event: flaw}}
preserve: [{id: keep, clauses: [c1], what: Keep., records: [facts], until: 2026-08-01T00:00:00Z}]
"""
REPORT = "us-bis/1/report#1"
LATER = NOW + 31 * DAY


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a desk with duties in force for a month."""
    desk = WORLD.desk(tmp_path / "writ.db", StandingClock(LATER))
    WORLD.enact(desk, {**FIRST, "us-bis.v1.yaml": letter() + DUTIES})
    return desk


def over(desk: Desk) -> Duties:
    """Open the duties over a desk's store."""
    return Duties(desk.store, desk.trust, desk.clock)


def states(desk: Desk) -> dict[str, tuple[str, str | None]]:
    """Return how each thing owed stands, and who met it."""
    rows = over(desk).listed(desk.current())["obligations"]
    return {row["name"]: (row["state"], row["met_by"]) for row in rows}  # type: ignore[union-attr, index, call-overload, misc]  # JSON


def test_what_was_done_is_recorded_once(desk: Desk) -> None:
    """Who did it is told; a second time, or what nobody owes, is refused."""
    assert ("overdue", None) == states(desk)[REPORT]
    envelope = sign_met(Met(REPORT, ["sha256:00"]), WORLD.trust, WORLD.keys["ben"])
    over(desk).record_met(desk.current(), envelope)
    assert ("met", "ben") == states(desk)[REPORT]
    with pytest.raises(Refused, match="was met before"):
        over(desk).record_met(desk.current(), envelope)
    other = sign_met(Met("us-bis/1/report#9", []), WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="is not owed; see `writ obligations list`"):
        over(desk).record_met(desk.current(), other)


def test_an_event_starts_a_clock(desk: Desk) -> None:
    """From the instant it occurred; not twice, not ahead, not where nothing waits for it."""
    said = Occurred("us-bis", "flaw", LATER - HOUR)
    envelope = sign_occurred(said, WORLD.trust, WORLD.keys["eva"])
    over(desk).record_occurred(desk.current(), envelope)
    assert ("due", None) == states(desk)["us-bis/1/warn#1.1"]
    with pytest.raises(Refused, match="this was recorded before"):
        over(desk).record_occurred(desk.current(), envelope)
    for wrong, why in (
        (Occurred("us-bis", "flaw", LATER + HOUR), "is still to come"),
        (Occurred("us-bis", "flood", LATER), "no duty of `us-bis` waits for `flood`"),
    ):
        with pytest.raises(Refused, match=why):
            over(desk).record_occurred(
                desk.current(), sign_occurred(wrong, WORLD.trust, WORLD.keys["eva"])
            )


def test_a_word_is_about_what_it_names(desk: Desk) -> None:
    """A word signed about one duty or event does not serve for another."""
    pair = WORLD.keys["ben"]
    said = {"name": REPORT, "evidence": ["sha256:00"]}
    about = sign_word(MET, digest("another"), said, WORLD.trust, pair)
    with pytest.raises(Refused, match="about another duty"):
        over(desk).record_met(desk.current(), about)
    event = {"order": "us-bis", "event": "flaw", "at": LATER}
    other = sign_word(OCCURRED, digest("another"), event, WORLD.trust, pair)  # type: ignore[arg-type]  # JSON
    with pytest.raises(Refused, match="about another event"):
        over(desk).record_occurred(desk.current(), other)


def test_another_instant_can_be_asked_about(desk: Desk) -> None:
    """What was owed in July is told in August."""
    found = over(desk).listed(desk.current(), NOW + DAY)
    assert "2026-06-13T21:00:00Z" == found["at"]


def test_duties_to_preserve_suspend_erasure(desk: Desk) -> None:
    """Whoever erases asks first, and is refused for what is to be kept, while it is."""
    duties = over(desk)
    with pytest.raises(Refused, match="facts may not be erased: `us-bis/keep` says to preserve"):
        duties.check_erasure(desk.current(), "facts")
    duties.check_erasure(desk.current(), "receipts")
    duties.check_erasure(NOTHING, "facts")
    later = Duties(desk.store, desk.trust, StandingClock(LATER + 60 * DAY))
    later.check_erasure(desk.current(), "facts")
