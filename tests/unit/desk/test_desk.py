from pathlib import Path

import pytest

from tests.worlds.signers import CATALOGUE, FIRST, NOW, Signers, StandingClock, letter
from tests.worlds.stores import store_at
from writ.canonical import digest_bytes
from writ.clock import SECOND, WallClock
from writ.desk import review
from writ.desk.desk import Desk
from writ.desk.force import NOTHING
from writ.desk.proposal import Submission
from writ.errors import InvalidInput, Refused
from writ.law.digest import rules_digest
from writ.point.view import read_view
from writ.signing.approval import sign_approval, verify_snapshot, write_approval
from writ.signing.dsse import Envelope
from writ.store.events import read_events, verify_events
from writ.store.marks import read_mark

WORLD = Signers.make()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open an empty desk."""
    return WORLD.desk(tmp_path / "writ.db")


def kinds(desk: Desk) -> list[str]:
    """Return the kinds of all event rows, after checking them."""
    verify_events(desk.store)
    with desk.store.view() as connection:
        return [row.kind for row in read_events(connection)]


def test_an_empty_desk_has_nothing_in_force(desk: Desk) -> None:
    """Before the first activation there is neither epoch, proposal nor rule."""
    assert (NOTHING, None, None, None) == (
        desk.current(),
        desk.epoch(),
        desk.proposal(),
        desk.docket(),
    )
    assert desk.current().book is None


def test_three_people_put_an_order_in_force(desk: Desk) -> None:
    """One submits, two sign, and what was signed is in force, for gateways too."""
    proposal = WORLD.submit(desk)
    assert ("p1", "ana", ()) == (proposal.id, proposal.submitter, proposal.signers)
    assert ("ben",) == WORLD.sign(desk, "ben").signers
    assert ("ben", "eva") == WORLD.sign(desk, "eva").signers
    force = desk.activate("p1")
    epoch = desk.epoch()
    assert force == desk.current()
    assert epoch is not None
    assert (1, force.digest, force.bundle, force.book) == (
        epoch.number,
        epoch.digest,
        epoch.envelope,
        epoch.book,
    )
    view = read_view(verify_snapshot(force.bundle, WORLD.trust))
    assert (1, force.digest) == (view.epoch, view.digest)
    assert [
        "proposal.submitted",
        "proposal.signed",
        "proposal.signed",
        "epoch.activated",
    ] == kinds(desk)


def test_a_restart_comes_back_with_what_was_in_force(tmp_path: Path) -> None:
    """Another process over the same store has the same force and the same open proposal."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.enact(desk)
    WORLD.submit(desk, {"us-bis.v2.yaml": letter(version=2)})
    WORLD.sign(desk, "eva")
    again = WORLD.desk(tmp_path / "writ.db")
    assert (desk.current(), desk.proposal()) == (again.current(), again.proposal())


def test_another_process_activates(tmp_path: Path) -> None:
    """What one process was handed, the next one puts in force just the same."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(desk)
    WORLD.sign(desk, "ben")
    WORLD.sign(desk, "eva")
    desk.store.close()
    again = WORLD.desk(tmp_path / "writ.db")
    assert again.activate("p1") == WORLD.desk(tmp_path / "writ.db").current()


def test_who_asked_is_told_of_each_epoch(desk: Desk) -> None:
    """A callback hears of an epoch once it is in force."""
    heard: list[tuple[int, int]] = []
    desk.on_activate(lambda force: heard.append((force.epoch, desk.current().epoch)))
    WORLD.enact(desk)
    WORLD.enact(desk, {"saga.yaml": letter("saga")})
    assert [(1, 1), (2, 2)] == heard


def test_all_faults_are_told_and_nothing_is_stored(desk: Desk) -> None:
    """Orders with faults list every one, in the file's own places, and leave no trace."""
    bad = {
        **FIRST,
        "b.yaml": letter("b").replace(b"fable-5", b"fible-5"),
        "c.yaml": letter("c").replace(b"verify", b"maybe"),
    }
    statement = write_approval(digest_bytes(b""), "sha256:00", "ana", WORLD.trust)
    made = Submission(0, bad, (), sign_approval(statement, WORLD.keys["ana"]))
    with pytest.raises(InvalidInput) as caught:
        desk.submit(made)
    assert {"b.yaml", "c.yaml"} == {fault.file for fault in caught.value.faults}
    assert all(fault.line for fault in caught.value.faults)
    assert [] == kinds(desk)


