"""An answer that only we can read: a JWE (RFC 7516) to a key made for one request.

1. ECDH-ES straight to the content key, on P-256; the content under A128GCM or A256GCM.
2. The header names our key (`kid`), and has no `zip` and no `crit`: nothing here unpacks what it
   has not yet proved to be whole.
3. At most 192 KiB: a presentation of 64 KiB, written as base64url twice.
"""

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.elliptic import EcKey, key_of
from writ.signing.jose import from_base64url, read_object, to_base64url

MAX_TOKEN = 192 * 1024
ALG = "ECDH-ES"
ENCODINGS = ("A128GCM", "A256GCM")
_PARTS = 5
_BYTES = 32


class _Registry(jwe.JWERegistry):
    """The library's limits, moved to rule 3's."""

    max_protected_header_length = 4096
    max_ciphertext_length = MAX_TOKEN


_REGISTRY = _Registry(algorithms=[ALG, *ENCODINGS])


class ResponseKey:
    """A key made for one answer; never shows its private half but to whoever keeps it."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public: EcKey = key_of(private.public_key(), "our key")
        self.id = to_base64url(self.public.thumbprint())

    @classmethod
    def generate(cls) -> "ResponseKey":
        """Make a new key from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_text(cls, text: str) -> "ResponseKey":
        """Take a key that `to_text` wrote."""
        scalar = int.from_bytes(from_base64url(text, "our key"))
        return cls(ec.derive_private_key(scalar, ec.SECP256R1()))

    def to_text(self) -> str:
        """Write the private half, for whoever keeps the session."""
        return to_base64url(self._private.private_numbers().private_value.to_bytes(_BYTES))

    def jwk(self) -> dict[str, Plain]:
        """Write the public half as a request offers it."""
        return {**self.public.jwk(), "alg": ALG, "kid": self.id, "use": "enc"}

    def decrypt(self, token: str, what: str) -> bytes:
        """Return what was encrypted to this key; anything else is Refused."""
        parts = token.split(".") if len(token) <= MAX_TOKEN and token.isascii() else []
        if len(parts) != _PARTS:
            raise Refused(f"{what} is not a compact JWE of {MAX_TOKEN} characters at most")
        header = read_object(from_base64url(parts[0], f"a part of {what}"), f"the header of {what}")
        if header.get("alg") != ALG or header.get("enc") not in ENCODINGS:
            raise Refused(f"{what} is not encrypted with {ALG} and one of {', '.join(ENCODINGS)}")
        if header.get("kid") != self.id:
            raise Refused(f"{what} is not for the key of this request; start again")
        if "zip" in header or "crit" in header:
            raise Refused(f"{what} is compressed, or has a critical extension")
        try:
            key = ECKey.import_key(self._private)
            read = jwe.decrypt_compact(token, key, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Refused(f"{what} cannot be decrypted with the key of this request") from None
        return read.plaintext or b""


def encrypt(plain: bytes, key: EcKey, kid: str) -> str:
    """Encrypt an answer to the key of a request, as a wallet does."""
    header = {"alg": ALG, "enc": ENCODINGS[-1], "kid": kid}
    public = ECKey.import_key(key.public)
    return jwe.encrypt_compact(header, plain, public, registry=_REGISTRY)
