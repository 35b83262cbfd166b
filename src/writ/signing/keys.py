"""Ed25519 keys (RFC 8032): made by their owners, kept in files that only they can read.

1. A public key is 32 raw bytes; as text it is `ed25519:` and their base64.
2. A key id is the first 32 hex digits of the SHA-256 of the raw key. It finds a key, and never
   stands for one: whoever counts keys counts raw bytes.
3. Encodings of no point, second encodings of a point, and points of small order are no keys:
   with those, one signature fits many messages.
"""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from writ.errors import Failed, Refused
from writ.signing.form import from_base64, to_base64

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
_PREFIX = "ed25519:"
_FIELD = 2**255 - 19
_ORDER_EIGHT = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL = {0, 1, _FIELD - 1, _ORDER_EIGHT, _FIELD - _ORDER_EIGHT}
_OTHERS = 0o077


class KeyPair:
    """A private key and its public half; never shows the private half in text."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    @classmethod
    def generate(cls) -> "KeyPair":
        """Make a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> "KeyPair":
        """Make the key of a 32-byte seed."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """Sign bytes as they are: 64 bytes, the same ones each time."""
        return self._private.sign(message)

    def save(self, path: Path) -> None:
        """Write the private key as PKCS #8 PEM to a new file of mode 0600; never over another."""
        write_private(path, private_pem(self._private))

    @classmethod
    def load(cls, path: Path) -> "KeyPair":
        """Read a key file; one that others may read, or of another kind, is Refused."""
        private = read_private(path)
        if not isinstance(private, Ed25519PrivateKey):
            raise Refused(f"`{path}` is not an Ed25519 key")
        return cls(private)


def private_pem(
    private: Ed25519PrivateKey | MLDSA44PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey,
) -> bytes:
    """Write a private key as PKCS #8 PEM without a passphrase."""
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write_private(path: Path, data: bytes) -> None:
    """Write a private key to a new file of mode 0600; never over another."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"`{path}` exists; a key is never written over") from None
    except OSError as error:
        raise Failed(f"cannot write the key `{path}`: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def read_private(path: Path) -> PrivateKeyTypes:
    """Read a private key of any kind from a file that only its owner can read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(10_000)
    except OSError as error:
        raise Failed(f"cannot read the key `{path}`: {error.strerror}") from None
    if mode & _OTHERS:
        raise Refused(f"others may read the key `{path}`; run chmod 600 `{path}`")
    try:
        return serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        raise Refused(f"`{path}` is not a private key in PEM without a passphrase") from None


def key_id(public: bytes) -> str:
    """Name a public key (rule 2)."""
    return hashlib.sha256(public).hexdigest()[:32]


def write_public(public: bytes) -> str:
    """Write a public key as text (rule 1)."""
    return _PREFIX + to_base64(public)


def read_public(text: str) -> bytes:
    """Read a public key from text; what is not one is Refused."""
    if not text.startswith(_PREFIX):
        raise Refused(f"a public key starts with `{_PREFIX}`")
    return check_public(from_base64(text.removeprefix(_PREFIX), "a public key"))


def check_public(public: bytes) -> bytes:
    """Return raw bytes that are a public key (rule 3)."""
    if len(public) != PUBLIC_BYTES:
        raise Refused(f"an Ed25519 public key has {PUBLIC_BYTES} bytes, not {len(public)}")
    height = int.from_bytes(public, "little") & (2**255 - 1)
    if height >= _FIELD or height in _SMALL:
        raise Refused("a public key of small order, or written in a second way, is no key")
    return public


def verify_signature(public: bytes, signature: bytes, message: bytes) -> bytes:
    """Return the message, proved to be signed by `public`; otherwise Refused."""
    try:
        Ed25519PublicKey.from_public_bytes(check_public(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused(f"the signature is not by key `{key_id(public)}`") from None
    return message
