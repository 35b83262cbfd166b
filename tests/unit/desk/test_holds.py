from pathlib import Path

import pytest

from tests.worlds.signers import FIRST, NOW, Signers, StandingClock, letter
from writ.clock import DAY, FOREVER, HOUR
from writ.desk import review
from writ.desk.desk import Desk
from writ.desk.force import Force
from writ.errors import Refused
from writ.law.digest import rules_digest
from writ.model.order import Hold
from writ.point.view import read_view
from writ.signing.approval import read_bundle, verify_snapshot

WORLD = Signers.make()


@pytest.fixture
def clock() -> StandingClock:
    """Legal time that a test moves."""
    return StandingClock()


@pytest.fixture
def desk(tmp_path: Path, clock: StandingClock) -> Desk:
    """Open a desk with an order in force."""
    desk = WORLD.desk(tmp_path / "writ.db", clock)
    WORLD.enact(desk, FIRST)
    return desk


def held(force: Force, at: int) -> list[str]:
    """Return what a gateway reads as held at an instant."""
    view = read_view(verify_snapshot(force.bundle, WORLD.trust))
    cells = view.cells(view.segment_at(at))
    return [name for name, cell in zip(view.order, cells, strict=True) if cell in view.stopped]


def test_one_person_holds_at_once(desk: Desk) -> None:
    """A hold is the next epoch, by any of the model's names, and ends by itself."""
    before = desk.current()
    force = desk.hold(WORLD.stop(desk, "fable", until=NOW + DAY))
    assert 2 == force.epoch == desk.current().epoch
    assert (["fable-5"], ["fable-5"], []) == (
        held(force, NOW),
        held(force, NOW + DAY - 1),
        held(force, NOW + DAY),
    )
    assert before.book is not None
    assert force.book is not None
    assert rules_digest(before.book, NOW) != rules_digest(force.book, NOW)
    assert rules_digest(before.book, NOW + DAY) == rules_digest(force.book, NOW + DAY)


def test_a_hold_comes_back_after_a_restart(desk: Desk) -> None:
    """What is held stays held in the next process, provably."""
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    desk.hold(WORLD.stop(desk, "mythos-5", by="ben", until=NOW + HOUR))
    again = WORLD.desk(desk.store.path)
    assert desk.current() == again.current()
    assert ["fable-5", "mythos-5"] == held(again.current(), NOW)


def test_a_second_person_confirms(desk: Desk) -> None:
    """Once another confirms, a hold stands until two release it."""
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    force = desk.hold(WORLD.stop(desk, "fable-5", by="ben"))
    assert ["fable-5"] == held(force, NOW + 400 * DAY)
    assert Hold("fable-5", "ben", NOW, FOREVER) in force.sources.holds


def test_two_release(desk: Desk) -> None:
    """A proposal without the holds, signed by two, loosens; the digest is as before."""
    before = desk.current()
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    desk.hold(WORLD.stop(desk, "fable-5", by="ben"))
    proposal = WORLD.submit(desk, {}, release=("fable-5",))
    docket = desk.docket()
    assert docket is not None
    words = review.review(docket, WORLD.trust).words
    assert "the hold on fable-5 by ana ends" in words
    WORLD.sign(desk, "ben")
    WORLD.sign(desk, "eva")
    force = desk.activate(proposal.id)
    assert before.book is not None
    assert force.book is not None
    assert rules_digest(before.book, NOW) == rules_digest(force.book, NOW)
    assert () == force.sources.holds


def test_a_hold_survives_a_proposal_about_something_else(desk: Desk) -> None:
    """Orders that come while a model is held leave it held, and later holds are put on top."""
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    force = WORLD.enact(desk, {"saga.yaml": letter("saga")})
    assert ["fable-5"] == held(force, NOW)
    force = desk.hold(WORLD.stop(desk, "mythos-5", until=NOW + DAY))
    assert ["fable-5", "mythos-5"] == held(force, NOW)
    assert 1 == len(read_bundle(force.bundle, WORLD.trust).holds)


