"""The gateway's end of the seam: what it believes, and what it outlives."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.worlds.control import CATALOGUE, Key, citizen, order, pseudonym
from tests.worlds.gateway import FR, US, Gateway, World
from writ.clock import elapsed
from writ.errors import Failed
from writ.gateway import metrics
from writ.gateway.metrics import scrape, socket_of
from writ.law.folder import read_sources
from writ.law.snapshot import snapshot
from writ.point import seam
from writ.signing.keys import KeyPair


def draft(world: World, epoch: int) -> bytes:
    """Return the snapshot of a lawbook without orders."""
    return snapshot(read_sources({"catalogue.yaml": CATALOGUE}), epoch, None, 1)


def test_a_snapshot_needs_two_signers(world: World) -> None:
    """One signature, a forged one or none: declined, and the old rules stay."""
    world.enact()
    control, data = world.control, draft(world, 9)
    forged = KeyPair.generate()
    for pairs in ((control.signers[1],), (), (control.signers[1], forged)):
        declined = control.offer(control.sign(data, *pairs), 9)
        assert 9 == declined.epoch
    assert [200, 451] == [world.chat(key).status for key in (US, FR)]
    assert 1 == world.metric("writ_gateway_decides_by_epoch")


def test_what_belongs_to_a_declined_snapshot_is_ignored(world: World) -> None:
    """Rows and subjects of it change nothing, and break nothing."""
    world.enact()
    control = world.control
    envelope = control.sign(draft(world, 9), control.signers[1])
    row = seam.Row(9, 0, 0, b"\0" * 4, seam.packed({}))
    subject = seam.Subject(9, pseudonym("eva"), [(2**62, 0, 0)])
    control.send(seam.Snapshot(9, envelope), row, subject, seam.Activate(9))
    control.sync()
    assert [200, 451] == [world.chat(key).status for key in (US, FR)]


def test_epochs_only_grow(world: World) -> None:
    """An older snapshot, though signed, is declined; one announced under another number too."""
    world.enact()
    world.control.enact(order())
    control = world.control
    old = control.sign(draft(world, 1), *control.signers[1:])
    assert "older" in control.offer(old, 1).why
    other = control.sign(draft(world, 9), *control.signers[1:])
    assert "announced as 8" in control.offer(other, 8).why
    assert 451 == world.chat(FR).status


def test_an_epoch_is_one_set_of_rules(world: World) -> None:
    """Another snapshot of the number in force, though signed, is declined: a store was put back."""
    world.enact()
    control = world.control
    other = control.sign(draft(world, 1), *control.signers[1:])
    assert "with other rules" in control.offer(other, 1).why
    assert 451 == world.chat(FR).status


def test_an_epoch_without_its_reserved_subjects_is_declined(world: World) -> None:
    """Half a load is not put in force."""
    world.enact()
    control = world.control
    envelope = control.sign(draft(world, 9), *control.signers[1:])
    assert "reserved" in control.offer(envelope, 9).why
    assert 451 == world.chat(FR).status


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"gateway": "gateway-2"}, "for gateway `gateway-2`"),
        ({"number": 0}, "not newer"),
        ({"epoch": 0}, "in force is 1"),
    ],
)
def test_leases_are_held_against_what_is_known(
    world: World, changes: dict[str, object], why: str
) -> None:
    """Another gateway's lease, a repeated one, one for an epoch that is over."""
    world.enact()
    assert why in world.control.declined(world.control.lease(**changes)).why  # type: ignore[arg-type]  # as its fields are


def test_a_forged_lease_is_no_lease(world: World) -> None:
    """Only the online key of the trust document signs leases."""
    world.control.leasing = False
    world.enact()
    lease = world.control.lease()
    assert "not by key" in world.control.declined(seam.Lease(lease.statement, b"x" * 64)).why
    world.control.online = KeyPair.generate()
    assert "not by key" in world.control.declined(world.control.lease()).why
    assert 503 == world.chat(US).status


def test_a_lease_for_another_snapshot_is_none(world: World) -> None:
    """A lease names the rules by digest."""
    world.control.leasing = False
    world.enact()
    world.control.send(world.control.lease(digest="sha256:" + "0" * 64))
    world.control.sync()
    assert 503 == world.chat(US).status


