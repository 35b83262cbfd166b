from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.asn1 import integer, octets, oid, sequence, tlv
from tests.worlds.passports import (
    DAY,
    DIGEST,
    KIND,
    NOW,
    Booklet,
    Chip,
    Family,
    Passport,
    attribute,
    authority,
    certify,
    dg1,
    digest_algorithm,
    digest_of,
    extension,
    passport,
    security_object,
    signer,
)
from writ.errors import Refused
from writ.people.passport.document import Authorities, Document, Files, verify_document
from writ.signing.state_certificate import read_state_certificate

RSA, PSS, EC = Family("rsa"), Family("pss"), Family("ecdsa")
FAMILIES = {
    "RSA, SHA-1": Family("rsa", "sha1"),
    "RSA, SHA-224": Family("rsa", "sha224"),
    "RSA, SHA-256": RSA,
    "RSA, SHA-384": Family("rsa", "sha384"),
    "RSA, SHA-512": Family("rsa", "sha512"),
    "RSA of 1024 bits": Family("rsa", bits=1024),
    "RSA-PSS, SHA-1": Family("pss", "sha1"),
    "RSA-PSS, SHA-256": PSS,
    "RSA-PSS, SHA-384": Family("pss", "sha384"),
    "RSA-PSS, SHA-512": Family("pss", "sha512"),
    "ECDSA, SHA-1": Family("ecdsa", "sha1"),
    "ECDSA, P-192": Family("ecdsa", "sha224", "P-192"),
    "ECDSA, P-224": Family("ecdsa", "sha224", "P-224"),
    "ECDSA, P-256": EC,
    "ECDSA, P-384": Family("ecdsa", "sha384", "P-384"),
    "ECDSA, P-521": Family("ecdsa", "sha512", "P-521"),
    "ECDSA, P-256 by its parameters": Family("ecdsa", explicit=True),
    "ECDSA, P-521 by its parameters": Family("ecdsa", "sha512", "P-521", explicit=True),
    "ECDSA, brainpool 256": Family("ecdsa", "sha256", "BP-256"),
    "ECDSA, brainpool 384": Family("ecdsa", "sha384", "BP-384"),
    "ECDSA, brainpool 512": Family("ecdsa", "sha512", "BP-512"),
    "ECDSA, brainpool 384 by its parameters": Family("ecdsa", "sha384", "BP-384", explicit=True),
    "ECDSA, r and s side by side": Family("plain"),
    "ECDSA, SHA-512 on P-256": Family("ecdsa", "sha512"),
}
WEAK = {"RSA, SHA-1", "RSA-PSS, SHA-1", "ECDSA, SHA-1", "RSA of 1024 bits", "ECDSA, P-192"}
CSCA = authority()
DS = signer(CSCA)
CHALLENGE = bytes(range(8))
CHIP = Chip(EC)
WITH_CHIP, ANSWER = passport(CSCA, chip=CHIP), CHIP.answer(CHALLENGE)


def verify(shown: Passport, answer: bytes | None = None, **how: Any) -> Document:
    """Verify a passport against its own authority."""
    dg15 = shown.chip.dg15 if shown.chip else None
    files = Files(shown.sod, shown.dg1, how.pop("dg15", dg15), answer)
    trusted = [read_state_certificate(item.der) for item in how.pop("trusted", [shown.authority])]
    return verify_document(files, Authorities(trusted), CHALLENGE, how.pop("now", NOW), **how)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_of_algorithms_is_read(name: str) -> None:
    """A passport signed so proves its nationality; what rests on SHA-1 or a short key is weak."""
    shown = passport(authority(FAMILIES[name]), lds=FAMILIES[name].digest)
    found = verify(shown)
    assert ("D", name in WEAK) == (found.zone.nationality, found.weak)
    assert FAMILIES[name].digest == found.signed_with[0].rpartition(" ")[2]
    with pytest.raises(Refused, match="DG1 is not the one that the state signed"):
        verify(replace(shown, dg1=dg1(Booklet("USA").passport())))


def test_the_world_writes_certificates_that_others_read() -> None:
    """What tests are made of is read, and its signatures verified, by another library."""
    for family in (RSA, PSS, EC, Family("ecdsa", "sha384", "BP-384")):
        csca = authority(family)
        read = [x509.load_der_x509_certificate(item.der) for item in (csca, signer(csca))]
        for certificate in read:
            certificate.verify_directly_issued_by(read[0])