def test_a_hold_overtakes_the_open_proposal(desk: Desk) -> None:
    """A proposal made before a hold is made and signed again."""
    changes = {"saga.yaml": letter("saga")}
    WORLD.submit(desk, changes)
    WORLD.sign(desk, "ben")
    docket = desk.docket()
    assert docket is not None
    signed = review.sign(review.review(docket, WORLD.trust), WORLD.trust, WORLD.keys["eva"])
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    for late in (lambda: desk.sign("p2", signed), lambda: desk.activate("p2")):
        with pytest.raises(Refused, match="proposal `p2` was overtaken"):
            late()
    assert 3 == WORLD.enact(desk, changes).epoch


def test_a_hold_serves_once(desk: Desk) -> None:
    """The same statement handed in again is a statement about an epoch that is over."""
    stop = WORLD.stop(desk, "fable-5", until=NOW + DAY)
    desk.hold(stop)
    with pytest.raises(Refused, match="for another epoch than 2; sign it anew"):
        desk.hold(stop)


def test_nothing_is_held_before_the_first_epoch(tmp_path: Path, desk: Desk) -> None:
    """Without anything in force there is no catalogue to hold from."""
    empty = WORLD.desk(tmp_path / "empty.db")
    with pytest.raises(Refused, match="nothing is in force yet"):
        WORLD.stop(empty, "fable-5", until=NOW + DAY)
    with pytest.raises(Refused, match="for another epoch than 0"):
        empty.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))


def test_unknown_and_exempt_models_are_not_held(desk: Desk) -> None:
    """A model that nobody serves, or that is served without asking, cannot be held."""
    with pytest.raises(Refused, match="`fible` is not in the catalogue"):
        WORLD.stop(desk, "fible", until=NOW + DAY)
    with pytest.raises(Refused, match="`opus-4-8` is not a controlled model"):
        desk.hold(WORLD.stop(desk, "opus-4-8", until=NOW + DAY))


def test_one_person_holds_a_model_once(desk: Desk, clock: StandingClock) -> None:
    """Nobody confirms or prolongs their own hold while it stands; another day is another hold."""
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    for until in (NOW + 2 * DAY, None):
        with pytest.raises(Refused, match="`ana` holds `fable-5` already"):
            desk.hold(WORLD.stop(desk, "fable-5", until=until))
    clock.instant = NOW + DAY
    assert 3 == desk.hold(WORLD.stop(desk, "fable-5", until=NOW + 2 * DAY)).epoch


def test_there_must_be_something_to_confirm(desk: Desk, clock: StandingClock) -> None:
    """Without another's hold in force, a hold without an end is refused."""
    with pytest.raises(Refused, match="nobody else holds `fable-5`"):
        desk.hold(WORLD.stop(desk, "fable-5"))
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    clock.instant = NOW + DAY
    with pytest.raises(Refused, match="nobody else holds `fable-5`"):
        desk.hold(WORLD.stop(desk, "fable-5", by="ben"))


@pytest.mark.parametrize(
    ("since", "until"),
    [(NOW + 1, NOW + DAY), (NOW - HOUR - 1, NOW + DAY), (NOW - HOUR, NOW), (NOW - HOUR, NOW - 1)],
)
def test_a_hold_is_about_now(desk: Desk, since: int, until: int) -> None:
    """A hold to come, begun long ago, or over, is refused."""
    stop = review.hold(desk.current(), "fable-5", (since, until), WORLD.trust, WORLD.keys["ana"])
    with pytest.raises(Refused, match="a hold begins when it is signed"):
        desk.hold(stop)


def test_who_may_not_hold_does_not(desk: Desk) -> None:
    """The role is asked for where a hold is signed."""
    world = Signers.make(eva=frozenset({"sign"}))
    with pytest.raises(Refused, match="`eva` may not hold"):
        world.stop(desk, "fable-5", by="eva", until=NOW + DAY)


def test_what_is_not_held_is_not_released(desk: Desk) -> None:
    """A release that ends nothing is refused."""
    with pytest.raises(Refused, match="`fable-5` is not held"):
        WORLD.submit(desk, {}, release=("fable-5",))