def test_a_lease_read_late_has_that_much_less_left(world: World) -> None:
    """A gateway that slept over a lease does not wake up to it."""
    world.control.leasing = False
    world.enact()
    slept = int(elapsed() * 1000) - 20_000
    world.control.send(world.control.lease(lifetime_ms=10_000, signed_ms=slept))
    world.control.sync()
    assert 503 == world.chat(US).status
    world.control.send(world.control.lease(lifetime_ms=30_000, signed_ms=slept))
    world.control.sync()
    assert 200 == world.chat(US).status


def test_a_lost_control_process_is_found_again(world: World) -> None:
    """Meanwhile the lease goes on; what was revoked while nobody listened is gone afterwards."""
    world.enact()
    gone = Key("wk_gone", "eva")
    world.control.enrol(gone, citizen("eva", "FR"))
    assert 451 == world.chat(gone).status
    del world.control.keys["wk_gone"]
    world.control.hang_up()
    assert [200, 451] == [world.chat(key).status for key in (US, gone)]
    world.control.await_gateway()
    assert [200, 401] == [world.chat(key).status for key in (US, gone)]


def test_a_restarted_gateway_holds_nothing(world: World) -> None:
    """No lease outlives the process: 503 until a snapshot comes, exempt models until a lease."""
    world.enact()
    world.gateway.close()
    world.control.leasing = False
    envelope, world.control._load = world.control._load, None
    world.gateway = Gateway(world.control.config)
    assert [503, 503] == [world.chat(US, model).status for model in ("fable-5", "tiny")]
    world.control.hang_up()
    world.control._load = envelope
    world.control.await_gateway()
    assert [503, 200] == [world.chat(US, model).status for model in ("fable-5", "tiny")]
    world.control.renew()
    assert 200 == world.chat(US).status


def test_a_restarted_gateway_remembers_which_epoch_was_in_force(world: World) -> None:
    """A store put back to an older copy is noticed even by a gateway that was started anew."""
    world.enact()
    old = world.control.sign(draft(world, 1), *world.control.signers[1:])
    world.control.enact(order())
    world.gateway.close()
    world.control.hang_up()
    world.gateway = Gateway(world.control.config)
    world.control.await_gateway()
    said = world.control.offer(old, 1).why
    assert "epoch 1 is older than epoch 2, which was in force here" in said
    assert 451 == world.chat(FR).status


def test_nonsense_on_the_seam_ends_the_connection(world: World) -> None:
    """The rules in force stay; the connection is sought anew."""
    world.enact()
    link = world.control._link
    assert isinstance(link, socket.socket)
    link.sendall(b"\x00\x00\x00\x05hello")
    world.control._await(lambda: world.control._link is not link)
    world.control.sync()
    assert [200, 451] == [world.chat(key).status for key in (US, FR)]


def test_metrics_carry_no_names(world: World) -> None:
    """Neither keys nor models nor orders."""
    world.enact()
    world.chat(US)
    world.chat(FR)
    text = world.metrics()
    assert 'writ_gateway_requests_total{outcome="served"} 1' in text
    assert 'writ_gateway_requests_total{outcome="legal_order"} 1' in text
    for word in ("fable", "wk_", "us-test", "main"):
        assert word not in text


def test_a_scrape_reads_what_is_counted(world: World) -> None:
    """Who may read the data folder gets the text; where no gateway runs, nothing."""
    world.enact()
    path = socket_of(world.control.folder, "gateway-1")
    assert "writ_gateway_decides_by_epoch 1\n" in asyncio.run(scrape(path)).decode()
    assert b"" == asyncio.run(scrape(socket_of(world.control.folder, "gateway-2")))


def test_a_socket_that_cannot_be_is_said_in_one_line(tmp_path: Path) -> None:
    """A data folder deep down has no room for a socket's path, and nobody is shown a trace."""
    path = tmp_path / ("deep" * 30) / "gateway-1.metrics.sock"
    path.parent.mkdir()
    with pytest.raises(Failed, match="path too long"):
        asyncio.run(metrics.listen(path, str))
