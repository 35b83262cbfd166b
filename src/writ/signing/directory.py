"""What a certificate says of its holder (subjectDirectoryAttributes, RFC 5280 4.2.1.8, RFC 3739 3.2.2).

1. Countries of citizenship and of residence are codes of two letters; each attribute stands once, and
   may have several values.
2. Whatever else is said there (birth, gender) is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from writ.errors import Refused
from writ.signing.certificates import Certificate
from writ.signing.der import OID, SET, read_der

_CITIZENSHIP, _RESIDENCE = "1.3.6.1.5.5.7.9.4", "1.3.6.1.5.5.7.9.5"
_PRINTABLE = 0x13
_CODE = 2
_WHAT = "what the certificate says of its holder"


@dataclass(frozen=True, slots=True)
class Told:
    """The countries that a certificate names."""

    citizenships: tuple[str, ...]
    residence: tuple[str, ...]


def read_directory(certificate: Certificate) -> Told:
    """Read the countries; a certificate that says nothing of the kind names none."""
    oid = ExtensionOID.SUBJECT_DIRECTORY_ATTRIBUTES
    try:
        extension = certificate.read.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return Told((), ())
    found = _attributes(extension.public_bytes())
    return Told(found.get(_CITIZENSHIP, ()), found.get(_RESIDENCE, ()))


def _attributes(data: bytes) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in read_der(data, _WHAT).fields().rest():
        fields = item.fields()
        name, values = fields.take(OID).oid(), fields.take(SET).parts
        fields.end()
        if name not in {_CITIZENSHIP, _RESIDENCE}:
            continue
        codes = tuple(value.need(_PRINTABLE).text() for value in values)
        if name in found or not all(len(code) == _CODE for code in codes):
            raise Refused(f"{_WHAT} is not in its form; ask its issuer for another")
        found[name] = codes
    return found
