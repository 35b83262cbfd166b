from collections.abc import Callable, Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.worlds.issuers import DAY, MDL_SIGNER, NOW, Authority, certify, new_key, root
from writ.errors import Refused
from writ.signing.certificates import Certificate, check_chain, read_certificate, read_pem

ANY = frozenset({""})
ROOT = root()
MIDDLE = ROOT.issue("middle", number=2, authority=True)
SIGNER = ROOT.issue("signer", number=3, dns=["pid.example"])
DEEP = MIDDLE.issue("deep", number=4)


def check(
    signer: Authority, anchors: Sequence[Authority] = (ROOT,), purposes: frozenset[str] = ANY
) -> Certificate:
    """Check a signer's chain as a verifier does."""
    chain = [read_certificate(item) for item in signer.chain]
    return check_chain(chain, [item.certificate for item in anchors], purposes, NOW)


def test_a_chain_ends_at_its_anchor() -> None:
    """A signer is trusted through its root, through an authority between, and by itself."""
    other = root("other", number=9)
    found = [check(SIGNER, [other, ROOT]), check(DEEP), check(SIGNER, [SIGNER])]
    assert [ROOT.certificate, ROOT.certificate, SIGNER.certificate] == found


def test_a_certificate_tells_whom_it_is_for() -> None:
    """Country and DNS names are read; where there is none, there is none."""
    bare = ROOT.issue("bare", country="").certificate
    told = SIGNER.certificate
    assert ("DE", ("pid.example",)) == (told.country, told.dns_names)
    assert ("", ()) == (bare.country, bare.dns_names)
    assert told.fingerprint != bare.fingerprint


def test_a_purpose_is_wanted_where_it_is_asked_for() -> None:
    """Who signs an mDL has a certificate for that; one for something else is for nothing here."""
    for_mdl = ROOT.issue("ds", purposes=[MDL_SIGNER])
    assert ROOT.certificate == check(for_mdl, purposes=frozenset({MDL_SIGNER, ""}))
    for signer, purposes in ((SIGNER, {MDL_SIGNER}), (for_mdl, {""})):
        with pytest.raises(Refused, match="is not for signing such a credential"):
            check(signer, purposes=frozenset(purposes))


ODD = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: ROOT.issue("late", until=NOW - 1), "has expired; have the credential renewed"),
        (lambda: ROOT.issue("early", since=NOW + 1), "is not valid yet"),
        (lambda: ROOT.issue("odd", more=[(ODD, True)]), "critical extension 1.2.3.4, not known"),
        (lambda: ROOT.issue("ca", authority=True), "is an authority's, and so signs no"),
        (lambda: ROOT.issue("usage", usage=False), "not for signatures"),
        (lambda: SIGNER.issue("under"), "may not sign certificates"),
        (lambda: ROOT.issue("m", authority=True, usage=False).issue("x"), "may not sign certific"),
        (lambda: root("new", number=8).issue("signer"), "is on no trust list here; ask"),
        (lambda: root().issue("signer", digest=hashes.SHA224()), "signed over sha224"),
    ],
)
def test_other_certificates_are_refused(make: Callable[[], Authority], why: str) -> None:
    """Each way in which a certificate is not one to trust is told."""
    with pytest.raises(Refused, match=why):
        check(make())


def test_anchors_are_held_to_the_same() -> None:
    """An anchor that expired, or that is no authority, vouches for nobody."""
    old = root("old", until=NOW - 1)
    with pytest.raises(Refused, match="has expired"):
        check(old.issue("signer"), [old])
    signer = ROOT.issue("listed", number=5)
    with pytest.raises(Refused, match="may not sign certificates"):
        check(Authority(signer.issue("below", number=6).certificate, new_key()), [signer])


def test_an_authority_is_as_far_above_as_it_may() -> None:
    """A root that allows nothing between refuses what has something between."""
    short = root("short", length=0)
    between = short.issue("between", number=2, authority=True)
    assert short.certificate == check(short.issue("near"), [short])
    with pytest.raises(Refused, match="further above the signer's than it may"):
        check(between.issue("far"), [short])


def test_a_chain_without_its_middle_is_refused() -> None:
    """Certificates that do not follow each other are no chain."""
    gap = Authority(DEEP.certificate, DEEP.key, (SIGNER.certificate,))
    with pytest.raises(Refused, match="is not issued by the next of its chain"):
        check(gap)


def test_a_name_alone_does_not_issue() -> None:
    """An authority of the same name with another key did not sign it."""
    with pytest.raises(Refused, match="is on no trust list here"):
        check(SIGNER, [root(number=7)])


def test_keys_of_other_kinds_sign_no_credentials() -> None:
    """A key that is not on one of the curves is refused where it is needed."""
    public = rsa.generate_private_key(65537, 2048).public_key()
    made = certify("rsa", public, ROOT)  # type: ignore[arg-type]  # another kind is the point
    with pytest.raises(Refused, match="the key of a certificate is no key for ES256"):
        _ = read_certificate(made).key


def test_what_is_no_certificate_is_refused() -> None:
    """Bytes, size and PEM are looked at before anything is believed."""
    with pytest.raises(Refused, match="cannot be read"):
        read_certificate(b"\x30\x03\x02\x01\x01")
    with pytest.raises(Refused, match="larger than"):
        read_certificate(bytes(10_000))
    with pytest.raises(Refused, match="no certificate in PEM"):
        read_pem("nothing")
    assert (ROOT.certificate, SIGNER.certificate) == read_pem(ROOT.pem + SIGNER.pem)


def test_a_span_is_told_in_seconds() -> None:
    """What a credential says of itself is held against its signer's span."""
    assert (NOW - 30 * DAY, NOW + 300 * DAY) == SIGNER.certificate.span
