"""What is kept so that only this deployment can read it: AES-256-GCM (NIST SP 800-38D).

1. The key is HKDF-SHA-256 (RFC 5869) of a secret of the deployment's, one for each purpose.
2. A sealed text is a random nonce of twelve bytes and the ciphertext; what is altered or was sealed
   for another purpose is Refused.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from writ.errors import Refused

_NONCE_BYTES = 12
_KEY_BYTES = 32


def seal(secret: bytes, purpose: str, data: bytes) -> bytes:
    """Encrypt for a purpose."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(secret, purpose).encrypt(nonce, data, None)


def unseal(secret: bytes, purpose: str, sealed: bytes) -> bytes:
    """Decrypt what was sealed for a purpose; anything else is Refused."""
    try:
        nonce, data = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return _cipher(secret, purpose).decrypt(nonce, data, None)
    except (InvalidTag, ValueError):
        raise Refused(
            "what was sealed here does not open; it was altered, or is another's"
        ) from None


def _cipher(secret: bytes, purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), _KEY_BYTES, None, b"writ seal\0" + purpose.encode())
    return AESGCM(derived.derive(secret))
