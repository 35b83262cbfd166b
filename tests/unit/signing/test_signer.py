from pathlib import Path

import pytest
from cryptography import x509

from writ.errors import Refused
from writ.signing.elliptic import key_of
from writ.signing.jws import read_jws
from writ.signing.signer import Signer


def test_a_key_is_kept_and_read_back(tmp_path: Path) -> None:
    """What it signs before and after verifies with its public half; it is not written over."""
    made = Signer.generate()
    made.save(tmp_path / "key")
    read = Signer.load(tmp_path / "key")
    for signer in (made, read):
        token = signer.sign_jws({"typ": "t"}, {"a": 1})
        assert {"a": 1} == read_jws(token, "t", "it").verify(made.public)
    with pytest.raises(Refused, match="exists; a key is never written over"):
        made.save(tmp_path / "key")


def test_a_request_is_for_its_host_and_key() -> None:
    """Whoever issues the certificate reads the host and the key in the request, signed by that key."""
    signer = Signer.generate()
    read = x509.load_pem_x509_csr(signer.request("verify.example").encode())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert read.is_signature_valid
    assert ["verify.example"] == names.get_values_for_type(x509.DNSName)
    assert signer.public.jwk() == key_of(read.public_key(), "it").jwk()
