import os
from dataclasses import replace
from pathlib import Path

import pytest
from pymerkle import InmemoryTree

from tests.worlds.stores import store_at
from writ.errors import Failed, Refused
from writ.ledger import growth
from writ.ledger.audit import audit
from writ.ledger.folder import Folder
from writ.ledger.growth import Growth
from writ.ledger.log import Log, Opening, StoredNodes, entry_of
from writ.ledger.merkle import check_consistency, root
from writ.ledger.policy import Policy, read_policy
from writ.ledger.proof import read_proof
from writ.ledger.published import TileNodes
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.cosignature import POST_QUANTUM, PostQuantumPair, cosign_post_quantum
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, sign_note, write_vkey
from writ.store.database import Store
from writ.store.events import append, read_events

ORIGIN = "example.org/writ/governance"
PAIR = KeyPair.from_seed(bytes(range(32)))
KNOWN = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())


class Still:
    """A clock that stands still."""

    def now(self) -> int:
        """Return a day in July."""
        return 1_782_000_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Hold no events yet."""
    return store_at(tmp_path / "writ.db")


def log_of(store: Store, origin: str = ORIGIN) -> Log:
    """Open the store's governance log."""
    return Log(store, origin, (lambda text, _: sign_note(text, origin, PAIR),), Still())


def grow(store: Store, count: int) -> None:
    """Let as many things happen."""
    with store.unit() as connection:
        for number in range(count):
            append(connection, "test", {"number": number})


def checkpoint_of(note: Note, policy: Policy = KNOWN) -> Checkpoint:
    """Prove a checkpoint."""
    return policy.see(note).checkpoint


def test_a_checkpoint_commits_to_every_event(store: Store) -> None:
    """Its root is an independent library's over the commitments; the same log is not signed twice."""
    log = log_of(store)
    theirs = InmemoryTree(algorithm="sha256")
    for count in (0, 1, 2, 300, 7):
        grow(store, count)
        checkpoint = checkpoint_of(log.sign())
        with store.view() as connection:
            rows = list(read_events(connection))
        for row in rows[theirs.get_size() :]:
            theirs.append_entry(entry_of(row.salt, row.bytes))
        assert len(rows) == checkpoint.size
        if rows:
            assert theirs.get_root() == checkpoint.root
    assert log.sign() == log.sign() == log.last()


@pytest.mark.parametrize("part", [1, 7, 256])
def test_a_tree_is_kept_a_part_at_a_time(
    store: Store, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much came at once, no more than a part is in memory; the root is the same."""
    monkeypatch.setattr(growth, "_PART", part)
    theirs = InmemoryTree(algorithm="sha256")
    with store.unit() as connection:
        tree = Growth(connection, "governance")
        for number in range(300):
            theirs.append_entry(b"%d" % number)
            tree.add(b"%d" % number)
            assert part > len(tree._entries)
            assert 2 * part + 9 > len(tree._nodes)  # and one way up
        tree.keep()
        assert theirs.get_root() == root(StoredNodes(connection, "governance"), tree.size)


def test_an_event_is_proved_without_the_store(store: Store) -> None:
    """The proof file and the opened row are all it takes; another row does not fit."""
    log = log_of(store)
    grow(store, 21)
    log.sign()
    proved = log.prove(5)
    proof = read_proof(proved.proof.write())
    assert b'{"kind":"test","payload":{"number":4},"seq":5}' == proved.opening.row
    assert 21 == proof.check(proved.opening.entry(), KNOWN).checkpoint.size
    for other in (Opening(proved.opening.salt, b"{}"), Opening(bytes(16), proved.opening.row)):
        with pytest.raises(Refused, match="does not lead from entry 5"):
            proof.check(other.entry(), KNOWN)


def test_what_is_not_in_the_checkpoint_is_not_proved(store: Store) -> None:
    """Events are proved from the first to the last that was signed."""
    log = log_of(store)
    with pytest.raises(Refused, match="no checkpoint was signed yet"):
        log.prove(1)
    grow(store, 2)
    log.sign()
    grow(store, 1)
    for seq in (0, 3):
        with pytest.raises(Refused, match=f"entries 1 to 2, and no entry {seq}"):
            log.prove(seq)
    with pytest.raises(Refused, match="the log has not 3 entries yet"):
        log.consistency(1, 3)


def test_each_checkpoint_begins_with_the_one_before(store: Store) -> None:
    """The log proves of two of its checkpoints that the larger one continues the smaller."""
    log = log_of(store)
    seen = []
    for _ in range(5):
        grow(store, 3)
        checkpoint = checkpoint_of(log.sign())
        seen.append((checkpoint.size, checkpoint.root))
    for old in seen:
        for new in seen:
            if old <= new:
                check_consistency(old, new, log.consistency(old[0], new[0]))


def test_a_destroyed_salt_leaves_the_log_as_it_was(store: Store, tmp_path: Path) -> None:
    """An erased row can be opened no more, and every proof and the audit still hold."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    grow(store, 9)
    note = log.sign()
    log.publish(folder, note)
    change(store, "UPDATE event SET salt = x'' WHERE seq = 4")
    assert 3 == log.publish(Folder(tmp_path / "again"), note)
    with pytest.raises(Refused, match="salt was destroyed"):
        log.prove(4)
    assert 9 == log.prove(5).proof.check(log.prove(5).opening.entry(), KNOWN).checkpoint.size
    assert 9 == audit(folder, checkpoint_of(note))
    grow(store, 1)
    assert 10 == checkpoint_of(log.sign()).size


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM log_node WHERE place = 4 AND level = 0", "had 5 entries when last signed"),
        ("UPDATE log_node SET hash = zeroblob(32) WHERE level = 2", "are not those last signed"),
        ("DELETE FROM log_node WHERE level = 2", "has no node 0 of level 2"),
    ],
)
def test_a_log_that_is_not_the_one_signed_is_never_signed(
    store: Store, statement: str, why: str
) -> None:
    """A tree cut short, altered or torn gets no checkpoint, nor is the old one handed out."""
    log = log_of(store)
    grow(store, 5)
    log.sign()
    change(store, "DELETE FROM event WHERE seq = 5")
    change(store, statement)
    with pytest.raises(Refused, match=why):
        log.sign()


