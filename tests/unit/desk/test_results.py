"""What stands on record beside orders: how they came into force, and what drills showed."""

from pathlib import Path
from typing import Any

import pytest

from tests.worlds.signers import NOW, Signers, StandingClock
from tests.worlds.stores import store_at
from writ.canonical import decode, digest_bytes
from writ.desk.fleet import InForce
from writ.desk.results import ARRIVED, Drill, Results, sign_drill
from writ.errors import Refused
from writ.store.documents import fetch
from writ.store.events import read_events, read_payload
from writ.study.coverage import NO_REGISTER

WORLD = Signers.make()
CARD = digest_bytes(b"a scorecard")
COVERAGE = NO_REGISTER.plain()
DRILL = Drill(NOW - 1, right=True, requests=2000, wrong_outcomes=0, in_force_ms=640)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Results over an empty store."""
    return Results(store_at(tmp_path / "writ.db"), WORLD.trust, StandingClock())


def test_an_epoch_is_recorded_once_as_in_force(results: Results) -> None:
    """The row has numbers, a document has who acknowledged and who could no longer decide."""
    arrived = InForce(3, 1234.5678, {"b": 12.3, "a": 700.9}, ("late",), 2)
    results.record_arrival(arrived, CARD, COVERAGE)
    results.record_arrival(InForce(3, 1.0, {}, (), 0), CARD, COVERAGE)
    results.record_arrival(InForce(4, 5.2, {"a": 5.2}, (), 0), CARD, COVERAGE)
    with results.store.view() as connection:
        first, second = (read_payload(row) for row in read_events(connection, kinds=[ARRIVED]))
        gateways: Any = decode(fetch(connection, str(first["gateways"])))
        coverage: Any = decode(fetch(connection, str(first["coverage"])))
    assert "no coverage register: paths outside gateways unknown" == coverage["sentence"]
    assert (3, 1235, 2, 1, 2) == tuple(
        first[name] for name in ("epoch", "in_force_ms", "acknowledged", "lapsed", "streams_cut")
    )
    assert [("a", 701), ("b", 12), ("late", None)] == [
        (item["name"], item["acknowledged_ms"]) for item in gateways
    ]
    assert (CARD, 4) == (second["snapshot"], second["epoch"])
    listed: Any = results.arrivals()
    assert [3, 4] == [item["epoch"] for item in listed]
    assert "2026-06-12T21:00:00Z" == listed[0]["at"]


def test_a_drill_is_somebodys_word_about_its_scorecard(results: Results) -> None:
    """It is recorded once, after it ended, and read back proved."""
    envelope = sign_drill(DRILL, CARD, WORLD.trust, WORLD.keys["ana"])
    assert DRILL == results.record_drill(envelope).said
    with pytest.raises(Refused, match="this scorecard was recorded before"):
        results.record_drill(sign_drill(DRILL, CARD, WORLD.trust, WORLD.keys["ben"]))
    later = Drill(NOW + 1, right=False, requests=1, wrong_outcomes=1, in_force_ms=None)
    with pytest.raises(Refused, match="which is to come"):
        results.record_drill(sign_drill(later, digest_bytes(b""), WORLD.trust, WORLD.keys["ana"]))
    (listed,) = results.drills()
    assert {
        "scorecard": CARD,
        "by": "ana",
        "at": "2026-06-12T20:59:59.999999Z",
        "right": True,
        "requests": 2000,
        "wrong_outcomes": 0,
        "in_force_ms": 640,
    } == listed
