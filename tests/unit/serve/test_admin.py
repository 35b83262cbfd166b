"""What the administration listener counts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tests.worlds.stores import store_at
from writ.clock import DrillClock
from writ.errors import Refused
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, Log
from writ.model.subject import Subject
from writ.people.registry import Registry
from writ.people.reviews import Wanted
from writ.people.vendors.erasures import Erasures
from writ.serve.admin import _erasures, _receipts, _reviews
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust


class _Counted(Collector):
    def __init__(self, count: Callable[[], Iterator[Metric]]) -> None:
        self.count = count

    def collect(self) -> Iterator[Metric]:
        """Count."""
        return self.count()


def counted(count: Callable[[], Iterator[Metric]]) -> list[str]:
    """What a scrape reads of a count."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Counted(count))
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_what_vendors_have_yet_to_forget_is_counted(tmp_path: Path) -> None:
    """By vendor, and nothing where nobody was ever sent to one; no session's id is told."""
    vendors = tmp_path / "vendors"
    assert [] == counted(lambda: _erasures(vendors))
    Erasures(tmp_path / "vendors" / "persona").expect("inq_1", 60)
    (tmp_path / "vendors" / "persona" / "inq_2").write_text('{"due": 1, "tries": 2}')
    assert [
        'writ_vendor_erasures{vendor="persona"} 2.0',
        'writ_vendor_erasures_refused{vendor="persona"} 1.0',
    ] == counted(lambda: _erasures(vendors))


def test_reviews_past_their_time_are_counted(tmp_path: Path) -> None:
    """Open ones are counted from the start, and as overdue from the instant at which they are due."""
    store = store_at(tmp_path / "writ.sqlite")
    clock = DrillClock(tmp_path / "clock", 1000)
    registry = Registry(store, Trust({}, {}, KeyPair.generate().public), clock, tmp_path)
    registry.subjects.add([Subject("alice", "person")])
    first = registry.reviews.open(Wanted("alice", "papers", "passport"))
    clock.step(2000)
    registry.reviews.open(Wanted("alice", "appeal", "known-facts"))
    told = []
    for instant in (first.due_at - 1, first.due_at):
        clock.step(instant)
        told.append(counted(lambda: _reviews(registry.reviews)))
    expected = [["writ_reviews_open 2.0", f"writ_reviews_overdue {count}.0"] for count in (0, 1)]
    assert expected == told
    store.close()


def test_receipts_that_are_missing_are_told(tmp_path: Path) -> None:
    """0 as long as all are there; 1 once a file is shorter than what the log has of it."""
    (tmp_path / "receipts").mkdir()
    store = store_at(tmp_path / "writ.sqlite")
    log = Log(store, "example.org/decisions", (), DrillClock(tmp_path / "clock", 1000), DECISIONS)
    decisions = Decisions(tmp_path / "receipts", log)
    path = tmp_path / "receipts" / "gateway-1.jsonl"
    path.write_text('{"id":"a"}\n')
    decisions.keep_up()
    told = counted(lambda: _receipts(decisions))
    path.write_text("")
    with pytest.raises(Refused):
        decisions.keep_up()
    told += counted(lambda: _receipts(decisions))
    assert ["writ_receipts_lost 0.0", "writ_receipts_lost 1.0"] == told
    store.close()