def test_rows_are_proved_before_they_are_taken_in(store: Store) -> None:
    """An altered row, or a missing one, is not signed for."""
    grow(store, 3)
    change(store, "UPDATE event SET bytes = x'7b7d' WHERE seq = 2")
    with pytest.raises(Refused, match="event 2 in the store was altered"):
        log_of(store).sign()
    change(store, "DELETE FROM event WHERE seq = 2")
    with pytest.raises(Refused, match="row 2 of the log `governance` is missing"):
        log_of(store).sign()


def test_a_store_has_one_origin(store: Store) -> None:
    """A log that was signed under one name is not signed under another."""
    grow(store, 1)
    log_of(store).sign()
    grow(store, 1)
    with pytest.raises(Refused, match=r"the store has the log `example\.org/writ/governance`"):
        log_of(store, "example.org/other").sign()


def test_two_signers_sign_one_checkpoint(store: Store) -> None:
    """An ML-DSA-44 signature stands beside the Ed25519 one, and each is enough for who knows it."""
    quantum = PostQuantumPair.generate()
    log = Log(
        store,
        ORIGIN,
        (
            lambda text, _: sign_note(text, ORIGIN, PAIR),
            lambda text, at: cosign_post_quantum(text, ORIGIN, quantum, at),
        ),
        Still(),
    )
    grow(store, 1)
    note = log.sign()
    line = f"log {write_vkey(ORIGIN, POST_QUANTUM, quantum.public)}\nquorum none\n"
    assert checkpoint_of(note) == checkpoint_of(note, read_policy(line.encode()))


def test_a_folder_is_what_its_log_is(store: Store, tmp_path: Path) -> None:
    """Published as it grows, over several tiles, a log's folder is audited whole; nothing is twice."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    assert folder.checkpoint() is None
    for count in (0, 3, 250, 3, 1, 600):
        grow(store, count)
        log.publish(folder, log.sign())
    last = folder.checkpoint()
    assert last is not None
    told: list[int] = []
    assert 857 == audit(folder, checkpoint_of(last), told.append)
    assert [256, 512, 768, 857] == told
    assert 0 == log.publish(folder, last)
    with store.view() as connection:
        mine = StoredNodes(connection, log.name)
        theirs = TileNodes(folder, 857)
        for level, index in ((0, 856), (3, 90), (8, 2), (9, 0)):
            assert mine.node(level, index) == theirs.node(level, index)


def test_partial_tiles_may_go_once_full_ones_are_there(store: Store, tmp_path: Path) -> None:
    """A log that dropped its partial tiles still answers for the sizes that had them."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    grow(store, 100)
    small = log.sign()
    log.publish(folder, small)
    grow(store, 200)
    log.publish(folder, log.sign())
    for level in ("entries", "0"):
        (tmp_path / "log" / "tile" / level / "000.p" / "100").unlink()
    assert 100 == audit(folder, checkpoint_of(small))


