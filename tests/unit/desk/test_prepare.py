"""What was approved is staged on gateways before it is activated, and follows every change."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import Fed, Gateway, Office, outcome, run, until
from tests.worlds.june import BOOK
from tests.worlds.signers import Signers
from writ.canonical import digest_bytes
from writ.clock import elapsed
from writ.desk import feed as module
from writ.desk.feed import Epoch
from writ.law.snapshot import snapshot
from writ.model.order import Hold, Lawbook
from writ.model.outcome import Outcome
from writ.point import seam

HELD = replace(BOOK, holds=(Hold("opus-4-8", "officer", 0),))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


def approved(number: int, book: Lawbook = HELD) -> Epoch:
    """An epoch that nobody activated yet."""
    return Epoch(number, f"sha256:{number}", snapshot(book, number, None, 1), book)


def snapshots(gateway: Gateway) -> list[int]:
    """Epochs of the snapshots heard, in order."""
    return [item.epoch for item in gateway.heard if isinstance(item, seam.Snapshot)]


def test_activating_what_was_prepared_sends_it_once(office: Office) -> None:
    """Gateways stage it and go on as before; activating sends no snapshot again."""
    digest = office.key("alice")

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await fed.feed.prepare(approved(2))
            await fed.feed.settle()
            assert [1, 2] == snapshots(gateway)
            assert Outcome.PERMIT == outcome(gateway, office, digest, "opus-4-8")
            assert [1] == sorted(set(gateway.leases()))
            fed.desk.put(2, HELD)
            told = await fed.feed.activated(elapsed())
            assert (2, ()) == (told.epoch, told.lapsed)
            assert [1, 2] == snapshots(gateway)
            assert Outcome.DENY == outcome(gateway, office, digest, "opus-4-8")

    run(story())


def test_changes_reach_what_is_in_force_and_what_is_staged(office: Office) -> None:
    """A key made and a fact shown in between count before the activation and after it."""

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await fed.feed.prepare(approved(2))
            digest = office.key("alice")
            await fed.feed.settle()
            assert Outcome.VERIFY == outcome(gateway, office, digest)
            office.show("alice", "citizenships", "US")
            await fed.feed.settle()
            assert Outcome.PERMIT == outcome(gateway, office, digest)
            fed.desk.put(2, HELD)
            await fed.feed.activated()
            assert Outcome.PERMIT == outcome(gateway, office, digest)

    run(story())


def test_a_gateway_that_comes_later_is_staged_too(office: Office) -> None:
    """Whoever greets after the approval is given what is in force, then what is staged."""

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            await fed.feed.prepare(approved(2))
            gateway = await fed.gateway()
            assert ([1, 2], 1) == (snapshots(gateway), gateway.board.epoch)
            fed.desk.put(2, HELD)
            await fed.feed.activated()
            assert ([1, 2], 2) == (snapshots(gateway), gateway.board.epoch)

    run(story())


def test_another_epoch_than_the_prepared_one_is_sent_whole(office: Office) -> None:
    """A hold that overtakes an approved proposal is loaded anew, and what was staged is dropped."""

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await fed.feed.prepare(approved(2, BOOK))
            fed.desk.now = replace(approved(2), digest="sha256:hold")
            await fed.feed.activated()
            assert ([1, 2, 2], 2) == (snapshots(gateway), gateway.board.epoch)

    run(story())


def test_who_declined_to_stage_is_sent_it_whole(office: Office) -> None:
    """A gateway that would not stage gets the epoch again when it is activated."""

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await fed.feed.prepare(approved(2))
            await gateway.say(seam.Declined(2, "not today"))
            await until(lambda: fed.feed.fleet.member("gateway-1").wanting)
            fed.desk.put(2, HELD)
            await fed.feed.activated()
            assert [1, 2, 2] == snapshots(gateway)

    run(story())


def test_no_lease_is_signed_for_what_the_desk_replaced(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the new epoch is loaded, or if it cannot be, the old one's leases run out."""
    monkeypatch.setattr(module, "RENEWAL", 0.02)

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await until(lambda: len(gateway.leases()) > 2)
            fed.desk.put(2, HELD)
            await asyncio.sleep(0.05)
            before = gateway.leases().count(1)
            await asyncio.sleep(0.1)
            assert before == gateway.leases().count(1)
            await fed.feed.activated()
            await until(lambda: 2 in gateway.leases())

    run(story())


def test_the_desk_tells_what_was_approved(tmp_path: Path) -> None:
    """Nothing before the second signature; then the very epoch that activating puts in force."""
    signers = Signers.make()
    desk = signers.desk(tmp_path / "writ.sqlite")
    assert desk.approved() is None
    proposal = signers.submit(desk)
    signers.sign(desk, "ben")
    assert desk.approved() is None
    signers.sign(desk, "eva")
    told = desk.approved()
    force = desk.activate(proposal.id)
    assert told is not None
    assert force.compiled is not None
    expected = (1, digest_bytes(force.compiled.snapshot), force.bundle)
    assert expected == (told.number, told.digest, told.envelope)
    assert desk.approved() is None
    desk.store.close()


def test_a_desk_that_did_not_compile_the_proposal_tells_nothing(tmp_path: Path) -> None:
    """After a restart the proposal is loaded when it is activated, not before."""
    signers = Signers.make()
    desk = signers.desk(tmp_path / "writ.sqlite")
    signers.submit(desk)
    signers.sign(desk, "ben")
    signers.sign(desk, "eva")
    desk.store.close()
    again = signers.desk(tmp_path / "writ.sqlite")
    assert again.approved() is None
    again.store.close()
