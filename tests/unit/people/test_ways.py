"""The page's table of who comes back by which way, held against what each way offers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.client_certificates import issuers_file
from tests.worlds.idv import PERSONA_KEY, SECRET, TEMPLATE
from tests.worlds.issuers import new_key, root, trust_file
from tests.worlds.provider import Provider, registered
from tests.worlds.wallet import US_CITIZEN, Lists, Standing, question
from writ.people.clientcert.issuers import read_issuers
from writ.people.clientcert.method import ClientCertificate
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import read_trust_list
from writ.people.https import HttpsFetch
from writ.people.methods import Method, Question
from writ.people.oidc.client import open_client
from writ.people.oidc.method import Oidc
from writ.people.oidc.published import Published
from writ.people.oidc.sign_in import SignIn
from writ.people.openid4vp.party import make_party
from writ.people.openid4vp.wallet import Wallet
from writ.people.papers import Papers
from writ.people.passport.document import Authorities
from writ.people.passport.method import Passport
from writ.people.vendors.access import Access
from writ.people.vendors.erasures import Erasures
from writ.people.vendors.opened import open_service
from writ.people.vendors.vendor import Vendor
from writ.signing.signer import Signer

PAGE = Path(__file__).parents[3] / "docs" / "portal.md"
CLOCK = Standing()
ROOT = root()
GREEN_CARD = replace(US_CITIZEN, attribute="permanent_residences")
REFUGEE = replace(US_CITIZEN, attribute="protection", values=(("refugee", "US"),))
ASYLEE = replace(REFUGEE, values=(("asylee", "US"),))
COMPANY = replace(US_CITIZEN, attribute="incorporated_in", link="organisation")
ASKED: Mapping[str, Question] = {
    "a US citizen of whom nothing is known": question(US_CITIZEN),
    "a French citizen with a green card": question(GREEN_CARD),
    "a refugee in the US": question(REFUGEE),
    "somebody granted asylum": question(ASYLEE),
    "a German and US citizen who showed the German nationality": question(US_CITIZEN),
    "a company incorporated in Delaware": replace(
        question(COMPANY), kind="organisation", link="organisation"
    ),
}


def rows() -> list[list[str]]:
    """Return the table of the page, without its head."""
    lines = PAGE.read_text().splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("| who | by a wallet |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def wallet() -> Method:
    """Make the way of wallets, over an issuer of PIDs."""
    key = new_key(number=30)
    access = ROOT.issue("verifier", key=key, dns=["verify.example"])
    trust = read_trust_list(trust_file({"certificates": ROOT.pem}), "t")
    party = make_party(access.pem + ROOT.pem, Signer(key), "x509_hash", "")
    return Wallet(party, trust, Statuses(Lists()), CLOCK)


def sign_in(folder: Path) -> Method:
    """Make the way of those who were verified elsewhere."""
    provider, row = Provider(), registered(folder)
    published = Published(row, provider)
    at = "https://verify.example/verify/with/national"
    return Oidc({"national": SignIn(published, open_client(row), provider, at)}, CLOCK)


def vendors(folder: Path) -> list[Method]:
    """Make the ways of both vendors."""
    found: list[Method] = []
    for name, template in (("persona", TEMPLATE), ("veriff", "")):
        access = Access(
            name, "https://idv.example", PERSONA_KEY, (SECRET,), template, "approved", 2, test=False,  # type: ignore[arg-type]  # a test's text
        )  # fmt: skip
        service = open_service(access, HttpsFetch())
        found.append(Vendor(service, 2, Erasures(folder / name), CLOCK))
    return found


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> list[list[Method]]:
    """The ways of each column of the table, from the second on."""
    folder = tmp_path_factory.mktemp("ways")
    certificate = ClientCertificate(read_issuers(issuers_file(ROOT), "t"), ("", ""), CLOCK)
    chip = Passport(Authorities([]), "app://read", CLOCK)
    return [[wallet()], [sign_in(folder)], [chip, certificate], vendors(folder), [Papers()]]


def test_each_cell_is_a_way_that_is_offered(columns: list[list[Method]]) -> None:
    """Who has words in a column is offered that way at A2, and who has none is not."""
    told = {row[0]: [bool(cell) for cell in row[1:]] for row in rows()}
    offered = {
        who: [any(way.offer(asked) is not None for way in ways) for ways in columns]
        for who, asked in ASKED.items()
    }
    assert offered == told
