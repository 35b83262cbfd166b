"""The feed over a real socket, with gateways that obey, are silent, decline, or misspeak."""

import asyncio
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import Fed, Office, in_force, outcome, run, until
from tests.worlds.june import BOOK
from writ.clock import Instant, elapsed
from writ.desk import feed as module
from writ.desk.load import Load
from writ.desk.roll import Roll
from writ.model.catalogue import Catalogue, Deployment
from writ.model.order import Hold, Where
from writ.model.outcome import Outcome
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


@pytest.mark.parametrize("part", [module.PART, 1])
def test_a_gateway_that_greets_is_given_everything(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Keys and issuers, the epoch whole and last its activation, then a lease; in parts or at once."""
    monkeypatch.setattr(module, "PART", part)
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


class _Watched(Roll):
    """A roll that knows which threads it was read in."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.registry.books, office.registry.facts)
        self.threads = set[threading.Thread]()

    def standing(self, *, revoked: bool = False) -> list[seam.Key | seam.Issuer]:
        self.threads.add(threading.current_thread())
        return super().standing(revoked=revoked)

    def fill(self, load: Load, now: Instant) -> None:
        self.threads.add(threading.current_thread())
        super().fill(load, now)


def test_the_books_are_never_read_where_leases_are_renewed(office: Office) -> None:
    """A greeting, and an epoch after none, read the whole roll: in threads, and not in the loop's."""
    office.key("alice")
    office.roll = watched = _Watched(office)

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            await fed.gateway()
            fed.desk.put(1)
            await fed.feed.activated(elapsed())

    run(story())
    assert watched.threads
    assert threading.current_thread() not in watched.threads


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
        async with in_force(office) as (_, gateway):
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
        async with in_force(office) as (fed, gateway):
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
        async with in_force(office) as (fed, gateway):
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
        async with in_force(office) as (fed, gateway):
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


def test_gateways_obey_the_rules_of_their_deployment(office: Office) -> None:
    """The signed catalogue says whose a gateway is; one that is nobody's obeys every rule."""
    digest = office.key("alice")
    deployments = {
        "us": Deployment("us", "acme-ai", "US", frozenset({"gateway-1"})),
        "eu": Deployment("eu", "acme-ai", "IE", frozenset({"gateway-2"})),
    }
    catalogue = Catalogue(BOOK.catalogue.provider, BOOK.catalogue.models, deployments)
    american = Where(regions=frozenset({"US"}))
    versions = tuple(
        replace(item, rules=tuple(replace(rule, where=american) for rule in item.rules))
        for item in BOOK.versions
    )
    book = replace(BOOK, catalogue=catalogue, versions=versions)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1, book)
        async with fed.running():
            names = ("gateway-1", "gateway-2", "gateway-3")
            gateways = [await fed.gateway(name) for name in names]
            before = [outcome(gateway, office, digest) for gateway in gateways]
            office.show("alice", "citizenships", "US")
            await fed.feed.settle()
            after = [outcome(gateway, office, digest) for gateway in gateways]
            verify, permit = Outcome.VERIFY, Outcome.PERMIT
            assert ([verify, permit, verify], [permit] * 3) == (before, after)

    run(story())
