"""The method `certificate` from the file that `writ.toml` names."""

from writ.clock import Clock
from writ.errors import Failed
from writ.model.listeners import Certificates
from writ.people.clientcert.issuers import Issuer, read_issuers
from writ.people.clientcert.method import ClientCertificate
from writ.people.credentials.revocation import open_crls


def open_certificates(files: Certificates, address: str, clock: Clock) -> ClientCertificate:
    """Put the method together; `address` is where the portal is found."""
    return ClientCertificate(open_issuers(files), (files.address, address), clock)


def open_issuers(files: Certificates) -> tuple[Issuer, ...]:
    """Read whose certificates count."""
    try:
        data = files.issuers.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{files.issuers}`: {error.strerror}") from None
    return read_issuers(data, str(files.issuers), open_crls(files.crls))
