import io
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from reportlab.pdfgen.canvas import Canvas

from writ.clock import parse_instant
from writ.errors import Failed, Refused
from writ.signing.certified import CertifiedKey, verify_certified
from writ.signing.keys import KeyPair
from writ.signing.pdf import sign_pdf

AT = parse_instant("2026-06-12T21:21:00Z")


def page() -> bytes:
    """Draw one, without a time of its own."""
    drawn = io.BytesIO()
    canvas = Canvas(drawn, invariant=1)
    canvas.drawString(72, 700, "Evidence")
    canvas.save()
    return drawn.getvalue()


@pytest.fixture(scope="module")
def seal() -> CertifiedKey:
    """One for all tests: it takes a while to make."""
    return CertifiedKey.generate("example.org/writ", AT)


def test_a_seal_is_kept_and_signs_the_same_each_time(seal: CertifiedKey, tmp_path: Path) -> None:
    """Loaded again it gives the same signature, which its certificate proves and no other does."""
    files = tmp_path / "seal.key", tmp_path / "seal.pem"
    seal.save(*files)
    loaded = CertifiedKey.load(*files)
    signature = seal.sign(b"said")
    assert (signature, b"said") == (
        loaded.sign(b"said"),
        verify_certified(loaded.certificate, signature, b"said"),
    )
    with pytest.raises(Refused, match="not signed by the key of its certificate"):
        verify_certified(seal.certificate, signature, b"other")


def test_what_is_no_seal_is_refused(seal: CertifiedKey, tmp_path: Path) -> None:
    """Another kind of key, another key's certificate, or none at all is said in one line."""
    key, pem = tmp_path / "seal.key", tmp_path / "seal.pem"
    seal.save(key, pem)
    other = tmp_path / "other.key"
    KeyPair.generate().save(other)
    with pytest.raises(Refused, match="is not an RSA key"):
        CertifiedKey.load(other, pem)
    with pytest.raises(Failed, match="cannot read"):
        CertifiedKey.load(key, tmp_path / "none.pem")
    pem.write_bytes(CertifiedKey.generate("another", AT).certificate)
    with pytest.raises(Refused, match="the certificate of another key"):
        CertifiedKey.load(key, pem)
    with pytest.raises(Failed, match="cannot write"):
        seal.save(tmp_path / "new.key", tmp_path)
    with pytest.raises(Refused, match="not a certificate in PEM"):
        verify_certified(b"", b"", b"")
    curve = generate_private_key(SECP256R1())
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder(name, name, curve.public_key(), 1)
        .not_valid_before(x509.load_pem_x509_certificate(seal.certificate).not_valid_before_utc)
        .not_valid_after(x509.load_pem_x509_certificate(seal.certificate).not_valid_after_utc)
        .sign(curve, SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    with pytest.raises(Refused, match="not of an RSA key"):
        verify_certified(certificate, b"", b"")


def test_a_sealed_page_is_what_other_readers_prove(seal: CertifiedKey, tmp_path: Path) -> None:
    """`pdfsig` finds the signature valid over the whole file, and not after a byte changed."""
    sealed = sign_pdf(page(), seal, AT, "Evidence of an order")
    time.sleep(1.1)  # dates in a PDF have no parts of seconds
    assert sealed == sign_pdf(page(), seal, AT, "Evidence of an order")
    told = pdfsig(tmp_path / "sealed.pdf", sealed)
    for line in (
        "Signature is Valid.",
        "Total document signed",
        "Signer Certificate Common Name: example.org/writ",
        "Signature Type: ETSI.CAdES.detached",
    ):
        assert line in told
    changed = sealed.replace(b"/MediaBox", b"/MediaBux", 1)
    assert "Digest Mismatch" in pdfsig(tmp_path / "changed.pdf", changed)


def pdfsig(path: Path, data: bytes) -> str:
    """Ask poppler about a signed file."""
    path.write_bytes(data)
    done = subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout
