from pathlib import Path

from tests.worlds.signers import FIRST, NOW, Signers, StandingClock, letter
from writ.clock import DAY, MINUTE

WORLD = Signers.make(eva=frozenset({"sign"}))


def test_an_empty_desk_says_so(tmp_path: Path) -> None:
    """Before the first epoch there is nothing to say but who must sign."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(desk)
    WORLD.sign(desk, "eva")
    assert {
        "at": "2026-06-12T21:00:00Z",
        "epoch": 0,
        "snapshot": None,
        "rules_digest": None,
        "in_force": [],
        "scheduled": [],
        "changes": [],
        "holds": [],
        "proposal": {
            "id": "p1",
            "submitter": "ana",
            "signers": ["eva"],
            "needed": 2,
            "missing": 1,
            "may_sign": ["ben"],
            "at": "2026-06-12T21:00:00Z",
            "gates": [],
        },
    } == desk.status().plain()


def test_orders_come_into_force_with_nobody_pressing_a_button(tmp_path: Path) -> None:
    """What is scheduled before its instant is in force from then on; holds end by themselves."""
    clock = StandingClock()
    desk = WORLD.desk(tmp_path / "writ.db", clock)
    force = WORLD.enact(desk, {**FIRST, "v2.yaml": letter(version=2).replace(b"-12T", b"-13T")})
    desk.hold(WORLD.stop(desk, "mythos-5", until=NOW + 21 * MINUTE))
    before = desk.status()
    assert (2, desk.current().digest, ()) == (before.epoch, before.snapshot, before.in_force)
    assert force.digest != before.snapshot
    assert [1, 2] == [version.version for version in before.scheduled]
    assert (NOW + 21 * MINUTE, NOW + 21 * MINUTE + DAY) == before.changes
    assert ["mythos-5"] == [hold.model for hold in before.holds]
    clock.instant = NOW + 21 * MINUTE
    after = desk.status()
    assert ([1], [2]) == (
        [version.version for version in after.in_force],
        [version.version for version in after.scheduled],
    )
    assert ((), None) == (after.holds, after.proposal)
    assert before.rules_digest != after.rules_digest


def test_status_is_plain(tmp_path: Path) -> None:
    """Orders and holds are written with their instants in UTC."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.enact(desk, FIRST)
    desk.hold(WORLD.stop(desk, "mythos-5", until=NOW + DAY))
    desk.hold(WORLD.stop(desk, "mythos-5", by="ben"))
    found = desk.status().plain()
    assert [
        {
            "order": "us-bis",
            "version": 1,
            "kind": "restriction",
            "title": "Licence requirement",
            "effective": "2026-06-12T21:21:00Z",
            "until": None,
        }
    ] == found["scheduled"]
    since = {"model": "mythos-5", "since": "2026-06-12T21:00:00Z"}
    assert [
        {**since, "by": "ana", "until": "2026-06-13T21:00:00Z"},
        {**since, "by": "ben", "until": None},
    ] == found["holds"]
