"""Who asks: the verifier as wallets know it, by the certificate that it was given for this.

1. HAIP asks for `x509_hash`: the client id is the hash of the certificate. `x509_san_dns` names a
   host that stands in the certificate; wallets then want the answer sent to that host.
2. The certificate is not self-signed, and the root is not sent along: wallets have it, or must not
   believe it.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from writ.errors import Refused
from writ.signing.certificates import Certificate, read_pem
from writ.signing.jose import to_base64url
from writ.signing.signer import Signer

Prefix: TypeAlias = Literal["x509_hash", "x509_san_dns"]


@dataclass(frozen=True, slots=True)
class Party:
    """The verifier: its certificates, its own first, its key, and the client id they make."""

    chain: tuple[Certificate, ...] = field(repr=False)
    signer: Signer = field(repr=False)
    client_id: str


def make_party(pem: str, signer: Signer, prefix: Prefix, host: str) -> Party:
    """Put the verifier together; certificates that wallets would refuse are Refused."""
    read = read_pem(pem)
    own, *above = read
    if own.self_signed:
        raise Refused("the wallet certificate is self-signed; have one issued for your verifier")
    if own.key.jwk() != signer.public.jwk():
        raise Refused("the wallet certificate is for another key than the one beside it")
    chain = (own, *(item for item in above if not item.self_signed))  # 2
    if prefix == "x509_hash":
        return Party(chain, signer, f"x509_hash:{to_base64url(own.fingerprint)}")
    if host not in own.dns_names:
        raise Refused(f"the wallet certificate does not name `{host}`, where the portal is")
    return Party(chain, signer, f"x509_san_dns:{host}")