@pytest.mark.parametrize("lds", ["sha1", "sha512"])
def test_the_digest_of_the_files_is_its_own(lds: str) -> None:
    """It may differ from that of the signature, and is weak by itself."""
    assert ("sha1" == lds) == verify(passport(CSCA, lds=lds)).weak


def test_authority_and_signer_may_sign_differently() -> None:
    """An authority with RSA-PSS stands above a signer on a curve; both algorithms are named."""
    csca = authority(Family("pss", "sha512"))
    found = verify(passport(csca, ds=signer(csca, EC)))
    assert ("ECDSA with sha256", "RSA-PSS with sha512") == found.signed_with


@pytest.mark.parametrize(
    "family",
    [Family("rsa", digest) for digest in ("sha1", "sha224", "sha256", "sha384", "sha512")]
    + [Family("ecdsa", digest) for digest in ("sha1", "sha256")]
    + [Family("ecdsa", "sha384", "BP-384", explicit=True)],
)
def test_a_chip_that_answers_was_there(family: Family) -> None:
    """Its key is one of the files that the state signed, and the answer is to our challenge."""
    chip = Chip(family)
    shown = passport(CSCA, chip=chip)
    assert verify(shown, chip.answer(CHALLENGE)).present
    assert not verify(shown).present
    with pytest.raises(Refused, match="is not to this challenge"):
        verify(shown, chip.answer(bytes(8)))


def test_a_chip_that_answers_wrongly_is_refused() -> None:
    """Another head, trailer, length or key, no key at all, a key that nobody signed."""
    chip = Chip(RSA)
    shown = passport(CSCA, chip=chip)
    right = chip.answer(CHALLENGE)
    wrong = [
        chip.answer(CHALLENGE, head=0x4A),
        chip.answer(CHALLENGE, tail=b"\x39\xcc"),
        chip.answer(CHALLENGE, tail=b"\x34\xcd"),
        right[1:],
        b"\xff" * len(right),
        Chip(RSA, 6).answer(CHALLENGE),
    ]
    for answer in wrong:
        with pytest.raises(Refused, match="the chip's answer is not to this challenge"):
            verify(shown, answer)
    with pytest.raises(Refused, match="came without DG15"):
        verify(shown, right, dg15=None)
    with pytest.raises(Refused, match="DG15 is not the one that the state signed"):
        verify(shown, right, dg15=Chip(RSA, 6).dg15)
    with pytest.raises(Refused, match="says nothing of DG15"):
        verify(passport(CSCA), right, dg15=chip.dg15)
    other = passport(CSCA, content=security_object({1: shown.dg1, 15: shown.dg1}))
    with pytest.raises(Refused, match="DG15 is another file"):
        verify(other, right, dg15=other.dg1)


def test_who_issued_it_is_who_signed_it() -> None:
    """The other authorities on the list sign for their own states, and an unknown one for nobody."""
    french = authority(number=3, country="FR")
    with pytest.raises(Refused, match="by another state than the one that it names"):
        verify(passport(french))
    with pytest.raises(Refused, match="by no authority on the master list; import a newer list"):
        verify(passport(CSCA), trusted=[french, authority(number=4)])
    foreign = signer(CSCA, country="FR")
    with pytest.raises(Refused, match="of another country than its issuer's"):
        verify(passport(CSCA, ds=foreign))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"until": NOW - DAY}, "a certificate of the state has expired"),
        ({"since": NOW + DAY}, "not valid yet; check the clock"),
        ({"usage": 0x06}, "is not for signatures"),
        ({"authority": True, "usage": 0x80}, "an authority's, and so signs no documents"),
        ({"purpose": "2.23.136.1.1.3"}, "for signing something else"),
        ({"more": [extension("1.2.3", b"\x05\x00", critical=True)]}, "critical extension 1.2.3,"),
        ({"inner": Family("ecdsa", "sha1").algorithm()}, "says twice how it is signed"),
        ({"more": [extension("2.5.29.14", octets(b"1"))]}, "is not in its form"),
    ],
)
def test_a_signer_that_may_not_is_refused(how: dict[str, Any], message: str) -> None:
    """Expired, not yet valid, for something else, not understood: the document proves nothing."""
    with pytest.raises(Refused, match=message):
        verify(passport(CSCA, ds=signer(CSCA, **how)))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"until": NOW - DAY}, "a certificate of the state has expired"),
        ({"usage": 0x80}, "may not sign certificates"),
        ({"authority": False, "usage": 0x06}, "may not sign certificates"),
        ({"flags": sequence()}, "may not sign certificates"),
        ({"more": [extension("1.2.3", b"\x05\x00", critical=True)]}, "critical extension 1.2.3,"),
    ],
)
def test_an_authority_that_may_not_is_refused(how: dict[str, Any], message: str) -> None:
    """What stands on a list is judged each time; another one under the same key helps out."""
    bad = authority(**how)
    with pytest.raises(Refused, match=message):
        verify(passport(bad))
    assert "D" == verify(passport(bad), trusted=[bad, CSCA]).zone.nationality


