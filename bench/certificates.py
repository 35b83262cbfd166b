"""Client certificates proved a second: `./dev bench certificates [--json] [--quick]`.

1. A certificate and the one above it, under a root: judged as the method judges them, beside
   `cryptography`'s own verifier for clients over the same three (RFC 5280).
2. The whole method, from the bytes that a browser's proxy hands on to the finding; and again where a
   list of 1,000 revoked certificates is asked. Beside the same verifier, which reads no directory
   attributes and no lists, and beside 100,000 in an hour.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import BasicConstraints, load_der_x509_certificate
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

from tests.worlds.client_certificates import CLIENT, citizen, issuers_file
from tests.worlds.issuers import NOW, crl, root
from tests.worlds.wallet import Standing, session
from writ.people.clientcert.issuers import Issuer, find_issuer, read_issuers
from writ.people.clientcert.method import ClientCertificate
from writ.people.credentials.revocation import NO_CRLS, open_crls
from writ.people.methods import Arrival, Finding
from writ.signing.certificates import read_certificate

ROOT = root()
MIDDLE = ROOT.issue("middle", number=2, authority=True)
ANA = MIDDLE.issue("ana", number=3, purposes=[CLIENT], more=citizen("US"))
LISTED = 1000
SURGE = 100_000 / 3600
"""Visitors a second."""


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second."""
    work()
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        work()
        done += 1
    return done / spent


def theirs() -> Callable[[], object]:
    """The other's verifier, reading the bytes and judging them."""
    anyhow = ExtensionPolicy.permit_all()
    authority = anyhow.require_present(BasicConstraints, Criticality.AGNOSTIC, None)
    made = (
        PolicyBuilder().store(Store([ROOT.certificate.read])).time(datetime.fromtimestamp(NOW, UTC))
    )
    verifier = made.extension_policies(
        ca_policy=authority, ee_policy=anyhow
    ).build_client_verifier()

    def work() -> object:
        own, *above = (load_der_x509_certificate(der) for der in ANA.chain)
        return verifier.verify(own, above)

    return work


def issuers(folder: Path | None = None) -> Sequence[Issuer]:
    """Whose certificates count, with a folder of lists or without."""
    span = {
        "from": datetime.fromtimestamp(NOW - 9, UTC),
        "until": datetime.fromtimestamp(NOW + 9, UTC),
    }
    return read_issuers(
        issuers_file(ROOT, **span), "issuers", NO_CRLS if folder is None else open_crls(folder)
    )


def judged() -> Callable[[], object]:
    """The chain alone, as we judge it."""
    listed = issuers()
    return lambda: find_issuer(listed, [read_certificate(der) for der in ANA.chain], NOW)


def method(folder: Path | None = None) -> Callable[[], object]:
    """The whole method."""
    made = ClientCertificate(
        issuers(folder), ("https://c.example", "https://v.example"), Standing(), lambda: NOW
    )
    shown = Arrival("certificate", browser=True, certificates=tuple(ANA.chain))
    loop = asyncio.new_event_loop()

    def work() -> object:
        found = loop.run_until_complete(made.hear(session(), shown))
        assert isinstance(found, Finding)
        return found

    return work


def measure(seconds: float) -> list[dict[str, object]]:
    """Take every measure once."""
    peer = rate(theirs(), seconds)
    revoked = [MIDDLE.issue(f"r{number}", number=3) for number in range(LISTED)]
    with tempfile.TemporaryDirectory() as name:
        for by, gone in ((MIDDLE, revoked), (ROOT, [])):
            (Path(name) / f"{by.certificate.read.serial_number}.crl").write_bytes(crl(by, *gone))
        rates = {
            "chain": rate(judged(), seconds),
            "method": rate(method(), seconds),
            "method, lists": rate(method(Path(name)), seconds),
        }
    return [
        {
            "work": work,
            "a_second": round(found),
            "of_cryptography": round(found / peer, 2),
            "of_a_surge": round(found / SURGE, 1),
        }
        for work, found in rates.items()
    ]


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="a fifth of a second each")
    given = parser.parse_args()
    found = measure(0.2 if given.quick else 3.0)
    if given.json:
        print(json.dumps(found))
        return
    for row in found:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
