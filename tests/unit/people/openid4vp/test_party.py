import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.worlds.issuers import NOW, b64, new_key, root, trust_file
from tests.worlds.wallet import Holder, Lists, Standing, session
from writ.errors import Refused
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import read_trust_list
from writ.people.openid4vp.party import make_party
from writ.people.openid4vp.wallet import Wallet
from writ.signing.signer import Signer

ROOT = root()
MIDDLE = ROOT.issue("middle", number=2, authority=True)
KEY = new_key(number=30)
ACCESS = MIDDLE.issue("verifier", key=KEY, dns=["verify.example"])
PEM = ACCESS.pem + MIDDLE.pem + ROOT.pem
SIGNER = Signer(KEY)


def test_a_hash_is_the_client() -> None:
    """The client id is the certificate's hash; the root is not sent along."""
    party = make_party(PEM, SIGNER, "x509_hash", "")
    assert f"x509_hash:{b64(ACCESS.certificate.fingerprint)}" == party.client_id
    assert (ACCESS.certificate, MIDDLE.certificate) == party.chain


def test_a_host_may_be_the_client() -> None:
    """A name in the certificate is the client id, and a wallet verifies the request under it."""
    party = make_party(PEM, SIGNER, "x509_san_dns", "verify.example")
    assert "x509_san_dns:verify.example" == party.client_id
    trust = read_trust_list(trust_file({"certificates": ROOT.pem}), "t")
    method = Wallet(party, trust, Statuses(Lists()), Standing(), lambda: NOW)
    attempt = session()
    asyncio.run(method.begin(attempt, "en"))
    asked = asyncio.run(Holder(NOW).fetch(method, attempt))
    assert "x509_san_dns:verify.example" == asked.claims["client_id"]


def test_certificates_that_wallets_refuse_are_refused() -> None:
    """Self-signed, for another key, or for another host: told before a wallet says nothing at all."""
    with pytest.raises(Refused, match="is self-signed; have one issued for your verifier"):
        make_party(ROOT.pem, Signer(new_key()), "x509_hash", "")
    with pytest.raises(Refused, match="is for another key than the one beside it"):
        make_party(PEM, Signer(new_key()), "x509_hash", "")
    with pytest.raises(Refused, match=r"does not name `other\.example`, where the portal is"):
        make_party(PEM, SIGNER, "x509_san_dns", "other.example")


def save(path: Path, private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> Path:
    """Write a key that only its owner can read."""
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(pem)
    path.chmod(0o600)
    return path


def test_a_key_is_read_from_its_file(tmp_path: Path) -> None:
    """A key on one of the curves is read; another kind is refused."""
    assert SIGNER.public.jwk() == Signer.load(save(tmp_path / "key", KEY)).public.jwk()
    with pytest.raises(Refused, match="is not a key for ES256"):
        Signer.load(save(tmp_path / "other", Ed25519PrivateKey.generate()))