def test_one_proposal_is_open_at_a_time(desk: Desk) -> None:
    """A later proposal says so, or replaces the earlier one, which then is closed for good."""
    WORLD.submit(desk)
    WORLD.sign(desk, "ben")
    with pytest.raises(Refused, match="proposal `p1` by `ana` is open; wait, or `--replace` it"):
        WORLD.submit(desk, by="eva")
    replaced = WORLD.submit(desk, {**FIRST, "saga.yaml": letter("saga")}, by="eva", replace=True)
    assert ("p2", "eva", ()) == (replaced.id, replaced.submitter, replaced.signers)
    assert ["proposal.submitted", "proposal.signed", "proposal.closed", "proposal.submitted"] == (
        kinds(desk)
    )
    with pytest.raises(Refused, match="proposal `p1` was replaced"):
        desk.activate("p1")


def test_activation_takes_two_signatures(desk: Desk) -> None:
    """With fewer than two signatures besides the submitter's nothing comes into force."""
    WORLD.submit(desk)
    with pytest.raises(Refused, match="0 of 2 signatures"):
        desk.activate("p1")
    WORLD.sign(desk, "ben")
    with pytest.raises(Refused, match="1 of 2 signatures"):
        desk.activate("p1")
    assert NOTHING == desk.current()


def test_only_an_open_proposal_is_activated(desk: Desk) -> None:
    """A proposal that never was, or is in force already, is not activated."""
    with pytest.raises(Refused, match="there is no open proposal `p7`"):
        desk.activate("p7")
    WORLD.enact(desk)
    with pytest.raises(Refused, match="proposal `p1` was activated"):
        desk.activate("p1")


def test_the_desk_counts_for_itself(desk: Desk) -> None:
    """Signatures by the submitter, twice by one, or by strangers do not pass the desk."""
    WORLD.submit(desk)
    docket = desk.docket()
    assert docket is not None
    payload = docket.proposal.envelope.payload
    ben = sign_approval(payload, WORLD.keys["ben"])
    desk.sign("p1", ben)
    for name in ("ana", "ben", "online"):
        with pytest.raises(Refused, match="not known here or signed before"):
            desk.sign("p1", sign_approval(payload, WORLD.keys[name]))
    with pytest.raises(Refused, match="another statement"):
        desk.sign("p1", sign_approval(payload + b" ", WORLD.keys["eva"]))
    with pytest.raises(Refused, match="one signature at a time"):
        desk.sign("p1", Envelope(payload, ben.payload_type, ()))
    found = desk.proposal()
    assert found is not None
    assert ("ben",) == found.signers


def test_a_submission_is_its_submitters(desk: Desk) -> None:
    """One who may not submit cannot, and nobody brings signatures along."""
    world = Signers.make(eva=frozenset({"sign"}))
    with pytest.raises(Refused, match="`eva` may not submit"):
        world.submit(desk, by="eva")
    made = review.submit(desk.current(), FIRST, (), WORLD.trust, WORLD.keys["ana"])
    signed = Submission(0, FIRST, (), made.envelope.add(WORLD.keys["ben"]))
    with pytest.raises(Refused, match="by its submitter alone"):
        desk.submit(signed)


def test_a_digest_that_is_not_the_orders_is_refused(desk: Desk) -> None:
    """What was signed and what was sent must compile to one digest."""
    made = review.submit(desk.current(), FIRST, (), WORLD.trust, WORLD.keys["ana"])
    other = Submission(0, {**FIRST, "us-bis.v1.yaml": letter(model="mythos-5")}, (), made.envelope)
    with pytest.raises(Refused, match=r"signed for `sha256:.*but the orders compile to"):
        desk.submit(other)


def test_comments_are_signed_too(desk: Desk) -> None:
    """A file whose meaning is the same but whose bytes differ is not what was signed."""
    made = review.submit(desk.current(), FIRST, (), WORLD.trust, WORLD.keys["ana"])
    changed = {**FIRST, "us-bis.v1.yaml": letter() + b"# and more\n"}
    with pytest.raises(Refused, match="signed for"):
        desk.submit(Submission(0, changed, (), made.envelope))


