from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.errors import Refused
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.cosignature import (
    POST_QUANTUM,
    TIMED,
    PostQuantumPair,
    cosign,
    cosign_post_quantum,
    read_vkey,
)
from writ.signing.keys import KeyPair
from writ.signing.note import (
    PLAIN,
    Note,
    NoteSignature,
    read_note,
    sign_note,
    split_vkey,
    verify_note,
    write_vkey,
)

# The example of c2sp.org/signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKu"
    "wHjG1Yu72IneyaQM=\n"
).encode()
PAIR = KeyPair.from_seed(bytes(range(32)))
SECOND = KeyPair.from_seed(bytes(range(1, 33)))
QUANTUM = PostQuantumPair.generate()
LOG = "example.org/log"
TEXT = Checkpoint(LOG, 3, bytes(32)).text()
TIME = 1_782_000_000


def test_the_standards_example_verifies() -> None:
    """The note and key that the specification prints are signed and written as it says."""
    note = read_note(EXAMPLE)
    (by,) = verify_note(note, [read_vkey(VKEY)])
    assert ("This is an example message.\n", None) == (note.text, by.at)
    assert EXAMPLE == note.write()
    assert VKEY == write_vkey(by.verifier.name, PLAIN, split_vkey(VKEY)[2])


@given(st.data())
def test_a_changed_note_is_refused(data: st.DataObject) -> None:
    """No byte of a signed note can be another: it is no note, or nobody known signed it."""
    place = data.draw(st.integers(0, len(EXAMPLE) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != EXAMPLE[place]))
    changed = EXAMPLE[:place] + bytes([value]) + EXAMPLE[place + 1 :]
    with pytest.raises(Refused):
        verify_note(read_note(changed), [read_vkey(VKEY)])


@pytest.mark.parametrize(
    ("kind", "public", "signature", "at"),
    [
        (PLAIN, PAIR.public, sign_note(TEXT, LOG, PAIR), None),
        (TIMED, PAIR.public, cosign(TEXT, LOG, PAIR, TIME), TIME),
        (POST_QUANTUM, QUANTUM.public, cosign_post_quantum(TEXT, LOG, QUANTUM, TIME), TIME),
    ],
    ids=["ed25519", "cosignature", "ml-dsa-44"],
)
def test_signatures_of_every_type_verify(
    kind: int, public: bytes, signature: NoteSignature, at: int | None
) -> None:
    """What is signed verifies with its key, tells its time, and not over another text."""
    verifier = read_vkey(write_vkey(LOG, kind, public))
    note = read_note(Note(TEXT, (signature,)).write())
    assert [(verifier, at)] == [(by.verifier, by.at) for by in verify_note(note, [verifier])]
    other = Note(Checkpoint(LOG, 4, bytes(32)).text(), (signature,))
    with pytest.raises(Refused, match="not by"):
        verify_note(other, [verifier])


def test_strangers_are_passed_over_and_forgers_are_not() -> None:
    """A signature by an unknown key says nothing; a wrong one by a known key refuses the note."""
    good, other = sign_note(TEXT, LOG, PAIR), sign_note(TEXT, LOG, SECOND)
    known = read_vkey(write_vkey(LOG, PLAIN, PAIR.public))
    assert 1 == len(verify_note(Note(TEXT, (other, good, good)), [known]))
    with pytest.raises(Refused, match="signed by no key that is known here"):
        verify_note(Note(TEXT, (other,)), [known])
    with pytest.raises(Refused, match="the signature is not by key"):
        verify_note(Note(TEXT, (good, NoteSignature(LOG, good.id, other.sig))[::-1]), [known])


def test_a_cosignature_for_lines_it_does_not_cover_is_refused() -> None:
    """ML-DSA-44 signs origin, size and root, so a checkpoint with more lines is not signed so."""
    text = Checkpoint(LOG, 3, bytes(32), ("more",)).text()
    with pytest.raises(Refused, match="does not cover lines after the root"):
        cosign_post_quantum(text, LOG, QUANTUM, TIME)
    with pytest.raises(Refused, match="1 to 255 bytes"):
        cosign_post_quantum(Checkpoint("o" * 256, 3, bytes(32)).text(), LOG, QUANTUM, TIME)


