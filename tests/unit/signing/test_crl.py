from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.worlds.asn1 import bits, integer, name, oid, sequence, utc
from tests.worlds.issuers import DAY, NOW, certify, crl, new_key, root
from writ.errors import Refused
from writ.signing.certificates import Certificate, read_certificate
from writ.signing.crl import CertificateCrl, read_crl

HERE, THERE = "https://crl.example/1", "https://crl.example/2"


def point(*uris: str) -> x509.CRLDistributionPoints:
    """Say where lists are."""
    names = [x509.UniformResourceIdentifier(uri) for uri in uris]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])


def part(*uris: str, **of: Any) -> list[tuple[x509.ExtensionType, bool]]:
    """Say of which certificates a list speaks."""
    none: dict[str, Any] = dict.fromkeys(
        (
            "only_contains_user_certs",
            "only_contains_ca_certs",
            "indirect_crl",
            "only_contains_attribute_certs",
        ),
        False,
    )
    names = [x509.UniformResourceIdentifier(uri) for uri in uris] or None
    whole = {"full_name": names, "relative_name": None, "only_some_reasons": None, **none, **of}
    return [(x509.IssuingDistributionPoint(**whole), True)]


ROOT = root()
MIDDLE = ROOT.issue("middle", number=2, authority=True)
ANA = ROOT.issue("ana", number=3, more=[(point(HERE), False)])
BEN = ROOT.issue("ben", number=4)


def spoken_of(listed: CertificateCrl) -> list[str]:
    """Say of whom a list speaks."""
    everybody = {"ana": ANA, "ben": BEN, "middle": MIDDLE}
    return [name for name, who in everybody.items() if listed.speaks_of(who.certificate.issued_as)]


def test_a_list_names_whom_its_issuer_revoked() -> None:
    """In DER or in PEM; others it does not name, and those of other issuers it does not speak of."""
    made = crl(ROOT, ANA)
    pem = x509.load_der_x509_crl(made).public_bytes(serialization.Encoding.PEM)
    other = root("other", number=9).issue("ana", number=3).certificate.issued_as
    for data in (made, pem):
        read = read_crl(data)
        assert (NOW - DAY, NOW + 7 * DAY) == (read.made, read.until)
        assert (True, False) == (
            read.names(ANA.certificate.issued_as),
            read.names(BEN.certificate.issued_as),
        )
        assert (["ana", "ben", "middle"], False) == (spoken_of(read), read.speaks_of(other))


def rsa_root() -> Certificate:
    """Make an authority that is called as the root is, with a key of another kind."""
    public: Any = rsa.generate_private_key(65537, 2048).public_key()
    return read_certificate(certify("root", public, ROOT, authority=True))


def test_a_list_is_by_whoever_signed_it() -> None:
    """The issuer of that name, with that key, that may; asked twice it is proved once."""
    listed = read_crl(crl(ROOT, ANA))
    assert [True, True] == [listed.by(ROOT.certificate) for _ in range(2)]
    plain = read_certificate(certify("root", new_key().public_key(), new_key(), usage=False))
    others = [root(number=9), root("another"), root(usage=False)]
    for other in [*(item.certificate for item in others), plain, rsa_root()]:
        assert not listed.by(other)


@pytest.mark.parametrize(
    ("more", "of"),
    [
        (part(only_contains_user_certs=True), ["ana", "ben"]),
        (part(only_contains_ca_certs=True), ["middle"]),
        (part(HERE), ["ana"]),
        (part(HERE, only_contains_ca_certs=True), []),
        (part(THERE), []),
        ([(x509.CRLNumber(3), False)], ["ana", "ben", "middle"]),
    ],
)
def test_a_part_speaks_of_its_own(
    more: list[tuple[x509.ExtensionType, bool]], of: list[str]
) -> None:
    """Of authorities, of others, or of those that name its address."""
    assert of == spoken_of(read_crl(crl(ROOT, more=more)))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"more": part(indirect_crl=True)}, "speaks for other issuers, or of some reasons only"),
        ({"more": part(only_contains_attribute_certs=True)}, "speaks for other issuers"),
        (
            {"more": part(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise]))},
            "of some reasons only",
        ),
        ({"more": [(x509.DeltaCRLIndicator(3), True)]}, "critical extension 2.5.29.27, not known"),
        ({"more": [(x509.DeltaCRLIndicator(3), False)]}, "critical extension 2.5.29.27, not known"),
        ({"digest": hashes.SHA224()}, "is signed over sha224, which is not accepted"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(how: dict[str, Any], message: str) -> None:
    """What speaks for others, of some reasons, of what changed, or over a short digest."""
    with pytest.raises(Refused, match=message):
        read_crl(crl(ROOT, ANA, **how))


def test_what_is_no_list_is_refused() -> None:
    """Other bytes, too many of them, a list that never ends."""
    with pytest.raises(Refused, match="cannot be read"):
        read_crl(b"0")
    with pytest.raises(Refused, match="is larger than 33554432 bytes"):
        read_crl(bytes(32 * 1024 * 1024 + 1))
    ecdsa = sequence(oid("1.2.840.10045.4.3.2"))
    endless = sequence(integer(1), ecdsa, name("DE", "root"), utc(NOW))
    with pytest.raises(Refused, match="does not say when the next one comes"):
        read_crl(sequence(endless, ecdsa, bits(bytes(8))))
