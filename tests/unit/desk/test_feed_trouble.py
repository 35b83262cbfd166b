"""The feed when something is wrong: gateways that decline, misspeak or are slow, changes that fail."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import Fed, Office, in_force, outcome, run, until
from tests.worlds.june import BOOK
from writ.desk import feed as module
from writ.errors import Refused
from writ.model.order import Hold
from writ.model.outcome import Outcome
from writ.people.attestations import Attestations
from writ.point import seam

HELD = replace(BOOK, holds=(Hold("opus-4-8", "officer", 0),))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


def test_a_gateway_that_declines_says_why(office: Office) -> None:
    """What it wants is kept until it applies an epoch."""

    async def story() -> None:
        async with in_force(office) as (fed, gateway):
            [member] = fed.feed.fleet.members()
            await fed.feed.fleet.until(lambda: member.epoch == 1, 5)
            await gateway.say(seam.Declined(2, "not signed by two"))
            await fed.feed.fleet.until(lambda: bool(member.wanting), 5)
            assert "not signed by two" == member.wanting
            await gateway.say(seam.Applied(0, 1))
            await fed.feed.fleet.until(lambda: not member.wanting, 5)
            assert "" == member.wanting

    run(story())


@pytest.mark.parametrize(
    "said",
    [
        (seam.MAX_FRAME + 1).to_bytes(4, "big"),
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01\xc1",
        b"\0\0\0\x02{}",
        b"\0\0",
        seam.frame(seam.Applied(1, 1)),
        b"",
    ],
    ids=["over", "huge", "odd", "json", "half", "no-greeting", "nothing"],
)
def test_whoever_misspeaks_is_let_go(office: Office, said: bytes) -> None:
    """Oversize frames, odd bytes and no greeting end the connection, and nobody else's."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            good, bad = await fed.gateway(), await fed.stranger()
            bad.writer.write(said)
            bad.writer.write_eof()
            await until(lambda: bad.closed)
            await fed.feed.settle()
            assert (False, [], ["gateway-1"]) == (
                good.closed,
                bad.heard,
                [member.name for member in fed.feed.fleet.members()],
            )

    run(story())


def test_a_gateway_that_greets_twice_is_let_go(office: Office) -> None:
    """A second greeting is no message; the fleet knows it is gone."""

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            gateway = await fed.gateway()
            await gateway.say(seam.Hello("gateway-1", 0))
            await until(lambda: gateway.closed)
            [member] = fed.feed.fleet.members()
            assert not member.connected

    run(story())


def test_a_gateway_of_the_same_name_takes_its_place(office: Office) -> None:
    """The older connection is dropped, and what it still says counts for nothing."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            older = await fed.gateway(obeys=False)
            newer = await fed.gateway(obeys=False)
            await until(lambda: older.closed)
            [member] = fed.feed.fleet.members()
            assert (True, 0, False) == (member.connected, member.epoch, newer.closed)
            await newer.say(seam.Applied(0, 1))
            await fed.feed.fleet.until(lambda: member.epoch == 1, 5)
            assert 1 == member.epoch

    run(story())


def test_settle_does_not_wait_for_a_gateway_that_came_later(office: Office) -> None:
    """Who greets is told of everything, and says so, whatever was asked before."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            await fed.gateway("first")
            await fed.feed.settle()
            later = await fed.gateway("later")
            assert [1] == [m.number for m in later.heard if isinstance(m, seam.Sync)]
            await fed.feed.settle()

    run(story())


def test_a_gateway_too_slow_is_dropped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes nothing is let go, and nobody waits for it longer."""
    monkeypatch.setattr(module, "PATIENCE", 0.2)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1, BOOK)
        async with fed.running():
            _, writer = await asyncio.open_unix_connection(str(fed.path), limit=16)
            writer.write(seam.frame(seam.Hello("slow", 0)))
            await until(lambda: fed.feed.fleet.members() and fed.feed.fleet.members()[0].connected)
            assert fed.desk.now is not None
            fed.desk.now = replace(fed.desk.now, envelope=b" " * 8_000_000 + fed.desk.now.envelope)
            await fed.feed._done(fed.feed._replace)
            await until(lambda: not fed.feed.fleet.members()[0].connected)
            writer.close()

    run(story())


def test_a_change_that_cannot_be_passed_on_ends_all_leases(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is a refusal: gateways are renewed no more, until all is loaded again."""
    office.key("alice")
    known = Attestations.known

    def broken(*_: object) -> None:
        raise Refused("the disk is gone")

    async def story() -> None:
        faults: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told))
        async with in_force(office) as (fed, gateway):
            before = len(gateway.leases())
            monkeypatch.setattr(Attestations, "known", broken)
            office.show("alice", "citizenships", "US")
            await until(lambda: faults)
            monkeypatch.setattr(Attestations, "known", known)
            await fed.feed._done(lambda: fed.feed._renew(next(iter(fed.feed._links.values()))))
            assert before == len(gateway.leases())
            await fed.feed.activated()
            await until(lambda: len(gateway.leases()) > before)
        assert ["a change was not passed on; leases end"] == [told["message"] for told in faults]

    run(story())


