"""Cosignatures: who saw a log's checkpoint, and when (c2sp.org/tlog-cosignature v1).

1. An Ed25519 cosignature covers `cosignature/v1`, the time, and the checkpoint's text.
2. An ML-DSA-44 one covers a structure: cosigner, time, origin, size and root. It does not cover
   lines after the root, so a checkpoint that has some is Refused.
3. Both carry their time: eight bytes, seconds since the epoch, before the signature. A log that
   signs its own checkpoint with ML-DSA-44 does so by rule 2 under its own name.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from writ.errors import Refused
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.keys import (
    KeyPair,
    check_public,
    private_pem,
    read_private,
    verify_signature,
    write_private,
)
from writ.signing.note import (
    PLAIN,
    NoteSignature,
    Verifier,
    check_name,
    note_key_id,
    plain_verifier,
    split_vkey,
)

TIMED = 0x04
POST_QUANTUM = 0x06
_TIME_BYTES = 8
_LATEST = 2**63 - 1
_LABEL = b"subtree/v1\n\0"
_POST_QUANTUM_BYTES = 1312


class PostQuantumPair:
    """An ML-DSA-44 key (FIPS 204), kept in a file as Ed25519 keys are."""

    def __init__(self, private: MLDSA44PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "PostQuantumPair":
        """Make a new key from the system's randomness."""
        return cls(MLDSA44PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> "PostQuantumPair":
        """Read a key file; one that others may read, or of another kind, is Refused."""
        private = read_private(path)
        if not isinstance(private, MLDSA44PrivateKey):
            raise Refused(f"`{path}` is not an ML-DSA-44 key")
        return cls(private)

    def sign(self, message: bytes) -> bytes:
        """Sign bytes as they are: 2,420 bytes, others each time."""
        return self._private.sign(message)

    def save(self, path: Path) -> None:
        """Write the private key to a new file of mode 0600; never over another."""
        write_private(path, private_pem(self._private))


@dataclass(frozen=True, slots=True)
class TimedVerifier:
    """Verifies Ed25519 cosignatures (rule 1)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return note_key_id(self.name, TIMED, self.public)

    def verify(self, text: str, sig: bytes) -> int | None:
        """Prove the cosignature and return its time."""
        at, signature = _split(sig)
        verify_signature(self.public, signature, _timed(text, at))
        return at


@dataclass(frozen=True, slots=True)
class PostQuantumVerifier:
    """Verifies ML-DSA-44 cosignatures (rule 2)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return note_key_id(self.name, POST_QUANTUM, self.public)

    def verify(self, text: str, sig: bytes) -> int | None:
        """Prove the cosignature and return its time."""
        at, signature = _split(sig)
        message = _cosigned(self.name, read_checkpoint(text), at)
        try:
            MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise Refused(f"the cosignature is not by `{self.name}`") from None
        return at


def cosign(text: str, name: str, pair: KeyPair, at: int) -> NoteSignature:
    """Cosign a checkpoint with an Ed25519 key at a time in seconds (rule 1)."""
    sig = struct.pack(">Q", _time(at)) + pair.sign(_timed(text, at))
    return NoteSignature(name, note_key_id(name, TIMED, pair.public), sig)


def cosign_post_quantum(text: str, name: str, pair: PostQuantumPair, at: int) -> NoteSignature:
    """Cosign a checkpoint with an ML-DSA-44 key at a time in seconds (rule 2)."""
    message = _cosigned(name, read_checkpoint(text), _time(at))
    sig = struct.pack(">Q", at) + pair.sign(message)
    return NoteSignature(name, note_key_id(name, POST_QUANTUM, pair.public), sig)


def read_vkey(text: str) -> Verifier:
    """Read a verifier key of any type known here; another is Refused."""
    name, kind, public = split_vkey(text)
    if kind == PLAIN:
        return plain_verifier(name, public)
    if kind == TIMED:
        return TimedVerifier(check_name(name), check_public(public))
    if kind == POST_QUANTUM and len(public) == _POST_QUANTUM_BYTES:
        return PostQuantumVerifier(check_name(name), public)
    raise Refused(f"the verifier key of `{name}` is of a type that is not known here")


def _timed(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _cosigned(name: str, checkpoint: Checkpoint, at: int) -> bytes:
    if checkpoint.extensions:
        raise Refused("an ML-DSA-44 cosignature does not cover lines after the root")
    return b"".join(
        (
            _LABEL,
            _opaque(name),
            struct.pack(">Q", at),
            _opaque(checkpoint.origin),
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


def _opaque(text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) < 256:  # noqa: PLR2004  one byte of length
        raise Refused("a cosigner's name and a log's origin have 1 to 255 bytes")
    return bytes([len(data)]) + data


def _split(sig: bytes) -> tuple[int, bytes]:
    if len(sig) <= _TIME_BYTES:
        raise Refused("a cosignature is too short")
    return _time(int.from_bytes(sig[:_TIME_BYTES])), sig[_TIME_BYTES:]


def _time(at: int) -> int:
    if not 0 < at <= _LATEST:
        raise Refused("a cosignature tells a time after the epoch and before 2**63")
    return at
