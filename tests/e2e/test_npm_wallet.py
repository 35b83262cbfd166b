"""A wallet that we did not write, and credentials that we did not issue, against the verifier."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.worlds.issuers import DAY, MDL_SIGNER, new_key, root, trust_file
from tests.worlds.node_wallet import NodeWallet
from tests.worlds.wallet import Lists, Standing, read_link, session
from tests.worlds.wallet_host import Host, hosting
from writ.model.subject import Value
from writ.people.credentials.kinds import KINDS, Kind
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import read_trust_list
from writ.people.methods import Arrival, Finding, Session
from writ.people.openid4vp.party import make_party
from writ.people.openid4vp.wallet import Wallet
from writ.signing.signer import Signer

PID = "eu.europa.ec.eudi.pid.1"
NOW = time.time()
SPAN: dict[str, Any] = {"since": NOW - DAY, "until": NOW + 30 * DAY}
ROOT = root(**SPAN)
ISSUER = ROOT.issue("pid", number=3, **SPAN)
DS = ROOT.issue("ds", number=4, purposes=[MDL_SIGNER], **SPAN)
ACCESS = ROOT.issue("verifier", number=30, **SPAN)
HOLDER = new_key(number=20)


@pytest.fixture(scope="module")
def node() -> Iterator[NodeWallet]:
    """Run the wallet."""
    with NodeWallet() as wallet:
        yield wallet


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Run the verifier."""
    today = datetime.now(UTC)
    row = {
        "certificates": ROOT.pem,
        "types": [kind.type for kind in KINDS],
        "from": today - timedelta(days=1),
        "until": today + timedelta(days=1),
    }
    party = make_party(ACCESS.pem, Signer(ACCESS.key), "x509_hash", "")
    trust = read_trust_list(trust_file(row), "t")
    with hosting(Wallet(party, trust, Statuses(Lists()), Standing())) as open_:
        yield open_


def finding(host: Host, attempt: Session, answered: dict[str, Any]) -> Finding:
    """Go where the wallet sends the browser that began."""
    assert (200, []) == (answered["status"], host.refused)
    code = read_link(json.loads(answered["body"])["redirect_uri"])["code"]
    arrival = Arrival("return", browser=True, fields={"code": code})
    step = asyncio.run(host.method.hear(attempt, arrival))
    assert isinstance(step, Finding)
    return step


def test_its_pid_proves_a_citizenship(node: NodeWallet, host: Host) -> None:
    """It takes our request for OpenID4VP 1.0, shows one of two nationalities, and is believed that."""
    attempt = session()
    link = host.begin(attempt)
    issued = node.issue_pid(ISSUER, HOLDER, "DE", "US")
    answered = node.present(link, issued, HOLDER, disclose={"nationalities": {"1": True}})
    [proof] = finding(host, attempt, answered).proved
    assert 100 == answered["version"]
    assert ((Value(("US", "")),), "at_least") == (proof.values, proof.completeness)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.format == "mso_mdoc"], ids=lambda kind: kind.id
)
def test_its_mdocs_prove_a_citizenship(node: NodeWallet, host: Host, kind: Kind) -> None:
    """It signs our transcript with the device's key, for each kind of mdoc."""
    attempt = session()
    link = host.begin(attempt)
    space, element = kind.paths["citizenships"]
    told = {element: ["US", "DE"] if kind.id == "pid_mdoc" else "US", "family_name": "M"}
    issued = node.issue_mdoc(DS, HOLDER, kind.type, space, **told)
    [proof] = finding(host, attempt, node.present(link, issued, HOLDER, kind.id)).proved
    assert Value(("US", "")) == proof.values[0]


def test_somebody_elses_key_presents_nothing(node: NodeWallet, host: Host) -> None:
    """A credential in a wallet with another key than it is bound to is refused in both formats."""
    thief = new_key(number=21)
    pid = node.issue_pid(ISSUER, HOLDER, "US")
    mdoc = node.issue_mdoc(DS, HOLDER, PID, PID, nationality=["US"])
    shown: dict[str, Any] = {"disclose": {"nationalities": {"0": True}}}
    answers = [
        node.present(host.begin(session()), pid, thief, **shown),
        node.present(host.begin(session()), mdoc, thief, "pid_mdoc"),
    ]
    assert [400, 400] == [answer["status"] for answer in answers]
    refused = [host.refused.pop(0), host.refused.pop(0)]
    assert all("is not by the key that it names" in why for why in refused)


def test_a_used_link_serves_no_second_wallet(node: NodeWallet, host: Host) -> None:
    """Whoever gets hold of a link that was used cannot even fetch its request."""
    attempt = session()
    link = host.begin(attempt)
    pid = node.issue_pid(ISSUER, HOLDER, "US")
    shown: dict[str, Any] = {"disclose": {"nationalities": {"0": True}}}
    assert finding(host, attempt, node.present(link, pid, HOLDER, **shown)).proved
    with pytest.raises(AssertionError, match="invalid_request"):
        node.present(link, pid, HOLDER, **shown)
