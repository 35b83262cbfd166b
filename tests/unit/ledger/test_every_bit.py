import pytest

from tests.laws.every_bit import BITS, Grown, cases
from writ.errors import Refused
from writ.ledger.merkle import root
from writ.ledger.policy import Policy, read_policy
from writ.ledger.proof import Proof, read_proof
from writ.signing.checkpoint import Checkpoint
from writ.signing.cosignature import TIMED, cosign
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, read_note, sign_note, write_vkey

MOST = 300
WHOLE = 16
TREE = Grown(MOST)
ORIGIN = "example.org/log"
PAIR, WITNESS = KeyPair.from_seed(bytes(32)), KeyPair.from_seed(bytes([1] * 32))
KNOWN = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())
WATCHED = read_policy(
    f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\n"
    f"witness w {write_vkey('example.net/w', TIMED, WITNESS.public)}\nquorum w\n".encode()
)


def test_every_bit_of_every_proof_of_a_small_log() -> None:
    """Exhaustive to a size of 16: each proof of either kind, each part of it, each bit."""
    for size in range(1, WHOLE + 1):
        for case in cases(TREE, size):
            assert case.holds(case.parts)
            assert [] == case.unnoticed(case.every_bit())


def test_every_proof_of_every_size() -> None:
    """Exhaustive to a size of 300 but for the bits: each proof of either kind, one bit of each.

    Which part and which bit goes round, so that each bit of each of the first ten parts has its turn
    at some proof; `python -m tests.laws.every_bit 300` flips all bits of all of them.
    """
    turn = 0
    seen = set[tuple[int, int]]()
    for size in range(1, MOST + 1):
        for case in cases(TREE, size):
            turn += 1
            flip = (turn % len(case.parts), turn // len(case.parts) % BITS)
            seen.add(flip)
            assert case.holds(case.parts)
            assert [] == case.unnoticed([flip])
    assert {(part, bit) for part in range(10) for bit in range(BITS)} <= seen


def signed(size: int, *, seen: bool = False) -> Note:
    """Return a checkpoint; with a witness's cosignature."""
    text = Checkpoint(ORIGIN, size, root(TREE, size)).text()
    signatures = [sign_note(text, ORIGIN, PAIR)]
    if seen:
        signatures.append(cosign(text, "example.net/w", WITNESS, 1_782_000_000))
    return Note(text, tuple(signatures))


@pytest.mark.parametrize(("size", "policy"), [(0, KNOWN), (1, KNOWN), (300, KNOWN), (7, WATCHED)])
def test_every_bit_of_a_checkpoint(size: int, policy: Policy) -> None:
    """Exhaustive: a signed checkpoint's file, each bit of it; with a witness, of both signatures."""
    data = signed(size, seen=policy is WATCHED).write()
    assert size == policy.see(read_note(data)).checkpoint.size
    assert [] == [bit for bit in range(len(data) * 8) if believed(flipped(data, bit), policy)]


def believed(data: bytes, policy: Policy) -> bool:
    """Whether some bytes are a checkpoint that counts."""
    try:
        policy.see(read_note(data))
    except Refused:
        return False
    return True


@pytest.mark.parametrize("size", [1, 2, 7, 300])
def test_every_bit_of_a_receipt(size: int) -> None:
    """Exhaustive: the proof file of a log's last entry but one, each bit, the entry it brings too."""
    case = list(cases(TREE, size))[max(0, size - 2)]
    entry = b"%d" % case.place
    data = Proof(case.place, case.parts[2:], signed(size), entry).write()
    assert (case.of_entry, size) == (True, receipt(data).size)
    assert [] == [bit for bit in range(len(data) * 8) if accepted(flipped(data, bit))]


def receipt(data: bytes) -> Checkpoint:
    """Prove a receipt's own entry, as `writ log verify` does."""
    found = read_proof(data)
    return found.check(found.extra or b"", KNOWN).checkpoint


def accepted(data: bytes) -> bool:
    """Whether some bytes are a receipt that proves its own entry."""
    try:
        receipt(data)
    except Refused:
        return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    """Change one bit of a file."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
