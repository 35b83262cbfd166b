"""The span in which an order counted and gateways did not know of it."""

from pathlib import Path

import pytest

from tests.worlds.signers import CATALOGUE, Signers, StandingClock, letter
from writ.clock import DAY, HOUR, parse_instant
from writ.desk.desk import Desk
from writ.desk.exposure import Exposed, Gap, exposed
from writ.errors import Refused

WORLD = Signers.make()
EFFECTIVE = parse_instant("2026-06-12T17:21:00-04:00")
OTHER = letter("other").replace(b"2026-06-12T17:21:00-04:00", b"2026-06-12T18:21:00-04:00")


def desk_at(tmp_path: Path) -> tuple[Desk, StandingClock]:
    """Open a desk a day before the letter, with models and no order in force."""
    clock = StandingClock(EFFECTIVE - DAY)
    desk = WORLD.desk(tmp_path / "writ.db", clock)
    WORLD.enact(desk, {"catalogue.yaml": CATALOGUE})
    return desk, clock


def test_receipts_tell_nothing_before_a_rule_names_the_model(tmp_path: Path) -> None:
    """Another order on the same model, in force an hour after the letter, ends the gap."""
    desk, clock = desk_at(tmp_path)
    WORLD.enact(desk, {"other.yaml": OTHER})
    clock.instant = EFFECTIVE + 2 * HOUR
    WORLD.enact(desk, {"us-bis.v1.yaml": letter()})
    gap = Gap("fable-5", EFFECTIVE, EFFECTIVE + HOUR)
    assert Exposed("us-bis", ("fable-5",), EFFECTIVE, EFFECTIVE + 2 * HOUR, 3, (gap,)) == (
        exposed(desk.store, "us-bis")
    )


def test_a_hold_between_is_an_epoch_like_others(tmp_path: Path) -> None:
    """Gaps are told for each epoch in the span."""
    desk, clock = desk_at(tmp_path)
    clock.instant = EFFECTIVE + HOUR
    desk.hold(WORLD.stop(desk, "mythos-5", until=EFFECTIVE + 3 * HOUR))
    clock.instant = EFFECTIVE + 2 * HOUR
    WORLD.enact(desk, {"us-bis.v1.yaml": letter()})
    found = exposed(desk.store, "us-bis")
    assert (3, [EFFECTIVE, EFFECTIVE + HOUR]) == (found.epoch, [gap.since for gap in found.gaps])


def test_before_the_first_epoch_nothing_is_on_record(tmp_path: Path) -> None:
    """A letter that is the first thing ever put in force finds nobody, and that is no finding."""
    desk = WORLD.desk(tmp_path / "writ.db", StandingClock(EFFECTIVE + HOUR))
    WORLD.enact(desk, {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": letter()})
    late = EFFECTIVE + HOUR
    assert Exposed("us-bis", ("fable-5",), EFFECTIVE, late, 1, (), late) == (
        exposed(desk.store, "us-bis")
    )


def test_an_order_activated_ahead_exposes_nobody(tmp_path: Path) -> None:
    """The span is empty, and so are its gaps."""
    desk, _ = desk_at(tmp_path)
    WORLD.enact(desk, {"us-bis.v1.yaml": letter()})
    assert Exposed("us-bis", ("fable-5",), EFFECTIVE, EFFECTIVE, 2, ()) == (
        exposed(desk.store, "us-bis")
    )


def test_an_order_that_never_was_is_refused(tmp_path: Path) -> None:
    """There is no span of it."""
    desk, _ = desk_at(tmp_path)
    with pytest.raises(Refused, match="no order `us-bis` was ever in force"):
        exposed(desk.store, "us-bis")
