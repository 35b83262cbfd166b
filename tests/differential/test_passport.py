"""What we read of a chip's files and of master lists, beside what asn1crypto reads of them."""

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.core import ObjectIdentifier, SetOf
from asn1crypto.x509 import Certificate

from tests.worlds.passports import NOW, Chip, Family, authority, master_list, passport
from writ.people.passport.masterlist import read_master_list
from writ.people.passport.sod import read_sod

FAMILIES = [
    Family("rsa"),
    Family("pss", "sha512"),
    Family("ecdsa", "sha384", "BP-384"),
    Family("ecdsa", explicit=True),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_both_read_the_same_of_a_passport(family: Family) -> None:
    """Content, digest, signer's number, names, span, extensions and key, from the same bytes."""
    shown = passport(authority(family), chip=Chip(family))
    ours = read_sod(shown.sod)
    theirs = ContentInfo.load(shown.sod[4:])["content"]
    [info], [choice] = theirs["signer_infos"], theirs["certificates"]
    certificate = choice.chosen
    assert ours.signed.content == theirs["encap_content_info"]["content"].native
    assert ours.signed.kind == theirs["encap_content_info"]["content_type"].dotted
    assert ours.signed.signer.serial == info["sid"].chosen["serial_number"].native
    signer = ours.signed.signer
    assert signer.serial == certificate.serial_number
    assert signer.country == certificate.subject.native["country_name"]
    assert signer.span == (
        certificate.not_valid_before.timestamp(), certificate.not_valid_after.timestamp(),
    )  # fmt: skip
    assert signer.key_id == certificate.key_identifier
    assert signer.authority_key_id == certificate.authority_key_identifier
    listed = certificate["tbs_certificate"]["extensions"]
    assert {(item["extn_id"].dotted, item["critical"].native) for item in listed} == {
        (name, critical) for name, (critical, _) in signer.extensions.items()
    }
    key = certificate.public_key
    assert signer.key.public.key_size == key.bit_size
    assert signer.signed == certificate["tbs_certificate"].dump()
    algorithm = certificate["signature_algorithm"]["algorithm"]
    assert isinstance(algorithm, ObjectIdentifier)


class _Certificates(SetOf):  # type: ignore[misc]  # asn1crypto's types are skipped
    _child_spec = Certificate


def test_both_read_the_same_authorities() -> None:
    """Every certificate of a list, byte for byte."""
    by = authority(Family("rsa"))
    data = master_list([by, *(authority(family, country="FR") for family in FAMILIES)], by)
    ours = read_master_list(data, {by.pin}, NOW)
    content = ContentInfo.load(data)["content"]["encap_content_info"]["content"].native
    theirs = _Certificates.load(content[content.index(b"\x02\x01\x00") + 3 :])
    assert {item.der for item in ours.authorities} == {item.dump() for item in theirs}