def test_names_are_spelt_in_many_ways() -> None:
    """The issuer is found by a name in other letters, or by its key's id alone."""
    spelt = signer(CSCA, issuer_text=0x0C, issuer_common="  csca ", key_ids=False)
    other = signer(CSCA, issuer_common="the ministry")
    assert "D" == verify(passport(CSCA, ds=spelt)).zone.nationality
    assert "D" == verify(passport(CSCA, ds=other)).zone.nationality
    with pytest.raises(Refused, match="by no authority on the master list"):
        verify(passport(CSCA, ds=signer(CSCA, issuer_common="the ministry", key_ids=False)))


def test_old_and_odd_certificates_are_read() -> None:
    """With unique ids before its extensions, and with an extension that is no DER and not critical."""
    ids = tlv(0x81, b"\0\1") + tlv(0x82, b"\0\2")
    odd = [extension("2.16.840.1.113730.1.13", b"a comment")]
    assert "D" == verify(passport(CSCA, ds=signer(CSCA, unique=ids, more=odd))).zone.nationality
    with pytest.raises(Refused, match="not in its form"):
        verify(passport(CSCA, ds=signer(CSCA, unique=tlv(0x83, b"\0"))))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_is_changed_proves_nothing_new(data: st.DataObject) -> None:
    """Bytes changed, taken away or added anywhere refuse, or leave what is proved as it was."""
    shown = WITH_CHIP
    files = {"sod": shown.sod, "dg1": shown.dg1, "dg15": CHIP.dg15, "answer": ANSWER}
    name = data.draw(st.sampled_from(["sod", "sod", "sod", *files]))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    taken, put = data.draw(st.integers(0, 3)), data.draw(st.binary(max_size=3))
    files[name] = files[name][:at] + put + files[name][at + taken :]
    trusted = Authorities([read_state_certificate(CSCA.der)])
    try:
        found = verify_document(Files(**files), trusted, CHALLENGE, NOW)
    except Refused:
        return
    assert ("D", "C01X00T47", True) == (found.zone.nationality, found.zone.number, found.present)


def test_a_document_counts_to_the_end_of_its_last_day() -> None:
    """On that day it is good, and not one second after."""
    shown = passport(CSCA, Booklet(last_day="260921"))
    end = NOW - NOW % DAY + DAY
    assert end == verify(shown, now=end - 1).zone.ends
    with pytest.raises(Refused, match="the document has expired"):
        verify(shown, now=end)


def test_a_specimen_is_for_tests() -> None:
    """UTO is refused, and verifies where somebody asks for specimens."""
    utopia = authority(country="UT")
    shown = passport(utopia, Booklet("UTO", "UTO"))
    with pytest.raises(Refused, match="a specimen; show your own"):
        verify(shown)
    assert "UTO" == verify(shown, specimens=True).zone.issuer
    german = passport(CSCA, Booklet("UTO", "UTO"))
    with pytest.raises(Refused, match="by another state"):
        verify(german, specimens=True)


def test_what_the_signer_signed_is_looked_at() -> None:
    """The kind and the digest of the content, each once, with one value."""
    content = security_object({1: passport(CSCA).dg1})
    kind = attribute(KIND, oid("2.23.136.1.1.1"))
    digest = attribute(DIGEST, digest_of(content))
    for attributes, message in (
        ([digest], "not in its form"),
        ([kind], "not in its form"),
        ([kind, kind, digest], "not in its form"),
        ([attribute(KIND, oid("2.23.136.1.1.1"), oid("1.2.3")), digest], "not in its form"),
        ([attribute(KIND, oid("1.2.3")), digest], "not in its form"),
        ([kind, attribute(DIGEST, octets(bytes(32)))], "was changed after it was signed"),
    ):
        with pytest.raises(Refused, match=message):
            verify(passport(CSCA, content=content, attributes=attributes))
    more = [kind, digest, attribute("1.2.3", integer(1), integer(2))]
    assert "D" == verify(passport(CSCA, content=content, attributes=more)).zone.nationality


