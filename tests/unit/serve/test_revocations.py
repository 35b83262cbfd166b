import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from tests.worlds import passports
from tests.worlds.client_certificates import citizen, issuers_file
from tests.worlds.issuers import NOW, crl, root
from tests.worlds.office import office
from writ.clock import DAY
from writ.model.config import read_config
from writ.model.subject import Fact, Subject, Value
from writ.people.backing import Source
from writ.people.clientcert import rechecks as certificates
from writ.people.clientcert.issuers import read_issuers
from writ.people.passport import rechecks as states
from writ.people.passport.document import Authorities, Files, verify_document
from writ.serve.revocations import Revocations
from writ.serve.site import Site, open_site
from writ.signing.state_certificate import read_state_certificate

ROOT = root()
ANA = ROOT.issue("ana", number=3, more=citizen("US"))
CSCA = passports.authority()
SHOWN = passports.passport(CSCA, ds=passports.signer(CSCA, serial=77))
MORE = f"""
[certificates]
address = "https://cert.verify.example.org"
[passport]
signed_under = ["{CSCA.pin}"]
"""


@dataclass
class Opened:
    """A site on which Alice has shown a certificate, and Bob a passport."""

    site: Site
    folder: Path

    def once(self) -> int:
        """Ask again."""
        return Revocations(self.site, self.site.config, lambda: NOW).once()

    def standing(self) -> list[str]:
        """Say whose fact stands."""
        everybody = self.site.registry.everybody()
        return [name for name, known in everybody.items() if known.subject.facts]


def references(listed: bytes) -> list[str]:
    """Return what is kept of the certificate and of the passport."""
    issuers = read_issuers(listed, "t")
    kept = certificates.write_reference(issuers[0], [ANA.certificate], ROOT.certificate)
    trusted = Authorities([read_state_certificate(CSCA.der)])
    proved = verify_document(Files(SHOWN.sod, SHOWN.dg1), trusted, b"", NOW)
    return [kept, states.write_reference(proved)]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open a deployment with the two facts."""
    made = office(tmp_path, portal=True)
    made.config.write_text(made.config.read_text() + MORE)
    fact = Fact(
        "citizenships", (Value(("US", "")),), "at_least", 3, "idv", "PID", 1, 100 * 365 * DAY
    )
    made.enrol(Subject("alice", "person", (), (fact,)), Subject("bob", "person", (), (fact,)))
    listed = issuers_file(ROOT)
    (tmp_path / "certificate-issuers.toml").write_bytes(listed)
    for name in ("certificate-crls", "passport-lists"):
        (tmp_path / name).mkdir()
    (tmp_path / "passport-lists" / "DE.ml").write_bytes(passports.master_list([CSCA], CSCA))
    with open_site(read_config(made.config)) as site:
        for name, reference in zip(("alice", "bob"), references(listed), strict=True):
            [item] = site.registry.facts.carried(name)
            site.registry.backing.attach([Source(item.id, None, reference)])
        yield Opened(site, tmp_path)
    structlog.reset_defaults()


def test_what_was_revoked_stands_no_more(opened: Opened) -> None:
    """Each by its own issuer's list, as it comes; asked again, nothing more falls."""
    assert (0, ["alice", "bob"]) == (opened.once(), opened.standing())
    listed = passports.crl(CSCA, 77, made=NOW - 60)
    (opened.folder / "passport-lists" / "DE.crl").write_bytes(listed)
    assert (1, ["alice"]) == (opened.once(), opened.standing())
    (opened.folder / "certificate-crls" / "root.crl").write_bytes(crl(ROOT, ANA))
    assert (1, []) == (opened.once(), opened.standing())
    assert 0 == opened.once()


def test_lists_are_asked_again_and_again(opened: Opened) -> None:
    """A file that cannot be read is logged, and everything stands until it is mended."""
    broken = opened.folder / "passport-lists" / "DE.crl"
    broken.write_bytes(b"0")
    asking = Revocations(opened.site, opened.site.config, lambda: NOW)

    async def serve() -> None:
        keeping = asyncio.create_task(asking.keep(0.001))
        await until("revoked certificates not asked")
        broken.unlink()
        await until("revoked certificates asked")
        keeping.cancel()

    async def until(event: str) -> None:
        while not any(entry["event"] == event for entry in logged):  # noqa: ASYNC110  a log tells nobody
            await asyncio.sleep(0.005)

    with capture_logs() as logged:
        asyncio.run(asyncio.wait_for(serve(), 20))
    assert ["alice", "bob"] == opened.standing()
