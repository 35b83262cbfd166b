import time
from pathlib import Path

import pytest

from writ.clock import DrillClock, elapsed
from writ.desk.leases import Leases
from writ.errors import Refused
from writ.signing.keys import KeyPair
from writ.signing.lease import Statement, verify_lease


@pytest.fixture
def online() -> KeyPair:
    """The key leases are signed with."""
    return KeyPair.generate()


@pytest.fixture
def clock(tmp_path: Path) -> DrillClock:
    """Legal time that stands at 7."""
    return DrillClock(tmp_path / "clock", 7)


def test_a_lease_says_who_may_decide_by_what_for_how_long(
    online: KeyPair, clock: DrillClock
) -> None:
    """Signed by the online key alone; numbers only grow."""
    leases = Leases(online, clock, lifetime=2.5)
    first, second = (leases.grant("gateway-1", 3, "sha256:x") for _ in range(2))
    said = verify_lease(first.statement, first.signature, online.public)
    assert Statement("gateway-1", 3, "sha256:x", said.signed_ms, 2500, 7, said.number) == said
    assert said.number < verify_lease(second.statement, second.signature, online.public).number
    with pytest.raises(Refused):
        verify_lease(first.statement, first.signature, KeyPair.generate().public)


def test_numbers_do_not_fall_back_with_the_wall_clock(
    online: KeyPair, clock: DrillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock set back and a new process: gateways take the next lease all the same."""
    numbers = []
    for back in (0, 3600):
        monkeypatch.setattr(time, "time", lambda back=back: 1_800_000_000.0 - back)
        lease = Leases(online, clock).grant("gateway-1", 3, "sha256:x")
        numbers.append(verify_lease(lease.statement, lease.signature, online.public).number)
        time.sleep(0.002)
    assert numbers[0] < numbers[1]


def test_a_lease_holds_for_its_epoch_alone(online: KeyPair, clock: DrillClock) -> None:
    """Whether an older epoch may still be decided by is told by the leases for older ones."""
    leases = Leases(online, clock, lifetime=50.0)
    assert 0.0 == leases.lapses("gateway-1", 9)
    before = elapsed()
    leases.grant("gateway-1", 3, "sha256:x")
    assert 0.0 == leases.lapses("gateway-1", 3)
    old = leases.lapses("gateway-1", 4)
    assert before + 50 <= old <= elapsed() + 50
    leases.grant("gateway-1", 4, "sha256:y")
    assert old == leases.lapses("gateway-1", 4)
    assert old <= leases.lapses("gateway-1", 5)
    assert 0.0 == leases.lapses("gateway-2", 5)


def test_what_a_process_before_may_have_granted_is_presumed(
    online: KeyPair, clock: DrillClock
) -> None:
    """For whatever epoch there was before."""
    leases = Leases(online, clock)
    leases.presume("gateway-1")
    assert leases.lapses("gateway-1", 1) > elapsed()


def test_leases_that_lapsed_are_forgotten(online: KeyPair, clock: DrillClock) -> None:
    """What is remembered does not grow with epochs."""
    leases = Leases(online, clock, lifetime=0.0)
    for epoch in range(5):
        leases.grant("gateway-1", epoch, "sha256:x")
    assert [4] == list(leases._until["gateway-1"])
