"""The record as it keeps itself: what is told is there soon, and what is not told leaves no trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.worlds.record import CATALOGUE, WORLD, Recorded, first, recorded, silent
from writ.clock import DAY
from writ.ledger.seals import Seals, sign_seal
from writ.serve.record_keeping import AGAIN, EVERY, LONGEST, QUIET, RecordKeeping


@dataclass
class Kept:
    """A deployment whose record keeps itself, by a clock that a test moves on."""

    made: Recorded
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.keeping = RecordKeeping(self.made.site, lambda: self.now)

    def wait(self, seconds: float = QUIET) -> dict[str, bytes]:
        """Look every half second for some time; return the record's files."""
        for _ in range(int(seconds / EVERY) + 1):
            self.keeping.once()
            self.now += EVERY
        return self.made.files()

    def say(self, number: int, *names: str, holds: bool) -> None:
        """Seal the log, or lift the seal."""
        site = self.made.site
        for name in names:
            word = sign_seal(number, WORLD.trust, WORLD.keys[name], holds=holds)
            Seals(site.store, site.trust, site.clock).say(word)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """One with an order that may be told to exist."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "quiet.yaml": silent("quiet", "existence")})
        yield Kept(made)


def test_what_comes_into_force_is_told_soon(kept: Kept) -> None:
    """Once it is quiet for a second: how fast it was in force comes after it is, and belongs to it."""
    kept.wait()
    kept.made.enact({"us-bis.v1.yaml": first()})
    assert "orders/us-bis.html" not in kept.wait(0)
    page = kept.wait()["orders/us-bis.html"]
    assert b"on every gateway 500 ms later" in page
    kept.made.state(evaluation="none")
    assert page != kept.wait()["orders/us-bis.html"]


def test_before_anything_is_in_force_there_is_nothing_to_build(tmp_path: Path) -> None:
    """And nothing that failed: the first order is told as soon as any."""
    with recorded(tmp_path) as made, capture_logs() as logs:
        kept = Kept(made)
        assert {} == kept.wait()
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        assert "orders/us-bis.html" in kept.wait()
    assert [] == logs


def test_it_is_told_though_it_never_gets_quiet(kept: Kept) -> None:
    """After ten seconds, whatever happens meanwhile."""
    kept.wait()
    kept.made.enact({"us-bis.v1.yaml": first()})
    times = 0
    while "orders/us-bis.html" not in kept.wait(0):
        times += 1
        assert times < LONGEST / EVERY + 2
        kept.made.state(challenge=f"For the {times}th time.")
    assert times > QUIET / EVERY + 1


def test_what_may_not_be_told_leaves_no_trace(kept: Kept) -> None:
    """No byte moves, the log's checkpoint among them; that an order exists does, and no more of it."""
    before = kept.wait()
    kept.made.enact({"secret.yaml": silent("secret", "none")})
    kept.made.site.desk.hold(
        WORLD.stop(kept.made.site.desk, "opus-4-8", until=kept.made.site.clock.now() + DAY)
    )
    assert before == kept.wait()
    kept.made.tell()
    assert before == kept.wait(AGAIN)
    kept.made.enact({"still.yaml": silent("still", "existence")})
    moved = {name for name, data in kept.wait().items() if before[name] != data}
    assert {"index.html", "record.json"} == {name.rpartition("/")[2] for name in moved}


def test_editions_that_a_kill_left_unshown_are_shown(kept: Kept) -> None:
    """They are on record and in no checkpoint yet: the next build, by itself, signs for them."""
    shown = kept.wait()["log/checkpoint"]
    kept.made.enact({"us-bis.v1.yaml": first()})
    folder = kept.made.folder / "record"
    files = kept.wait()
    (folder / "orders" / "us-bis.html").unlink()
    (folder / "log" / "checkpoint").write_bytes(shown)
    assert files.keys() == Kept(kept.made).wait().keys()


def test_under_a_seal_it_waits(kept: Kept) -> None:
    """And tells once the seal is lifted."""
    kept.wait()
    kept.say(1, "ben", holds=True)
    kept.made.enact({"us-bis.v1.yaml": first()})
    assert "orders/us-bis.html" not in kept.wait(2 * LONGEST)
    kept.say(1, "ben", "eva", holds=False)
    assert "orders/us-bis.html" in kept.wait()


def test_what_fails_is_logged_and_tried_again(kept: Kept) -> None:
    """A minute later, and not all the time until then."""
    kept.wait()
    kept.made.enact({"us-bis.v1.yaml": first()})
    orders = kept.made.folder / "record" / "orders"
    orders.write_text("in the way")
    with capture_logs() as logs:
        kept.wait(AGAIN / 2)
    assert ["record not built"] == [entry["event"] for entry in logs]
    orders.unlink()
    assert "orders/us-bis.html" in kept.wait(AGAIN)