def test_a_folder_takes_no_other_log(store: Store, tmp_path: Path) -> None:
    """A smaller log, one of another name, or one with another beginning is not published over it."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    grow(store, 2)
    small = log.sign()
    grow(store, 2)
    log.publish(folder, log.sign())
    with pytest.raises(Refused, match="has 4 entries, the checkpoint only 2"):
        log.publish(folder, small)
    for origin, why in ((ORIGIN, "another log than"), ("example.org/other", "has the log")):
        strange = store_at(tmp_path / f"{len(origin)}.db")
        grow(strange, 5)
        other = log_of(strange, origin)
        with pytest.raises(Refused, match=why):
            other.publish(folder, other.sign())


@pytest.mark.parametrize("count", [1, 5, 300])
def test_every_changed_byte_of_a_folder_is_found(store: Store, tmp_path: Path, count: int) -> None:
    """One bit flipped, or the last byte lost, in any tile or bundle fails the audit."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    grow(store, count)
    checkpoint = checkpoint_of(log.sign())
    log.publish(folder, log.sign())
    for path in sorted((tmp_path / "log" / "tile").rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        places = range(0, len(data), max(1, len(data) // 40))
        for changed in [data[:-1], *(flip(data, place) for place in places)]:
            path.write_bytes(changed)
            with pytest.raises(Refused):
                audit(folder, checkpoint)
        path.unlink()
        with pytest.raises(Refused, match="the log lacks"):
            audit(folder, checkpoint)
        path.write_bytes(data)
    assert count == audit(folder, checkpoint)


def test_a_folder_that_cannot_be_used_says_so(store: Store, tmp_path: Path) -> None:
    """A file in place of the folder, or a folder in place of a file, is a failure in one line."""
    (tmp_path / "file").write_text("")
    log = log_of(store)
    grow(store, 1)
    with pytest.raises(Failed, match="cannot write"):
        log.publish(Folder(tmp_path / "file"), log.sign())
    (tmp_path / "odd" / "checkpoint").mkdir(parents=True)
    with pytest.raises(Failed, match="cannot read"):
        Folder(tmp_path / "odd").checkpoint()
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "checkpoint").write_bytes(bytes(1_000_001))
    with pytest.raises(Refused, match="larger than any log's"):
        Folder(tmp_path / "large").checkpoint()


def test_nothing_is_in_place_before_it_is_on_disk(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are synced before they are renamed, and every folder, before the checkpoint comes."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    grow(store, 600)
    note, synced, placed = log.sign(), set[Path](), list[Path]()
    really_sync, really_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        really_sync(descriptor)
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink())

    def put(draft: Path, place: Path) -> Path:
        assert draft in synced
        if place.name == "checkpoint":
            assert {folder for item in placed for folder in item.parents} <= synced | above
        placed.append(place)
        return really_replace(draft, place)

    above = set(tmp_path.parents)
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", put)
    assert 8 == log.publish(folder, note) == len(placed)


def flip(data: bytes, place: int) -> bytes:
    """Change one bit."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def change(store: Store, statement: str) -> None:
    """Tamper with a store."""
    with store.unit() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\n\n", "ASCII"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "does not begin with"),
        (b"c2sp.org/tlog-proof@v2\nindex 0\n\n", "does not begin with"),
        (b"c2sp.org/tlog-proof@v1\n\n", "tells its entry's index"),
        (b"c2sp.org/tlog-proof@v1\nindex 01\n\n", "no number of entries"),
        (b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n", "extra line is not base64"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A\n" * 63 + b"A\n\n", "at most 63 hashes"),
    ],
)
def test_what_is_no_proof_is_refused(data: bytes, why: str) -> None:
    """Reading a proof says what is wrong with it."""
    with pytest.raises(Refused, match=why):
        read_proof(data)


def test_a_proof_may_come_without_its_entry(store: Store) -> None:
    """The extra line is for convenience; without it the proof is as good."""
    log = log_of(store)
    grow(store, 1)
    log.sign()
    proved = log.prove(1)
    bare = replace(proved.proof, extra=None)
    assert bare == read_proof(bare.write())
    assert 1 == bare.check(proved.opening.entry(), KNOWN).checkpoint.size


def test_entries_that_were_lost_are_not_published(store: Store, tmp_path: Path) -> None:
    """A store that lacks an entry of its log says so."""
    log = log_of(store)
    grow(store, 3)
    note = log.sign()
    change(store, "DELETE FROM log_entry WHERE place = 1")
    with pytest.raises(Refused, match="the store lacks entries 0 to 3"):
        log.publish(Folder(tmp_path / "log"), note)


def test_an_audit_finds_a_root_that_is_another(store: Store, tmp_path: Path) -> None:
    """Entries and tiles that agree with each other still have to agree with what was signed."""
    log, folder = log_of(store), Folder(tmp_path / "log")
    for count in (0, 4, 252):
        grow(store, count)
        log.publish(folder, log.sign())
        size = read_checkpoint(log.sign().text).size
        with pytest.raises(Refused, match="do not have the root that was signed"):
            audit(folder, Checkpoint(ORIGIN, size, bytes(32)))


def test_a_proof_shows_the_cosignatures_of_its_own_checkpoint(store: Store) -> None:
    """What a checkpoint got since it was signed is shown; another checkpoint is not."""
    log = log_of(store)
    grow(store, 1)
    first = log.sign()
    more = Note(first.text, (*first.signatures, *first.signatures))
    assert more == log.prove(1, more).proof.note
    grow(store, 1)
    second = log.sign()
    assert second == log.prove(1, more).proof.note
