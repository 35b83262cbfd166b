import threading
from pathlib import Path

import pytest

from tests.unit.ledger.test_merkle import ROOTS, TREE
from writ.errors import Failed
from writ.ledger.merkle import EMPTY, consistency_proof
from writ.ledger.policy import read_policy
from writ.ledger.witness import Answer, Witness, ask_for
from writ.signing.checkpoint import Checkpoint
from writ.signing.cosignature import TIMED, cosign
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, read_signatures, sign_note, write_vkey

LOG = "example.org/log"
NAME = "example.net/witness"
PAIR = KeyPair.from_seed(bytes(range(32)))
OWN = KeyPair.from_seed(bytes(range(1, 33)))
POLICY = read_policy(
    f"log {write_vkey(LOG, PLAIN, PAIR.public)}\n"
    f"witness w {write_vkey(NAME, TIMED, OWN.public)}\nquorum w\n".encode()
)
NOW = 1_782_000_000


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """Watch one log, of which nothing was seen yet."""
    return witness_in(tmp_path / "state")


def witness_in(folder: Path) -> Witness:
    """Watch one log, with the memory that a folder has."""
    return Witness(folder, POLICY.logs, lambda text, at: cosign(text, NAME, OWN, at), lambda: NOW)


def note(size: int, root: bytes | None = None, origin: str = LOG, pair: KeyPair = PAIR) -> Note:
    """Sign a checkpoint of the tree of a size."""
    text = Checkpoint(origin, size, ROOTS[size] if root is None else root).text()
    return Note(text, (sign_note(text, LOG, pair),))


def add(witness: Witness, old: int, new: int) -> Answer:
    """Ask for the checkpoint of a size, with the true proof."""
    return witness.add_checkpoint(ask_for(old, consistency_proof(TREE, old, new), note(new)))


def test_a_log_that_grows_is_cosigned(witness: Witness) -> None:
    """Each checkpoint that continues the last gets a timed cosignature; the same one gets it again."""
    for old, new in ((0, 3), (3, 3), (3, 40), (40, 300)):
        answer = add(witness, old, new)
        assert 200 == answer.status
        whole = Note(
            note(new).text, (*note(new).signatures, *read_signatures(answer.body.decode()))
        )
        assert [NOW] == [by.at for by in POLICY.see(whole).witnesses]
    last = witness.last(LOG)
    assert last is not None
    assert 300 == last.size


def test_a_witness_remembers(tmp_path: Path, witness: Witness) -> None:
    """Started again, it tells the size it cosigned last, and takes no other beginning."""
    add(witness, 0, 5)
    again = witness_in(tmp_path / "state")
    assert Answer(409, b"5\n", "text/x.tlog.size") == add(again, 0, 9)
    assert Answer(409, b"5\n", "text/x.tlog.size") == add(again, 4, 9)
    assert 200 == add(again, 5, 9).status


def test_two_histories_are_never_both_cosigned(witness: Witness) -> None:
    """Of many checkpoints that come at once on the same memory, one is cosigned."""
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda new=new: answers.append(add(witness, 0, new).status))
        for new in range(10, 30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [200] + [409] * 19 == sorted(answers)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old x\n\n" + note(3).write(), 400),
        (b"new 0\n\n" + note(3).write(), 400),
        (b"old 0\nAAAA\n\n" + note(3).write(), 400),
        (ask_for(0, [EMPTY] * 64, note(3)), 400),
        (b"old 0\n\nnot a note", 400),
        (ask_for(4, [], note(3)), 400),
        (ask_for(0, [], note(3, origin="example.org/other")), 404),
        (ask_for(0, [], note(3, pair=OWN)), 403),
        (ask_for(0, [EMPTY], note(3)), 422),
        (ask_for(0, [], note(0, root=ROOTS[1])), 422),
    ],
)
def test_what_is_wrong_has_the_status_of_the_protocol(
    witness: Witness, body: bytes, status: int
) -> None:
    """Whatever is refused leaves the memory as it was, and says why in a line."""
    answer = witness.add_checkpoint(body)
    assert (status, 1) == (answer.status, answer.body.count(b"\n"))
    assert witness.last(LOG) is None


@pytest.mark.parametrize(
    "asked",
    [
        ask_for(3, consistency_proof(TREE, 3, 9)[:-1], note(9)),
        ask_for(3, consistency_proof(TREE, 3, 9), note(9, root=ROOTS[8])),
        ask_for(3, [], note(3, root=ROOTS[4])),
    ],
)
def test_a_log_that_forks_is_not_cosigned(witness: Witness, asked: bytes) -> None:
    """A proof that does not lead from the last root to the new one, or another root: 422."""
    add(witness, 0, 3)
    assert 422 == witness.add_checkpoint(asked).status


def test_an_empty_log_is_cosigned(witness: Witness) -> None:
    """Nothing is a beginning too."""
    assert 200 == add(witness, 0, 0).status
    assert 200 == add(witness, 0, 2).status


def test_a_memory_that_cannot_be_kept_cosigns_nothing(tmp_path: Path) -> None:
    """A witness that cannot write refuses with a failure instead of signing."""
    witness = witness_in(tmp_path / "state")
    (tmp_path / "state").rmdir()
    with pytest.raises(Failed, match="cannot keep"):
        add(witness, 0, 3)
