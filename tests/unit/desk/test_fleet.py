import asyncio
from pathlib import Path

from writ.clock import DrillClock, elapsed
from writ.desk.fleet import Fleet, InForce
from writ.desk.leases import Leases
from writ.signing.keys import KeyPair


def leases(folder: Path, lifetime: float = 30.0) -> Leases:
    """Leases of a test."""
    return Leases(KeyPair.generate(), DrillClock(folder / "clock", 0), lifetime)


def test_without_gateways_an_epoch_is_in_force_at_once(tmp_path: Path) -> None:
    """Nobody has to be waited for."""
    told = asyncio.run(Fleet((), leases(tmp_path)).in_force(1, elapsed()))
    assert InForce(1, 0.0, {}, (), 0) == told


def test_gateways_are_registered_by_name_or_on_first_sight(tmp_path: Path) -> None:
    """One entry each, by name."""
    fleet = Fleet(["b"], leases(tmp_path))
    assert fleet.member("a") is fleet.member("a")
    assert ["a", "b"] == [member.name for member in fleet.members()]


def test_a_later_epoch_counts_as_well(tmp_path: Path) -> None:
    """Who has applied what came after has left the old one; streams cut are summed."""

    async def story() -> InForce:
        fleet = Fleet(["a", "b"], leases(tmp_path))
        for name, epoch, applied in (("a", 2, 10.5), ("b", 3, 10.75)):
            member = fleet.member(name)
            member.epoch, member.cut, member.applied_at = epoch, 2, applied
        return await fleet.in_force(2, 10.0)

    assert InForce(2, 750.0, {"a": 500.0, "b": 750.0}, (), 4) == asyncio.run(story())


def test_the_last_acknowledgement_ends_the_wait(tmp_path: Path) -> None:
    """Waiting wakes when the fleet is told, and goes on while one is missing."""

    async def story() -> InForce:
        fleet = Fleet(["a", "b"], leases(tmp_path))
        waiting = asyncio.create_task(fleet.in_force(1, elapsed()))
        for name in ("a", "b"):
            await asyncio.sleep(0.01)
            assert not waiting.done()
            fleet.member(name).epoch = 1
            fleet.member(name).applied_at = elapsed()
            await fleet.tell()
        return await waiting

    assert {"a", "b"} == set(asyncio.run(story()).acknowledged)


def test_a_lapsed_lease_ends_the_wait(tmp_path: Path) -> None:
    """Whoever does not acknowledge is named, and the wait lasted as long as its lease."""

    async def story() -> InForce:
        fleet = Fleet(["a"], leases(tmp_path, lifetime=0.1))
        return await fleet.in_force(1, elapsed())

    told = asyncio.run(story())
    assert ((), ("a",)) == (tuple(told.acknowledged), told.lapsed)
    assert told.in_force_ms >= 90


def test_a_wait_may_be_in_vain(tmp_path: Path) -> None:
    """False when it took too long, True when it came."""

    async def story() -> list[bool]:
        fleet = Fleet((), leases(tmp_path))
        return [await fleet.until(lambda: False, 0.01), await fleet.until(lambda: True, 5)]

    assert [False, True] == asyncio.run(story())
