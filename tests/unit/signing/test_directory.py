from typing import Any

import pytest
from cryptography import x509

from tests.worlds.asn1 import integer, oid, sequence, set_of
from tests.worlds.client_certificates import BIRTH, CITIZENSHIP, RESIDENCE, directory
from tests.worlds.issuers import root
from writ.errors import Refused
from writ.signing.certificates import read_certificate
from writ.signing.directory import Told, read_directory

ROOT = root()


def told(extension: x509.ExtensionType | None) -> Told:
    """Read what a certificate with an extension says."""
    more: list[Any] = [] if extension is None else [(extension, False)]
    return read_directory(read_certificate(ROOT.issue("somebody", more=more).certificate.der))


def test_countries_are_read_and_nothing_else() -> None:
    """Several citizenships, a residence; a birthday is passed over; nothing said is nothing."""
    both = directory((BIRTH, ("19830412",)), (CITIZENSHIP, ("US", "DE")), (RESIDENCE, ("FR",)))
    assert Told(("DE", "US"), ("FR",)) == told(both)
    assert Told((), ()) == told(None) == told(directory((BIRTH, ("19830412",))))


@pytest.mark.parametrize(
    "extension",
    [
        directory((CITIZENSHIP, ("USA",))),
        directory((CITIZENSHIP, ("US",)), (CITIZENSHIP, ("DE",))),
        directory((CITIZENSHIP, ("US",)), tag=0x0C),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.9"), integer(1)),
        x509.UnrecognizedExtension(
            x509.ObjectIdentifier("2.5.29.9"),
            sequence(sequence(oid(CITIZENSHIP), set_of(), set_of())),
        ),
    ],
)
def test_what_is_not_in_its_form_is_refused(extension: x509.ExtensionType) -> None:
    """Three letters, an attribute twice, another kind of text, no sequence, more than values."""
    with pytest.raises(Refused, match="is not in its form"):
        told(extension)
