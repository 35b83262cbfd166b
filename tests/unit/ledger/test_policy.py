import pytest

from writ.errors import InvalidInput, Refused
from writ.ledger.policy import Policy, read_policy
from writ.signing.checkpoint import Checkpoint
from writ.signing.cosignature import TIMED, cosign
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, NoteSignature, sign_note, write_vkey

LOG = "example.org/log"
PAIRS = [KeyPair.from_seed(bytes([number]) * 32) for number in range(1, 6)]
KEY = write_vkey(LOG, PLAIN, PAIRS[0].public)
WITNESSES = [
    write_vkey(f"w{number}.example", TIMED, PAIRS[number].public) for number in range(1, 5)
]
TEXT = Checkpoint(LOG, 3, bytes(32)).text()
NESTED = f"""
# two of the first three, and the fourth
log {KEY} https://example.org/log
witness a {WITNESSES[0]} https://w1.example
witness b {WITNESSES[1]}
\twitness  c\t{WITNESSES[2]}
witness d {WITNESSES[3]}
group few 2 a b c
group both all few d
quorum both
"""


def policy(text: str) -> Policy:
    """Read a policy."""
    return read_policy(text.encode())


def signed(*numbers: int) -> Note:
    """Sign the checkpoint by the log, and by witnesses of these numbers."""
    return Note(
        TEXT,
        (
            sign_note(TEXT, LOG, PAIRS[0]),
            *(
                cosign(TEXT, f"w{number}.example", PAIRS[number], 1000 + number)
                for number in numbers
            ),
        ),
    )


@pytest.mark.parametrize(
    ("numbers", "enough"),
    [((1, 2, 4), True), ((1, 2, 3, 4), True), ((1, 2, 3), False), ((1, 4), False), ((), False)],
)
def test_groups_count_their_members(numbers: tuple[int, ...], *, enough: bool) -> None:
    """A group has seen what as many of its members as it asks for have seen."""
    asked = policy(NESTED)
    if not enough:
        with pytest.raises(Refused, match="was not seen by `both`"):
            asked.see(signed(*numbers))
        return
    seen = asked.see(signed(*numbers))
    assert (3, [1000 + number for number in numbers]) == (
        seen.checkpoint.size,
        [by.at for by in seen.witnesses],
    )


def test_no_quorum_asks_for_the_log_alone() -> None:
    """With `quorum none` the log's own signature is enough, and is needed."""
    alone = policy(f"log {KEY}\nquorum none\n")
    assert () == alone.see(signed(1)).witnesses
    with pytest.raises(Refused, match="signed by no key"):
        alone.see(Note(TEXT, signed(1).signatures[1:]))


def test_another_log_is_refused() -> None:
    """A checkpoint counts for the log that it names, whoever signed it."""
    text = Checkpoint("example.org/other", 3, bytes(32)).text()
    note = Note(text, (sign_note(text, LOG, PAIRS[0]),))
    with pytest.raises(Refused, match=r"`example\.org/other`, a log that is not known here"):
        policy(f"log {KEY}\nquorum none\n").see(note)


def test_a_forged_witness_refuses() -> None:
    """A known witness's line that does not verify refuses the checkpoint."""
    note = signed(1)
    forged = NoteSignature("w1.example", note.signatures[1].id, bytes(7) + b"\1" + bytes(64))
    with pytest.raises(Refused, match="the signature is not by key"):
        policy(NESTED).see(Note(TEXT, (note.signatures[0], forged)))


def test_every_fault_is_told_with_its_line() -> None:
    """All that is wrong with a policy is said at once."""
    lines = [
        "log",
        "logs x",
        f"log {KEY}",
        f"log {KEY}",
        "witness a",
        f"witness a {KEY}",
        f"witness a {WITNESSES[0]}",
        f"witness a {WITNESSES[1]}",
        f"witness none {WITNESSES[2]}",
        "group g 1",
        "group g 2 a",
        "group g x a",
        "group h any nobody",
        "group h any none",
        "quorum a b",
        "quorum a",
        "quorum a",
        "quorum z\x07",
    ]
    with pytest.raises(InvalidInput) as caught:
        read_policy("\n".join(lines).encode(), "policy")
    assert [
        "policy:1:1: write `log VKEY` or `log VKEY URL`",
        "policy:2:1: `logs` is none of log, witness, group, quorum",
        f"policy:4:1: the key of `{LOG}` stands twice",
        "policy:5:1: write `witness NAME VKEY` or `witness NAME VKEY URL`",
        "policy:6:1: a witness cosigns with a key of type 4 or 6",
        "policy:8:1: the name `a` is taken",
        "policy:9:1: the name `none` is taken",
        "policy:10:1: write `group NAME all|any|K NAME...`",
        "policy:11:1: `2` is none of all, any, 1 to 1",
        "policy:12:1: `a` is a member already, or none can be",
        "policy:13:1: `nobody` is not defined before this line",
        "policy:14:1: `none` is a member already, or none can be",
        "policy:15:1: write `quorum NAME` or `quorum none`",
        "policy:17:1: there is a `quorum` line already",
        "policy:18:1: control characters have no place in a policy",
    ] == str(caught.value).split("\n")


def test_a_policy_without_quorum_is_none() -> None:
    """What is enough has to be said."""
    with pytest.raises(InvalidInput, match="there is no `quorum` line"):
        policy("")