@pytest.mark.parametrize("at", [0, 2**63])
def test_a_cosignature_has_a_time(at: int) -> None:
    """A time of nought, or one that no clock tells, is refused."""
    with pytest.raises(Refused, match="tells a time"):
        cosign(TEXT, LOG, PAIR, at)
    sig = NoteSignature(LOG, cosign(TEXT, LOG, PAIR, TIME).id, at.to_bytes(8) + bytes(64))
    with pytest.raises(Refused, match="tells a time"):
        verify_note(Note(TEXT, (sig,)), [read_vkey(write_vkey(LOG, TIMED, PAIR.public))])


def test_a_short_cosignature_is_refused() -> None:
    """A signature that is no longer than its time proves nothing."""
    sig = NoteSignature(LOG, cosign(TEXT, LOG, PAIR, TIME).id, bytes(8))
    with pytest.raises(Refused, match="too short"):
        verify_note(Note(TEXT, (sig,)), [read_vkey(write_vkey(LOG, TIMED, PAIR.public))])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\n\n", "UTF-8"),
        (b"text\n", "an empty line and signature lines"),
        (b"text\n\n\xe2\x80\x94 a AAAAAAA=", "an empty line and signature lines"),
        (b"te\x00xt\n\n\xe2\x80\x94 a AAAAAAA=\n", "control characters"),
        (b"text\n\na AAAAAAA=\n", "a dash, a name and base64"),
        ("text\n\n— a\n".encode(), "a dash, a name and base64"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "no space and no `\\+`"),
        ("text\n\n— a AAAAAA==\n".encode(), "too short"),
        ("text\n\n— a !\n".encode(), "not base64"),
        (b"a" * 1_000_001, "at most 1000000 bytes"),
        (("text\n\n" + "— a AAAAAAA=\n" * 201).encode(), "at most 200 signatures"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, why: str) -> None:
    """Reading says what is wrong."""
    with pytest.raises(Refused, match=why):
        read_note(data)


@pytest.mark.parametrize(
    ("vkey", "why"),
    [
        ("example.com/foo", "NAME\\+ID\\+KEY"),
        (VKEY.replace("530d903a", "530d903b"), "another id"),
        (write_vkey("a", 9, bytes(32)), "a type that is not known"),
        (write_vkey("a", POST_QUANTUM, bytes(32)), "a type that is not known"),
        (write_vkey("a", PLAIN, bytes(32)), "small order"),
        ("a+00000000+", "another id"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str, why: str) -> None:
    """A key whose id is another's, or of a type unknown here, is none."""
    with pytest.raises(Refused, match=why):
        read_vkey(vkey)


def test_post_quantum_keys_are_kept_like_others(tmp_path: Path) -> None:
    """A saved key signs as before; an Ed25519 key is not taken for one, nor the reverse."""
    QUANTUM.save(tmp_path / "quantum.key")
    PAIR.save(tmp_path / "plain.key")
    assert QUANTUM.public == PostQuantumPair.load(tmp_path / "quantum.key").public
    with pytest.raises(Refused, match="not an ML-DSA-44 key"):
        PostQuantumPair.load(tmp_path / "plain.key")
    with pytest.raises(Refused, match="not an Ed25519 key"):
        KeyPair.load(tmp_path / "quantum.key")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\n1\n", "three lines"),
        ("a\n01\nAAAA\n", "`01` is no number of entries"),
        ("a\n9223372036854775808\nAAAA\n", "is no number of entries"),
        ("a\n1\nAAAA\n", "a hash has 32 bytes, not 3"),
        ("a\n\nAAAA\n", "three lines"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, why: str) -> None:
    """A checkpoint is origin, size and root."""
    with pytest.raises(Refused, match=why):
        read_checkpoint(text)


def test_a_checkpoint_is_read_as_written() -> None:
    """Lines after the root are kept."""
    checkpoint = Checkpoint(LOG, 7, bytes(range(32)), ("more",))
    assert checkpoint == read_checkpoint(checkpoint.text())


def test_only_a_notes_text_is_signed() -> None:
    """A text without its last line feed is not signed."""
    with pytest.raises(Refused, match="ends in a line feed"):
        sign_note("text", LOG, PAIR)