def test_what_is_no_signature_of_a_document_is_refused() -> None:
    """Another kind of data, several signers or none, no certificate, another's, another algorithm."""
    stranger = signer(CSCA, number=8, serial=99)
    imposter = replace(DS, key=stranger.key)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"outer": "1.2.840.113549.1.7.1"}, "is not signed data"),
        ({"told_kind": "1.2.3"}, "signed data of another kind"),
        ({"signers": 2}, "not in its form"),
        ({"signers": 0}, "not in its form"),
        ({"certificates": []}, "has no certificate in it"),
        ({"certificates": [DS.der] * 11}, "or more than 10"),
        ({"certificates": [stranger.der]}, "signed by a certificate that is not in it"),
        ({"certificates": [DS.der, DS.der]}, "signed by a certificate that is not in it"),
        ({"named": tlv(0x80, b"1234")}, "signed by a certificate that is not in it"),
        ({"algorithm": sequence(oid("1.2.840.113549.1.1.4"))}, "signed by 1.2.840.113549.1.1.4,"),
        ({"algorithm": RSA.algorithm()}, "is not by the key that it names"),
        ({"ds": imposter}, "is not by the key that it names"),
    ]
    for how, message in wrong:
        with pytest.raises(Refused, match=message):
            verify(passport(CSCA, **{"ds": DS, **how}))
    named = passport(CSCA, ds=DS, named=tlv(0x80, DS.key_id))
    bare = passport(CSCA, ds=DS, algorithm=sequence(oid("1.2.840.10045.2.1")))
    assert "D" == verify(named).zone.nationality
    assert "D" == verify(bare).zone.nationality


def test_the_digests_are_in_their_form() -> None:
    """Each group once and one that there is; by a digest that is accepted; DG1 among them."""
    zone = passport(CSCA).dg1
    md5 = sequence(oid("1.2.840.113549.2.5"))
    listed = sequence(sequence(integer(1), octets(bytes(16))))
    for how, message in (
        ({"twice": True}, "names a data group twice"),
        ({"content": security_object({1: zone, 17: b""})}, "or one that there is not"),
        ({"content": security_object({2: b""})}, "EF.SOD says nothing of DG1"),
        ({"content": sequence(integer(0), md5, listed)}, "a digest by 1.2.840.113549.2.5,"),
        ({"content": sequence(integer(0), digest_algorithm("sha256"))}, "not in its form"),
    ):
        with pytest.raises(Refused, match=message):
            verify(passport(CSCA, ds=DS, **how))


def test_other_files_and_oversized_ones_are_refused() -> None:
    """A file that is another one says so; one that is larger, deeper or longer than any is not read."""
    shown = passport(CSCA)
    deep = b""
    for _ in range(30):
        deep = sequence(deep)
    for sod, message in (
        (shown.dg1, "EF.SOD is another file of the chip; send EF.SOD"),
        (shown.sod[:-1], "EF.SOD is not DER"),
        (shown.sod + b"\0", "EF.SOD is followed by something else"),
        (tlv(0x77, octets(bytes(33 * 1024))), "EF.SOD is larger than 32768 bytes"),
        (tlv(0x77, deep), "nested too deep, or has too many values"),
        (tlv(0x77, sequence(*[b"\5\0"] * 2001)), "nested too deep, or has too many values"),
        (tlv(0x77, sequence(), sequence()), "not in its form"),
    ):
        with pytest.raises(Refused, match=message):
            verify(replace(shown, sod=sod))
    large = certify(EC, EC.key(1), CSCA, more=[extension("1.2.3", octets(bytes(17_000)))])
    with pytest.raises(Refused, match="a certificate of the state is larger than 16384 bytes"):
        verify(passport(CSCA, ds=large))


def test_a_refusal_quotes_nothing_of_the_document() -> None:
    """Number, birth and name are in no text of an error, nor in what is printed of an object."""
    shown = passport(CSCA, Booklet(nationality="QQQ", last_day="200101"))
    found = repr(verify(passport(CSCA)))
    told = found + repr(Files(shown.sod, shown.dg1))
    with pytest.raises(Refused) as refused:
        verify(shown)
    for secret in ("C01X00T47", "830412", "MUSTERMANN"):
        assert secret not in told + str(refused.value)
