"""The feed over a real socket, with gateways that obey, are silent, decline, or misspeak."""

import asyncio
import stat
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import Fed, Gateway, Office, until
from tests.worlds.june import BOOK
from writ.clock import elapsed
from writ.desk import feed as module
from writ.errors import Refused
from writ.model.order import Hold
from writ.model.outcome import Outcome
from writ.people.attestations import Attestations
from writ.people.end_users import EndUser
from writ.point import seam
from writ.signing.lease import verify_lease
from writ.store.people_tables import attestation

HELD = replace(BOOK, holds=(Hold("opus-4-8", "officer", 0),))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


def run(story: Coroutine[None, None, None]) -> None:
    """Run a story to its end."""
    asyncio.run(story)


def outcome(
    gateway: Gateway, office: Office, digest: bytes, model: str = "fable-5", sub: str | None = None
) -> Outcome | None:
    """What a gateway decides for a key; None where it cannot."""
    key = gateway.board.key(digest)
    assert key is not None
    named = None if sub is None else seam.end_user_name(office.roll.name_of("acme"), sub)
    links = gateway.board.links(key, named, office.clock.now())
    if links is None:
        return None
    verdict = gateway.board.judge(links, model, office.clock.now(), live=True)
    return None if verdict is None else verdict.outcome


def test_a_gateway_that_greets_is_given_everything(office: Office) -> None:
    """Keys and issuers, the epoch whole and last its activation, then a lease for it."""
    office.show("alice", "citizenships", "US")
    digest = office.key("alice")
    office.registry.issuers.add("acme", "2026", office.idv.public)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(3)
        async with fed.running():
            gateway = await fed.gateway()
            kinds = [type(message) for message in gateway.heard]
            assert [seam.Key, seam.Issuer, seam.Snapshot] == kinds[:3]
            assert [seam.Activate, seam.Lease, seam.Sync] == kinds[-3:]
            [lease] = [message for message in gateway.heard if isinstance(message, seam.Lease)]
            said = verify_lease(lease.statement, lease.signature, office.online.public)
            assert ("gateway-1", 3, "sha256:3", 30_000) == (
                said.gateway,
                said.epoch,
                said.digest,
                said.lifetime_ms,
            )
            assert Outcome.PERMIT is outcome(gateway, office, digest)
            assert office.idv.public == gateway.board.issuer(office.roll.name_of("acme"), "2026")
            await fed.feed.fleet.until(lambda: fed.feed.fleet.members()[0].epoch == 3, 5)
            [member] = fed.feed.fleet.members()
            assert ("gateway-1", True, 3, 2) == (
                member.name,
                member.connected,
                member.epoch,
                member.cut,
            )

    run(story())


def test_before_the_first_epoch_there_are_keys_and_no_lease(office: Office) -> None:
    """A gateway with nothing in force may decide nothing."""
    office.key("alice")

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            gateway = await fed.gateway()
            assert [seam.Key, seam.Sync] == [type(message) for message in gateway.heard]
            office.show("bob", "citizenships", "US")
            await fed.feed.settle()
            assert 0 == (await fed.feed.activated()).epoch
            assert [] == gateway.leases()

    run(story())


def test_the_socket_is_its_owners_only(office: Office) -> None:
    """Mode 0600; one left behind is replaced."""

    async def story() -> None:
        fed = Fed(office)
        fed.path.write_bytes(b"left behind")
        async with fed.running():
            mode = fed.path.stat().st_mode
            assert (True, 0o600) == (stat.S_ISSOCK(mode), stat.S_IMODE(mode))

    run(story())


def test_a_second_activation_replaces_the_first(office: Office) -> None:
    """Everybody is sent the new epoch whole; it is in force when the last has said so."""
    digest = office.key("alice")

    async def story() -> None:
        fed = Fed(office, ["gateway-1", "gateway-2"])
        fed.desk.put(1)
        async with fed.running():
            gateways = [await fed.gateway("gateway-1"), await fed.gateway("gateway-2")]
            fed.desk.put(2, HELD)
            told = await fed.feed.activated(elapsed())
            assert (2, (), {"gateway-1", "gateway-2"}, 4) == (
                told.epoch,
                told.lapsed,
                set(told.acknowledged),
                told.streams_cut,
            )
            assert max(told.acknowledged.values()) == told.in_force_ms
            assert [Outcome.DENY] * 2 == [
                outcome(gateway, office, digest, "opus-4-8") for gateway in gateways
            ]
            assert [[1, 2]] * 2 == [sorted(set(gateway.leases())) for gateway in gateways]

    run(story())


