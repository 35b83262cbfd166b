"""A PDF signed so that its readers say by whom (PAdES baseline B-B, ETSI EN 319 142-1).

1. The time told, and what names the file, come from what is signed: the same pages, seal and
   instant give the same bytes.
"""

import asyncio
import datetime as dt
import hashlib
import io

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.pem import unarmor
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from writ.clock import SECOND, Instant
from writ.signing.certified import CertifiedKey

FIELD = "Seal"
HASH = "sha256"
_RESERVED = 16_384
"""Bytes kept free for the signature, twice as many as digits."""


def sign_pdf(data: bytes, seal: CertifiedKey, at: Instant, reason: str) -> bytes:
    """Return a PDF with a seal on it, put there at an instant."""
    return asyncio.run(_sign(data, seal, at, reason))


async def _sign(data: bytes, seal: CertifiedKey, at: Instant, reason: str) -> bytes:
    moment = dt.datetime.fromtimestamp(at // SECOND, dt.UTC)
    out, written = _Writer(io.BytesIO(data)), io.BytesIO()
    signature = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=HASH, subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    session = PdfSigner(signature, _Signer(seal)).init_signing_session(out)
    session.system_time = moment
    document = session.prepare_tbs_document(
        validation_info=None, bytes_reserved=_RESERVED, appearance_text_params=None
    )
    digest, _ = document.digest_tbs_document(output=written)
    done = await document.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=moment),
    )
    await done.post_signature_processing(written)
    return written.getvalue()


class _Writer(IncrementalPdfFileWriter):  # type: ignore[misc]  # pyHanko's types are skipped
    """Names the file after what is in it, and leaves its dates (rule 1)."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> ArrayObject:
        prev.stream.seek(0)
        data = prev.stream.read()
        named = (hashlib.sha256(part + data).digest()[:16] for part in (b"first", b"signed"))
        return ArrayObject(map(ByteStringObject, named))

    def _update_meta(self) -> None:
        pass


class _Signer(Signer):  # type: ignore[misc]  # pyHanko's types are skipped
    """Signs with a seal."""

    def __init__(self, seal: CertifiedKey) -> None:
        self._seal = seal
        certificate = Certificate.load(unarmor(seal.certificate)[2])
        super().__init__(
            signing_cert=certificate,
            cert_registry=SimpleCertificateStore(),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": f"{HASH}_rsa"}),
        )

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002  there is one
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002  pyHanko's name for it
    ) -> bytes:
        return self._seal.sign(data)
