"""Presentations verified a second: `./dev bench wallet [--json] [--quick]`.

1. An SD-JWT VC with key binding: ours with the issuer's certificates and everything else that is
   checked, beside `sd-jwt`, which is handed the issuer's key and asks for no expiry.
2. An mdoc: ours with the device's signature, beside `pymdoccbor`, which looks at no device.
3. What a wallet's answer costs from the encrypted form to the facts, for both formats; there is no
   peer, so the ratio is to the plain presentation.
"""

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from functools import partial

from cryptography import x509
from jwcrypto.jwk import JWK
from pymdoccbor.mdoc.verifier import MdocCbor
from sd_jwt.verifier import SDJWTVerifier

from tests.worlds.issuers import (
    NOW,
    issue_mdoc,
    issue_sdjwt,
    jwk,
    new_key,
    root,
    trust_file,
)
from tests.worlds.wallet import (
    Asked as Request,
)
from tests.worlds.wallet import (
    Lists,
    Standing,
    encrypt,
    present_mdoc,
    present_sdjwt,
    session,
)
from writ.people.credentials.mdoc import verify_mdoc
from writ.people.credentials.presented import Asked
from writ.people.credentials.sdjwt import verify_sdjwt
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import read_trust_list
from writ.people.methods import Arrival, Reply, Session
from writ.people.openid4vp.party import make_party
from writ.people.openid4vp.transcript import session_transcript
from writ.people.openid4vp.wallet import Wallet
from writ.signing.elliptic import from_jwk
from writ.signing.jose import from_base64url
from writ.signing.signer import Signer

ROOT = root()
ISSUER = ROOT.issue("pid", number=3)
HOLDER = new_key(number=20)
ACCESS = ROOT.issue("verifier", number=30)
TRUST = read_trust_list(trust_file({"certificates": ROOT.pem}), "bench")
PID = "eu.europa.ec.eudi.pid.1"
ELEMENTS = {
    "nationality": ["US"],
    "family_name": "M",
    "given_name": "E",
    "birth_date": "1990-01-01",
}


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often a second some work is done, over at least so many seconds."""
    work()
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        work()
        count += 1
    return count / spent


def method() -> Wallet:
    """Make the verifier."""
    party = make_party(ACCESS.pem, Signer(ACCESS.key), "x509_hash", "")
    return Wallet(party, TRUST, Statuses(Lists()), Standing(), lambda: NOW)


def asked(wallet: Wallet, attempt: Session) -> Request:
    """Begin an attempt and fetch its request, believing it."""
    asyncio.run(wallet.begin(attempt, "en"))
    step = asyncio.run(wallet.hear(attempt, Arrival("request", browser=False)))
    assert isinstance(step, Reply)
    return Request(json.loads(from_base64url(step.body.decode().split(".")[1], "a request")))


def answer_once(wallet: Wallet, attempt: Session, answer: str) -> None:
    """Take an answer, as if it were the first."""
    attempt.state.pop("answered", None)
    arrival = Arrival("response", browser=False, fields={"response": answer})
    step = asyncio.run(wallet.hear(attempt, arrival))
    assert isinstance(step, Reply)
    assert step.status == 200


def theirs_sdjwt(presentation: str, request: Request) -> None:
    """Verify with `sd-jwt`."""
    key = JWK.from_json(json.dumps(jwk(ISSUER.key)))
    SDJWTVerifier(
        presentation, lambda *_: key, request.claims["client_id"], request.claims["nonce"]
    ).get_verified_payload()


def theirs_mdoc(response: bytes, anchors: list[x509.Certificate]) -> None:
    """Verify with `pymdoccbor`."""
    read = MdocCbor()
    read.loads(response.hex())
    assert read.verify(anchors)


def measure(seconds: float) -> list[dict[str, object]]:
    """Take every measure once."""
    wallet, attempt = method(), session()
    request = asked(wallet, attempt)
    claims = request.claims
    sdjwt = present_sdjwt(issue_sdjwt(ISSUER, HOLDER).shown(0), request, HOLDER, NOW)
    issued = issue_mdoc(ISSUER, HOLDER, ELEMENTS, PID, PID)
    mdoc = present_mdoc(issued, request, HOLDER, PID)
    response = from_base64url(mdoc, "a response")
    question = Asked(claims["client_id"], claims["nonce"], NOW, NOW)
    thumbprint = from_jwk(request.key, "a key").thumbprint()
    transcript = session_transcript(
        question.audience, question.nonce, thumbprint, claims["response_uri"]
    )
    works: list[tuple[str, str, Callable[[], object]]] = [
        ("sd-jwt", "ours", partial(verify_sdjwt, sdjwt, question, TRUST)),
        ("sd-jwt", "sd-jwt", partial(theirs_sdjwt, sdjwt, request)),
        ("mdoc", "ours", partial(verify_mdoc, response, transcript, TRUST, NOW)),
        ("mdoc", "pymdoccbor", partial(theirs_mdoc, response, [ROOT.certificate.read])),
    ]
    for name, id_, shown in (("sd-jwt", "pid", sdjwt), ("mdoc", "pid_mdoc", mdoc)):
        sealed = encrypt({"vp_token": {id_: [shown]}, "state": claims["state"]}, request)
        works.append((name, "ours, whole answer", partial(answer_once, wallet, attempt, sealed)))
    ours: dict[str, float] = {}
    rows: list[dict[str, object]] = []
    for name, who, work in works:
        found = rate(work, seconds)
        rows.append(
            {
                "format": name,
                "who": who,
                "per_second": found,
                "ours_to_it": ours.get(name, found) / found,
            }
        )
        ours.setdefault(name, found)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="a tenth of a second each")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the peer's
    rows = measure(0.1 if options.quick else 2.0)
    if options.json:
        json.dump({"rows": rows}, sys.stdout, indent=2)
        return
    print(f"{'format':8} {'who':20} {'a second':>10} {'ours to it':>11}")
    for row in rows:
        print(
            f"{row['format']:8} {row['who']:20} {row['per_second']:10,.0f} {row['ours_to_it']:11.2f}"
        )


if __name__ == "__main__":
    main()
