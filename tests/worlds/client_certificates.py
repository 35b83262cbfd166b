"""A small world of client certificates that name citizenships, and a proxy that hands them on."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from tests.worlds.asn1 import oid, sequence, set_of, tlv
from tests.worlds.issuers import Authority, trust_file

CITIZENSHIP, RESIDENCE, BIRTH = "1.3.6.1.5.5.7.9.4", "1.3.6.1.5.5.7.9.5", "1.3.6.1.5.5.7.9.1"
CLIENT = "1.3.6.1.5.5.7.3.2"


def directory(*told: tuple[str, tuple[str, ...]], tag: int = 0x13) -> x509.UnrecognizedExtension:
    """Write what a certificate says of its holder."""
    value = sequence(
        *(
            sequence(oid(kind), set_of(*(tlv(tag, item.encode()) for item in values)))
            for kind, values in told
        )
    )
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.9"), value)


def citizen(*countries: str, of: str = CITIZENSHIP) -> list[tuple[x509.ExtensionType, bool]]:
    """Name countries of citizenship, and a birthday that nobody asks for."""
    return [(directory((of, countries), (BIRTH, ("19830412",))), False)]


def hand_on(*chain: bytes) -> dict[str, str]:
    """Hand a browser's certificates on as RFC 9440 says."""
    own, *above = (f":{base64.b64encode(item).decode()}:" for item in chain)
    return {"client-cert": own} | ({"client-cert-chain": ", ".join(above)} if above else {})


def issuers_file(root: Authority, **changes: Any) -> bytes:
    """Write whose certificates count."""
    today = datetime.now(UTC)
    row = {
        "name": "Navy of the United States",
        "certificates": root.pem,
        "from": today - timedelta(days=1),
        "until": today + timedelta(days=200),
        "assurance": 2,
        "scheme": "fpki",
        "level": "common-hardware",
        **changes,
    }
    return trust_file({"country": None, "types": None, **row})
