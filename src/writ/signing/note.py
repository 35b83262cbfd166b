"""Signed notes: a short text and who signed it (c2sp.org/signed-note v1.0.0).

1. A note is text, an empty line, and signature lines `— NAME BASE64(key id || signature)`.
2. A key id finds a key: SHA-256 of name, line feed, type and public key, cut to four bytes.
3. Signatures of keys not known here are passed over. One of a known key that does not verify
   refuses the whole note; so does a note that no known key signed.
4. A verifier key as text is `NAME+HEX(key id)+BASE64(type || public key)`.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from writ.errors import Refused
from writ.signing.form import from_base64, to_base64
from writ.signing.keys import KeyPair, check_public, verify_signature

PLAIN = 0x01
"""The type of an Ed25519 signature over the text as it is."""

MAX_BYTES = 1_000_000
MAX_SIGNATURES = 200
ID_BYTES = 4
_DASH = "— "
_NAME = re.compile(r"[^\s+]{1,255}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: whose it says it is, and its bytes."""

    name: str
    id: bytes
    sig: bytes

    def line(self) -> str:
        """Write the line, with its line feed."""
        return f"{_DASH}{self.name} {to_base64(self.id + self.sig)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read; `text` ends in a line feed. Reading one proves nothing, `verify_note` does."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def write(self) -> bytes:
        """Write the note as `read_note` reads it."""
        return (self.text + "\n" + "".join(item.line() for item in self.signatures)).encode()


class Verifier(Protocol):
    """Knows one key of one name, and what its signatures cover."""

    @property
    def name(self) -> str: ...

    @property
    def id(self) -> bytes: ...

    def verify(self, text: str, sig: bytes) -> int | None:
        """Return when it was signed, in seconds (None: not told); what does not hold is Refused."""
        ...


@dataclass(frozen=True, slots=True)
class By:
    """Who signed, and when as far as the signature tells (seconds since the epoch)."""

    verifier: Verifier
    at: int | None


@dataclass(frozen=True, slots=True)
class PlainVerifier:
    """Verifies Ed25519 signatures over the text (type 0x01)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id (rule 2)."""
        return note_key_id(self.name, PLAIN, self.public)

    def verify(self, text: str, sig: bytes) -> int | None:
        """Prove the signature; it tells no time."""
        verify_signature(self.public, sig, text.encode())
        return None


def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return a key's id (rule 2)."""
    return hashlib.sha256(check_name(name).encode() + b"\n" + bytes([kind]) + public).digest()[
        :ID_BYTES
    ]


def check_name(name: str) -> str:
    """Return a key's name, proved to be one."""
    if not _NAME.fullmatch(name):
        raise Refused("a key's name has no space and no `+`, such as `example.com/log`")
    return name


def sign_note(text: str, name: str, pair: KeyPair) -> NoteSignature:
    """Sign a text with an Ed25519 key under a name."""
    check_text(text)
    return NoteSignature(name, note_key_id(name, PLAIN, pair.public), pair.sign(text.encode()))


def check_text(text: str) -> str:
    """Return a text that a note may have."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Refused("a note's text ends in a line feed and has no control characters")
    return text


def read_note(data: bytes) -> Note:
    """Read a note; whatever is not one as rule 1 says is Refused."""
    if len(data) > MAX_BYTES:
        raise Refused(f"a note has at most {MAX_BYTES} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise Refused("a note is UTF-8") from None
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Refused("a note is a text, an empty line and signature lines")
    check_text(text + "\n")
    return Note(text + "\n", read_signatures(lines))


def read_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """Read signature lines, each ending in a line feed."""
    found = lines.removesuffix("\n").split("\n")
    if len(found) > MAX_SIGNATURES:
        raise Refused(f"a note has at most {MAX_SIGNATURES} signatures")
    return tuple(_signature(line) for line in found)


def _signature(line: str) -> NoteSignature:
    name, space, text = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise Refused("a signature line is a dash, a name and base64")
    data = from_base64(text, "a note's signature")
    if len(data) <= ID_BYTES:
        raise Refused("a note's signature is too short")
    return NoteSignature(check_name(name), data[:ID_BYTES], data[ID_BYTES:])


def verify_note(note: Note, verifiers: Iterable[Verifier]) -> tuple[By, ...]:
    """Return who of those known signed the text, each once, one at least (rule 3)."""
    known = {(item.name, item.id): item for item in verifiers}
    found: dict[tuple[str, bytes], By] = {}
    for item in note.signatures:
        verifier = known.get((item.name, item.id))
        if verifier is not None and (item.name, item.id) not in found:
            found[item.name, item.id] = By(verifier, verifier.verify(note.text, item.sig))
    if not found:
        raise Refused("the note is signed by no key that is known here")
    return tuple(found.values())


def write_vkey(name: str, kind: int, public: bytes) -> str:
    """Write a verifier key as text (rule 4)."""
    return f"{name}+{note_key_id(name, kind, public).hex()}+{to_base64(bytes([kind]) + public)}"


def split_vkey(text: str) -> tuple[str, int, bytes]:
    """Read a verifier key as name, type and public key; its id must be its own."""
    name, _, rest = text.partition("+")
    shown, plus, encoded = rest.partition("+")
    if not plus:
        raise Refused("a verifier key is NAME+ID+KEY")
    data = from_base64(encoded, "a verifier key")
    kind, public = data[0] if data else 0, data[1:]
    if note_key_id(name, kind, public).hex() != shown:
        raise Refused(f"the verifier key of `{name}` has another id than it says")
    return name, kind, public


def plain_verifier(name: str, public: bytes) -> PlainVerifier:
    """Make a verifier of an Ed25519 key."""
    return PlainVerifier(check_name(name), check_public(public))