def test_a_silent_gateway_counts_out_when_its_old_leases_lapse(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leases for the new epoch are renewed meanwhile, and do not keep the old one alive."""
    monkeypatch.setattr(module, "RENEWAL", 0.05)

    async def story() -> None:
        fed = Fed(office, lifetime=0.6)
        fed.desk.put(1)
        async with fed.running():
            silent = await fed.gateway("silent", obeys=False)
            await fed.gateway("obeys")
            fed.desk.put(2)
            last = elapsed()
            told = await fed.feed.activated()
            assert (("silent",), {"obeys"}) == (told.lapsed, set(told.acknowledged))
            assert elapsed() >= last + 0.5
            assert 2 == silent.leases()[-1]

    run(story())


def test_a_gateway_that_was_never_heard_of_holds_things_up_for_one_lease(office: Office) -> None:
    """A process before this one may have given it a lease."""

    async def story() -> None:
        fed = Fed(office, ["absent"], lifetime=0.2)
        fed.desk.put(1)
        async with fed.running():
            told = await fed.feed.activated()
            assert (("absent",), {}) == (told.lapsed, told.acknowledged)

    run(story())


def test_leases_are_renewed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again, with numbers that grow."""
    monkeypatch.setattr(module, "RENEWAL", 0.01)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            await until(lambda: len(gateway.leases()) >= 4)
            numbers = [
                verify_lease(m.statement, m.signature, office.online.public).number
                for m in gateway.heard
                if isinstance(m, seam.Lease)
            ]
            assert sorted(set(numbers)) == numbers

    run(story())


def test_changes_arrive_in_order_and_settle_waits(office: Office) -> None:
    """Facts, keys, issuers and end users, told as they are made; then revoked."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            digest = office.key("alice")
            await fed.feed.settle()
            assert Outcome.VERIFY is outcome(gateway, office, digest)
            office.show("alice", "citizenships", "US")
            assert await fed.feed.settle()
            assert Outcome.PERMIT is outcome(gateway, office, digest)
            office.registry.issuers.add("acme", "2026", office.idv.public)
            await asyncio.to_thread(office.registry.issuers.revoke, "acme", "2026")
            [key] = office.registry.keys.all()
            await asyncio.to_thread(office.registry.keys.revoke, key.id)
            await fed.feed.settle()
            assert None is gateway.board.key(digest)
            assert None is gateway.board.issuer(office.roll.name_of("acme"), "2026")

    run(story())


def test_people_of_a_company_follow_it(office: Office) -> None:
    """What a company shows later counts for its service and for the end users it names."""
    office.show("alice", "citizenships", "US")
    digest = office.key("bot")
    office.registry.issuers.add("acme", "2026", office.idv.public)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            told = []
            for step in (
                lambda: None,
                lambda: office.registry.end_users.add([EndUser("acme", "a", "alice")]),
                lambda: office.show("acme", "incorporated_in", "US"),
                lambda: office.registry.end_users.add([EndUser("acme", "b", "bob")]),
                lambda: office.show("bob", "permanent_residences", "US"),
            ):
                step()
                await fed.feed.settle()
                told.append([outcome(gateway, office, digest, sub=sub) for sub in ("a", "b", None)])
            verify, permit = Outcome.VERIFY, Outcome.PERMIT
            assert [
                [verify, verify, verify],
                [verify, verify, verify],
                [permit, verify, verify],
                [permit, verify, verify],
                [permit, permit, verify],
            ] == told

    run(story())


def test_a_broken_attestation_makes_its_subject_unjudged(office: Office) -> None:
    """Nobody is judged by half of what was known; a company's people neither."""
    office.show("alice", "citizenships", "US")
    office.show("acme", "incorporated_in", "US")
    alice, bot = office.key("alice"), office.key("bot")
    office.registry.end_users.add([EndUser("acme", "a", "alice"), EndUser("acme", "b", "bob")])

    def tamper(subject: str) -> None:
        with office.store.unit() as connection:
            here = attestation.c.subject == subject
            connection.execute(attestation.update().where(here).values(envelope=b"{}"))

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            before = [
                outcome(gateway, office, bot, sub="a"),
                outcome(gateway, office, alice),
            ]
            tamper("alice")
            office.show("alice", "licences", "x")
            await fed.feed.settle()
            assert [Outcome.PERMIT, Outcome.PERMIT] == before
            assert [None, None] == [
                outcome(gateway, office, bot, sub="a"),
                outcome(gateway, office, alice),
            ]
            assert Outcome.VERIFY is outcome(gateway, office, bot, sub="b")
            tamper("acme")
            fed.desk.put(2)
            await fed.feed.activated()
            assert None is outcome(gateway, office, bot, sub="b")

    run(story())


def test_a_gateway_that_declines_says_why(office: Office) -> None:
    """What it wants is kept until it applies an epoch."""

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
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
    """An error is a refusal: gateways are renewed no more, until an epoch is activated again."""
    office.key("alice")
    known = Attestations.known

    def broken(*_: object) -> None:
        raise Refused("the disk is gone")

    async def story() -> None:
        faults: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told))
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
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
