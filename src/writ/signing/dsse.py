"""Dead Simple Signing Envelopes (DSSE v1): a payload, its type, and who signed both.

1. What is signed is the pre-authentication encoding: type and payload with their lengths in bytes.
2. Key ids are hints (DSSE); a signature counts for the raw key that verifies it.
3. Stricter than DSSE asks: an envelope is canonical JSON, and one signature in it that does not
   verify, is by nobody known, or is by a key that signed already, refuses all of it. See
   docs/decisions/0005-signing.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.form import Form, as_form, from_base64, read_form, to_base64
from writ.signing.keys import KeyPair, key_id, verify_signature

MAX_SIGNATURES = 32


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: 64 bytes, and the id of the key it says it is by."""

    key: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its type and signatures; reading one proves nothing, verifying does."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]

    def plain(self) -> dict[str, Plain]:
        """Return the envelope as JSON values, in DSSE's names."""
        return {
            "payload": to_base64(self.payload),
            "payloadType": self.payload_type,
            "signatures": [
                {"keyid": item.key, "sig": to_base64(item.sig)} for item in self.signatures
            ],
        }

    def json(self) -> bytes:
        """Write the envelope as canonical JSON."""
        return encode(self.plain())

    def add(self, pair: KeyPair) -> "Envelope":
        """Return the envelope with one more signature."""
        signature = Signature(pair.id, pair.sign(pae(self.payload_type, self.payload)))
        return replace(self, signatures=(*self.signatures, signature))


@dataclass(frozen=True, slots=True)
class Verified:
    """A payload proved to be signed by every one of `keys` (raw public keys, in order)."""

    payload: bytes
    keys: tuple[bytes, ...]

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys that signed."""
        return tuple(key_id(key) for key in self.keys)


class _Signature(Form, frozen=True):
    keyid: str
    sig: str


class _Envelope(Form, frozen=True):
    payload: str
    payloadType: str  # noqa: N815 - the name DSSE gives it on the wire
    signatures: list[_Signature]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Encode what a signature covers (rule 1)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, keys: Iterable[KeyPair]) -> Envelope:
    """Sign a payload with each of `keys`."""
    envelope = Envelope(payload, payload_type, ())
    for pair in keys:
        envelope = envelope.add(pair)
    return envelope


def read_envelope(data: bytes) -> Envelope:
    """Read an envelope from canonical JSON; nothing is proved by that."""
    return _envelope(read_form(data, _Envelope, "the envelope"))


def envelope_of(value: object) -> Envelope:
    """Read an envelope from JSON values that are part of something larger."""
    return _envelope(as_form(value, _Envelope, "the envelope"))


def verify(envelope: Envelope, publics: Iterable[bytes], payload_type: str) -> Verified:
    """Return the payload and who signed it; every signature must hold (rule 3), one at least."""
    if envelope.payload_type != payload_type:
        raise Refused(f"the envelope holds `{envelope.payload_type}`, not `{payload_type}`")
    if not 0 < len(envelope.signatures) <= MAX_SIGNATURES:
        raise Refused(f"an envelope has 1 to {MAX_SIGNATURES} signatures")
    known = {key_id(public): public for public in publics}
    message = pae(payload_type, envelope.payload)
    signed: list[bytes] = []
    for item in envelope.signatures:
        public = known.pop(item.key, None)
        if public is None:
            raise Refused(f"signed by key `{item.key}`, which is not known here or signed before")
        verify_signature(public, item.sig, message)
        signed.append(public)
    return Verified(envelope.payload, tuple(signed))


def _envelope(form: _Envelope) -> Envelope:
    return Envelope(
        from_base64(form.payload, "the payload"),
        form.payloadType,
        tuple(
            Signature(item.keyid, from_base64(item.sig, "a signature")) for item in form.signatures
        ),
    )
