"""Timestamps of another authority (RFC 3161): that some bytes existed at an instant it tells.

1. A request names bytes by their SHA-256 and has a nonce; the answer must be to it.
2. A stamp is proved from certificates given by whoever relies on it: the authority's certificate
   leads to one of them, was valid at the time told, and is for stamping alone (RFC 3161 2.3).
3. Reading a stamp proves what it is about, and nothing else.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from writ.clock import SECOND, Instant
from writ.errors import Refused

MEDIA_TYPES = ("application/timestamp-query", "application/timestamp-reply")


@dataclass(frozen=True, slots=True)
class Request:
    """What an authority is asked (rule 1)."""

    data: bytes
    nonce: int | None
    written: bytes


def request_stamp(data: bytes) -> Request:
    """Write a request for a stamp on some bytes."""
    built = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    return Request(data, built.nonce, built.as_bytes())


def read_stamp(answer: bytes, data: bytes) -> Instant:
    """Return the time that a stamp tells of these very bytes; who tells it is not proved (rule 3)."""
    told = _read(answer).tst_info
    if told.message_imprint.message != hashlib.sha256(data).digest():
        raise Refused("the stamp is of other bytes")
    return round(told.gen_time.timestamp() * SECOND)


def prove_stamp(answer: bytes, data: bytes, roots: bytes, nonce: int | None = None) -> Instant:
    """Return when these bytes existed, proved from certificates in PEM (rules 1, 2); else Refused."""
    found = _read(answer)
    builder = VerifierBuilder() if nonce is None else VerifierBuilder().nonce(nonce)
    try:
        for certificate in x509.load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(certificate)
    except ValueError:
        raise Refused("the certificates given are not PEM, or one stands twice") from None
    try:
        builder.build().verify_message(found, data)
    except VerificationError as error:
        raise Refused(f"the stamp is not proved: {error}") from None
    return read_stamp(answer, data)


def _read(answer: bytes) -> TimeStampResponse:
    try:
        found = decode_timestamp_response(answer)
        found.tst_info  # noqa: B018  a refusal has none
    except ValueError:
        raise Refused("the answer is no stamp") from None
    return found
