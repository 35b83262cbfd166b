"""Passports verified a second: `./dev bench passport [--json] [--quick]`.

1. For each family of algorithms: a passport proved from its files to the authority on the list,
   beside the two signatures in it verified by `cryptography` alone, with keys that were read before.
   The ratio is what reading and judging everything costs on top.
2. A chip that answers, in RSA and on a curve, and a master list of two hundred authorities.
3. Counted is processor time, on one core: others may be using the machine.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.worlds.passports import (
    DIGESTS,
    NOW,
    Chip,
    Family,
    Passport,
    authority,
    master_list,
    passport,
)
from writ.people.passport.document import Authorities, Files, verify_document
from writ.people.passport.masterlist import read_master_list
from writ.signing.state_certificate import read_state_certificate

FAMILIES = {
    "RSA 2048, SHA-256": Family("rsa"),
    "RSA 4096, SHA-256": Family("rsa", bits=4096),
    "RSA-PSS 2048, SHA-256": Family("pss"),
    "P-256, SHA-256": Family("ecdsa"),
    "P-384, SHA-384": Family("ecdsa", "sha384", "P-384"),
    "P-521, SHA-512": Family("ecdsa", "sha512", "P-521"),
    "brainpool 256, by parameters": Family("ecdsa", "sha256", "BP-256", explicit=True),
    "brainpool 384, by parameters": Family("ecdsa", "sha384", "BP-384", explicit=True),
    "brainpool 512, by parameters": Family("ecdsa", "sha512", "BP-512", explicit=True),
}
CHALLENGE = bytes(8)
MESSAGE = b"as long as the attributes that are signed" * 2


@dataclass(frozen=True)
class Row:
    """One measure; `alone` is what its arithmetic takes by itself."""

    what: str
    per_second: float
    alone: float | None

    def plain(self) -> dict[str, object]:
        """Write it."""
        share = None if self.alone is None else self.per_second / self.alone
        return {
            "what": self.what,
            "per_second": self.per_second,
            "alone": self.alone,
            "share": share,
        }


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often a second of processor time some work is done, over at least so many."""
    work()
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        work()
        count += 1
    return count / spent


def proved(shown: Passport, trusted: Authorities, answer: bytes | None = None) -> None:
    """Prove a passport."""
    dg15 = shown.chip.dg15 if shown.chip and answer else None
    files = Files(shown.sod, shown.dg1, dg15, answer)
    found = verify_document(files, trusted, CHALLENGE, NOW)
    assert found.present == (answer is not None)


def signatures(family: Family, key: Any, signature: bytes) -> None:
    """Verify two signatures, as a passport has them."""
    hashed = DIGESTS[family.digest][1]
    for _ in range(2):
        match key:
            case rsa.RSAPublicKey() if family.kind == "pss":
                pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
                key.verify(signature, MESSAGE, pss, hashed)
            case rsa.RSAPublicKey():
                key.verify(signature, MESSAGE, padding.PKCS1v15(), hashed)
            case _:
                key.verify(signature, MESSAGE, ec.ECDSA(hashed))


def measure(seconds: float) -> list[Row]:
    """Take every measure once."""
    rows: list[Row] = []
    for name, family in FAMILIES.items():
        by = authority(family)
        shown, trusted = passport(by), Authorities([read_state_certificate(by.der)])
        private = family.key()
        signature = family.sign(private, MESSAGE)
        alone = rate(partial(signatures, family, private.public_key(), signature), seconds)
        rows.append(Row(name, rate(partial(proved, shown, trusted), seconds), alone))
    csca = authority()
    trusted = Authorities([read_state_certificate(csca.der)])
    for name, family in (("RSA 2048", Family("rsa")), ("P-256", Family("ecdsa"))):
        chip = Chip(family)
        shown = passport(csca, chip=chip)
        answer = chip.answer(CHALLENGE)
        rows.append(
            Row(
                f"P-256 and a chip of {name}",
                rate(partial(proved, shown, trusted, answer), seconds),
                None,
            )
        )
    listed = [authority(number=number, serial=number) for number in range(200)]
    data = master_list(listed, csca)
    read = partial(read_master_list, data, {csca.pin}, NOW)
    rows.append(Row("a list of 200 authorities", rate(read, seconds), None))
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="a tenth of a second each")
    options = parser.parse_args()
    rows = measure(0.1 if options.quick else 2.0)
    if options.json:
        json.dump({"rows": [row.plain() for row in rows]}, sys.stdout, indent=2)
        return
    print(f"{'what':34} {'a second':>10} {'signatures alone':>18} {'share':>7}")
    for row in rows:
        alone = "" if row.alone is None else f"{row.alone:,.0f}"
        share = "" if row.alone is None else f"{row.per_second / row.alone:.0%}"
        print(f"{row.what:34} {row.per_second:10,.0f} {alone:>18} {share:>7}")


if __name__ == "__main__":
    main()