def test_a_submission_for_another_epoch_is_refused(desk: Desk) -> None:
    """What was prepared before an epoch came into force is prepared anew."""
    changes = {**FIRST, "saga.yaml": letter("saga")}
    made = review.submit(desk.current(), changes, (), WORLD.trust, WORLD.keys["ana"])
    WORLD.enact(desk)
    with pytest.raises(Refused, match="made on epoch 0, but epoch 1 is in force"):
        desk.submit(made)


def test_a_version_in_force_keeps_its_bytes(desk: Desk) -> None:
    """Other bytes under an activated version are refused, now and after it was withdrawn."""
    WORLD.enact(desk, {**FIRST, "saga.yaml": letter("saga")})
    changed = {"saga.yaml": letter("saga", model="mythos-5")}
    with pytest.raises(Refused, match="`saga/1` was in force with other bytes"):
        WORLD.submit(desk, changed)
    WORLD.enact(desk, {"saga.yaml": None})
    with pytest.raises(Refused, match="`saga/1` was in force with other bytes"):
        WORLD.submit(desk, changed)
    WORLD.enact(desk, {"saga.v1.yaml": letter("saga")})
    assert {"us-bis/1", "saga/1"} == set(desk.current().compiled.versions)  # type: ignore[union-attr]  # in force


def test_an_exempt_model_is_not_ordered_about(desk: Desk) -> None:
    """An order that names an exempt model is refused where it stands."""
    with pytest.raises(InvalidInput, match=r"saga.yaml:\d+:\d+: `opus-4-8` is exempt"):
        WORLD.submit(desk, {**FIRST, "saga.yaml": letter("saga", model="opus-4-8")})


def test_withdrawing_restores_the_digest(desk: Desk) -> None:
    """Taking one of two orders away gives back the digest of the other alone."""
    before = WORLD.enact(desk).book
    between = WORLD.enact(desk, {"saga.yaml": letter("saga"), "saga.v2.yaml": letter("saga", 2)})
    desk.submit(review.withdraw(desk.current(), "saga", WORLD.trust, WORLD.keys["eva"]))
    WORLD.sign(desk, "ana")
    WORLD.sign(desk, "ben")
    after = desk.activate("p3").book
    at = NOW + 10**12
    assert before is not None
    assert after is not None
    assert between.book is not None
    assert rules_digest(before, at) == rules_digest(after, at) != rules_digest(between.book, at)


def test_the_mark_is_kept(tmp_path: Path) -> None:
    """Legal time that was acted on is a floor for the next process."""
    far = NOW + 10**15
    desk = WORLD.desk(tmp_path / "writ.db", StandingClock(far))
    WORLD.enact(desk)
    clock = WallClock()
    assert clock.now() < far
    Desk(store_at(tmp_path / "writ.db"), WORLD.trust, clock)
    assert far <= clock.now()


def test_whoever_signs_leases_raises_the_mark(tmp_path: Path) -> None:
    """The mark follows the legal clock whenever it is kept, and never goes back."""
    clock = StandingClock()
    desk = WORLD.desk(tmp_path / "writ.db", clock)
    assert NOW == desk.keep_mark()
    clock.instant = NOW - SECOND
    desk.keep_mark()
    with desk.store.view() as connection:
        assert NOW == read_mark(connection)


def test_a_second_process_is_noticed(tmp_path: Path) -> None:
    """A desk whose store was changed behind its back writes nothing on top."""
    one, two = WORLD.desk(tmp_path / "writ.db"), WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(one)
    with pytest.raises(Refused, match="changed by another process"):
        WORLD.submit(two)


def test_the_first_catalogue_is_needed(desk: Desk) -> None:
    """Without a catalogue there is nothing to order about."""
    with pytest.raises(InvalidInput, match=r"catalogue.yaml: is missing"):
        WORLD.submit(desk, {"us-bis.v1.yaml": letter()})


def test_a_catalogue_alone_may_come_first(desk: Desk) -> None:
    """A desk may start with models and no order."""
    force = WORLD.enact(desk, {"catalogue.yaml": CATALOGUE})
    assert force.book is not None
    assert ((), digest_bytes(verify_snapshot(force.bundle, WORLD.trust))) == (
        force.book.versions,
        force.digest,
    )