def test_what_could_not_be_passed_on_is_loaded_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that passes does not leave everybody refused: leases come back with the change."""
    monkeypatch.setattr(module, "RENEWAL", 0.02)
    digest = office.key("alice")
    known = Attestations.known

    def broken(*_: object) -> None:
        raise Refused("the disk is gone")

    async def story() -> None:
        faults: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told))
        async with in_force(office) as (_, gateway):
            [key] = office.registry.keys.of("alice")
            monkeypatch.setattr(Attestations, "known", broken)
            office.registry.keys.revoke(key.id)
            await until(lambda: len(faults) > 1)
            before = len(gateway.leases())
            assert gateway.board.key(digest) is not None
            monkeypatch.setattr(Attestations, "known", known)
            await until(lambda: len(gateway.leases()) > before)
            assert gateway.board.key(digest) is None
        wanted = {
            "a change was not passed on; leases end",
            "what is in force cannot be loaded; no leases",
        }
        assert wanted == {told["message"] for told in faults}

    run(story())


def test_what_was_revoked_before_the_first_epoch_is_revoked_in_it(office: Office) -> None:
    """A key and an issuer that a gateway was told of, and of whose end it could not hear, are gone."""
    digest = office.key("alice")
    office.registry.issuers.add("acme", "acme-1", office.idv.public)
    acme = office.roll.name_of("acme")

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            gateway = await fed.gateway()
            assert gateway.board.key(digest) is not None
            assert office.idv.public == gateway.board.issuer(acme, "acme-1")
            [key] = office.registry.keys.of("alice")
            office.registry.keys.revoke(key.id)
            office.registry.issuers.revoke("acme", "acme-1")
            assert await fed.feed.settle()
            fed.desk.put(1)
            assert 1 == (await fed.feed.activated()).epoch
            assert await fed.feed.settle()
            assert gateway.board.key(digest) is None
            assert gateway.board.issuer(acme, "acme-1") is None

    run(story())


def test_a_revocation_that_could_not_be_passed_on_is_not_forgotten(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that it arrived, and the next epoch does not bring the key back."""
    digest = office.key("alice")
    known = Attestations.known

    def broken(*_: object) -> None:
        raise Refused("the disk is gone")

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: None)
        async with in_force(office) as (fed, gateway):
            [key] = office.registry.keys.of("alice")
            monkeypatch.setattr(Attestations, "known", broken)
            office.registry.keys.revoke(key.id)
            assert not await fed.feed.settle()
            monkeypatch.setattr(Attestations, "known", known)
            await fed.feed.activated()
            assert await fed.feed.settle()
            assert gateway.board.key(digest) is None

    run(story())


def test_an_epoch_that_cannot_be_loaded_is_told_to_whoever_activated_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure reaches the caller, and the worker goes on."""

    def broken(*_: object) -> None:
        raise Refused("the disk is gone")

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            fed.desk.put(1)
            with monkeypatch.context() as patched:
                patched.setattr(Attestations, "known", broken)
                with pytest.raises(Refused, match="the disk is gone"):
                    await fed.feed.activated()
            assert 1 == (await fed.feed.activated()).epoch

    run(story())


def test_settle_tells_who_did_not_say_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that is silent is not taken to have applied anything."""
    monkeypatch.setattr(module, "PATIENCE", 0.1)

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            await fed.gateway(obeys=False)
            assert not await fed.feed.settle()

    run(story())


def test_what_an_older_connection_says_late_counts_for_nothing(office: Office) -> None:
    """Even what lay unread when another took its place."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            await fed.gateway(obeys=False)
            [older] = fed.feed._links.values()
            await fed.gateway(obeys=False)
            with pytest.raises(ValueError, match="has taken its place"):
                await fed.feed._heard(older, seam.Applied(0, 1))
            assert [0] == [member.epoch for member in fed.feed.fleet.members()]

    run(story())


def test_whoever_stops_waiting_does_not_stop_the_worker(office: Office) -> None:
    """A caller that went away misses the answer, or the failure, of its job."""

    async def story() -> None:
        async with Fed(office).running() as fed:
            going = asyncio.Event()

            async def good() -> None:
                await going.wait()

            async def bad() -> None:
                await going.wait()
                raise Refused("no")

            for job in (good, bad):
                going.clear()
                waiting = asyncio.create_task(fed.feed._done(job))
                await asyncio.sleep(0)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
                going.set()
            assert await fed.feed.settle()

    run(story())


def test_a_feed_that_stopped_hears_no_more_changes(office: Office) -> None:
    """The registry may change after the loop is gone."""

    async def story() -> None:
        async with Fed(office).running():
            pass

    run(story())
    office.show("alice", "citizenships", "US")
    assert [] == office.registry.books.listeners


def test_what_was_prepared_is_activated_by_one_message(office: Office) -> None:
    """Who was there and who greets later stage it, hear of changes to it, and only then swap it in."""
    digest = office.key("alice")

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            first = await fed.gateway("first")
            fed.desk.put(2, HELD)
            prepared, fed.desk.now = fed.desk.now, None
            assert prepared is not None
            await fed.feed.prepare(prepared)
            later = await fed.gateway("later")
            office.show("alice", "citizenships", "US")
            assert await fed.feed.settle()
            assert [1, 1] == [gateway.board.epoch for gateway in (first, later)]
            assert [Outcome.PERMIT] * 2 == [
                outcome(g, office, digest, "opus-4-8") for g in (first, later)
            ]
            heard = len(first.heard)
            fed.desk.now = prepared
            assert 2 == (await fed.feed.activated()).epoch
            assert await fed.feed.settle()
            assert [seam.Activate, seam.Lease, seam.Sync] == [type(m) for m in first.heard[heard:]]
            assert [(Outcome.DENY, Outcome.PERMIT)] * 2 == [
                (outcome(g, office, digest, "opus-4-8"), outcome(g, office, digest))
                for g in (first, later)
            ]

    run(story())


def test_catching_up_with_what_arrived_meanwhile_does_nothing(office: Office) -> None:
    """Where an activation came first, nothing is loaded or sent again."""

    async def story() -> None:
        fed = Fed(office, ["gateway-1"])
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            before = len(gateway.heard)
            await fed.feed._catch_up()
            assert await fed.feed.settle()
            assert [seam.Sync] == [type(message) for message in gateway.heard[before:]]

    run(story())
