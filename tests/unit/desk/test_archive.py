from pathlib import Path

import pytest

from tests.worlds.signers import FIRST, NOW, Signers, letter
from tests.worlds.stores import store_at
from writ.canonical import Plain, digest_bytes, encode
from writ.clock import DAY
from writ.desk.desk import Desk
from writ.errors import Refused
from writ.signing.approval import write_bundle
from writ.signing.dsse import sign
from writ.signing.statement import PAYLOAD_TYPE
from writ.store.database import Store
from writ.store.documents import keep
from writ.store.events import append, read_events, read_payload

WORLD = Signers.make()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Hold three epochs, the last one a hold, and an open proposal."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.enact(desk, FIRST)
    WORLD.enact(desk, {"saga.yaml": letter("saga")})
    desk.hold(WORLD.stop(desk, "fable-5", until=NOW + DAY))
    WORLD.submit(desk, {"saga.v2.yaml": letter("saga", 2)})
    desk.store.close()
    return store_at(tmp_path / "writ.db")


def opened(store: Store) -> Desk:
    """Open a desk over the store as it is now."""
    return WORLD.desk(store.path)


def payloads(store: Store) -> list[tuple[int, str, dict[str, Plain]]]:
    """Return seq, kind and payload of every row."""
    with store.view() as connection:
        return [(row.seq, row.kind, dict(read_payload(row))) for row in read_events(connection)]


def rewrite(store: Store, seq: int, payload: dict[str, Plain]) -> None:
    """Rewrite a row as somebody would who knows how rows are made."""
    kind = next(item[1] for item in payloads(store) if item[0] == seq)
    data = encode({"kind": kind, "payload": payload, "seq": seq})
    with store.unit() as connection:
        connection.exec_driver_sql(
            "UPDATE event SET bytes = ?, digest = ? WHERE seq = ?", (data, digest_bytes(data), seq)
        )


def test_an_untouched_store_opens(store: Store) -> None:
    """What the desk wrote it reads back."""
    assert 3 == opened(store).current().epoch


def test_any_altered_document_in_force_is_found(store: Store) -> None:
    """A byte flipped in any document that what is in force rests on refuses the store."""
    with store.view() as connection:
        rows = connection.exec_driver_sql("SELECT digest, bytes FROM document").all()
    last = [payload for _, kind, payload in payloads(store) if kind.startswith("epoch.")][-1]
    resting = {str(last["bundle"]), str(last["sources"])}
    assert resting < {digest for digest, _ in rows}
    for digest in resting:
        data = next(data for found, data in rows if found == digest)
        flipped = bytes([data[0] ^ 1]) + data[1:]
        for change in (flipped, None):
            with store.unit() as connection:
                if change is None:
                    connection.exec_driver_sql("DELETE FROM document WHERE digest = ?", (digest,))
                else:
                    connection.exec_driver_sql(
                        "UPDATE document SET bytes = ? WHERE digest = ?", (change, digest)
                    )
            with pytest.raises(Refused, match=f"cannot be trusted: .*`{digest}`") as caught:
                opened(store)
            assert 1 == len(str(caught.value).splitlines())
        with store.unit() as connection:
            keep(connection, data)


def test_an_older_snapshot_is_not_put_in_its_place(store: Store) -> None:
    """A later epoch's row that names an earlier one's bundle is refused."""
    epochs = [item for item in payloads(store) if item[1].startswith("epoch.")]
    seq, _, payload = epochs[1]
    rewrite(store, seq, {**payload, "bundle": epochs[0][2]["bundle"]})
    with pytest.raises(Refused, match="cannot be trusted: epoch 2 has the bundle of epoch 1"):
        opened(store)


def test_earlier_epochs_are_proved_too(store: Store) -> None:
    """History that nobody signed is refused, though what is in force is in order."""
    seq, _, payload = next(item for item in payloads(store) if item[1].startswith("epoch."))
    with store.unit() as connection:
        envelope = sign(b"{}", PAYLOAD_TYPE, [WORLD.keys[name] for name in ("ana", "ben", "eva")])
        digest = keep(connection, write_bundle(envelope, b"{}"))
    rewrite(store, seq, {**payload, "bundle": digest})
    with pytest.raises(Refused, match="cannot be trusted"):
        opened(store)


def test_other_orders_under_the_same_snapshot_are_refused(store: Store) -> None:
    """A row that names other sources than were approved is refused."""
    epochs = [item for item in payloads(store) if item[1].startswith("epoch.")]
    seq, _, payload = epochs[2]
    rewrite(store, seq, {**payload, "sources": epochs[1][2]["sources"]})
    with pytest.raises(Refused, match="cannot be trusted: the orders do not compile"):
        opened(store)


def test_a_row_that_names_another_snapshot_is_refused(store: Store) -> None:
    """The last row's digest is that of what is in force."""
    seq, _, payload = [item for item in payloads(store) if item[1].startswith("epoch.")][2]
    rewrite(store, seq, {**payload, "snapshot": "sha256:00"})
    with pytest.raises(Refused, match="epoch 3 is not the snapshot that its row names"):
        opened(store)


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("epoch.held", {"epoch": 2}, "epoch 2 does not follow"),
        ("epoch.held", {"previous": None}, "epoch 3 does not follow"),
        ("epoch.activated", {"proposal": "p9"}, "proposal `p9` is not open"),
        ("proposal.signed", {"id": "p9"}, "proposal `p9` is not open"),
        ("proposal.submitted", {"base": 7}, "proposal `p1` does not follow"),
        ("proposal.submitted", {"more": 1}, "the event is not in its form"),
    ],
)
def test_rows_follow_from_one_another(
    store: Store, kind: str, change: dict[str, Plain], why: str
) -> None:
    """A row that cannot have come where it stands is refused."""
    seq, _, payload = next(item for item in payloads(store) if item[1] == kind)
    rewrite(store, seq, {**payload, **change})
    with pytest.raises(Refused, match=f"cannot be trusted: {why}"):
        opened(store)


def test_a_proposal_is_not_opened_beside_another(store: Store) -> None:
    """Two open proposals, or one that closed before, cannot have come about."""
    _, _, payload = [item for item in payloads(store) if item[1] == "proposal.submitted"][-1]
    with store.unit() as connection:
        append(connection, "proposal.submitted", {**payload, "id": "p4"})
    with pytest.raises(Refused, match="proposal `p4` does not follow"):
        opened(store)


def test_a_missing_row_is_refused(store: Store) -> None:
    """Taking a row away leaves a gap."""
    with store.unit() as connection:
        connection.exec_driver_sql("DELETE FROM event WHERE seq = 2")
    with pytest.raises(Refused, match="cannot be trusted: event 2 is missing"):
        opened(store)


def test_another_trust_document_does_not_open_the_store(store: Store) -> None:
    """Epochs approved by some people are not in force for others."""
    other = Signers.make(zoe=frozenset(), drill=True)
    with pytest.raises(Refused, match="cannot be trusted"):
        other.desk(store.path)


def test_rows_of_others_are_none_of_the_desks_business(store: Store) -> None:
    """Other rooms' events come between without a trace in the desk's history."""
    before = opened(store).current()
    with store.unit() as connection:
        append(connection, "subject.added", {"id": "x"})
    desk = opened(store)
    WORLD.sign(desk, "ben")
    assert (before, ("ben",)) == (desk.current(), desk.status().proposal.signers)  # type: ignore[union-attr]  # is open
