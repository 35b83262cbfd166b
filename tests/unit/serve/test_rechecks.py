import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from tests.worlds.issuers import NOW, root, status_list, trust_file
from tests.worlds.office import office
from tests.worlds.wallet import Lists
from writ.clock import DAY
from writ.model.config import read_config
from writ.model.listeners import WalletFiles
from writ.model.subject import Fact, Subject, Value
from writ.people.backing import Source
from writ.people.credentials.rechecks import Rechecked, write_reference
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import read_trust_list
from writ.serve.rechecks import Rechecks
from writ.serve.site import Site, open_site

ROOT = root()
SIGNER = ROOT.issue("status", number=3)
URI = "https://status.example/1"
LIST = trust_file({"certificates": ROOT.pem, "status_hosts": ["status.example"]})
ISSUER = read_trust_list(LIST, "t").issuers[0]


@dataclass
class Opened:
    """A site on which Alice and Bob have shown credentials with a status."""

    site: Site
    files: WalletFiles

    def rechecks(self, lists: Lists) -> Rechecks:
        """Ask over these lists."""
        return Rechecks(self.site, self.files, Statuses(lists), lambda: NOW)

    def standing(self) -> list[str]:
        """Say whose fact stands."""
        everybody = self.site.registry.everybody()
        return [name for name, known in everybody.items() if known.subject.facts]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open a deployment with two facts, the first at place 0 of the list, the second at 1."""
    made = office(tmp_path)
    fact = Fact(
        "citizenships", (Value(("US", "")),), "at_least", 3, "idv", "PID", 1, 100 * 365 * DAY
    )
    made.enrol(Subject("alice", "person", (), (fact,)), Subject("bob", "person", (), (fact,)))
    files = WalletFiles(tmp_path / "issuers.toml", Path(), Path(), "x509_hash", tmp_path)
    files.issuers.write_bytes(LIST)
    with open_site(read_config(made.config)) as site:
        for place, name in enumerate(("alice", "bob")):
            [item] = site.registry.facts.carried(name)
            reference = write_reference(StatusReference(URI, place), ISSUER)
            site.registry.backing.attach([Source(item.id, None, reference)])
        yield Opened(site, files)


def test_what_its_issuer_revoked_stands_no_more(opened: Opened) -> None:
    """Bob's credential is on the list as revoked: his fact is, and Alice's stands."""
    lists = Lists({URI: status_list(SIGNER, URI, {1: 1})})
    before = opened.standing()
    found = asyncio.run(opened.rechecks(lists).once())
    assert (["alice", "bob"], ["alice"]) == (before, opened.standing())
    assert (1, ()) == (len(found.fallen), found.unheard)
    assert Rechecked((), ()) == asyncio.run(opened.rechecks(lists).once())


def test_an_issuer_taken_off_the_list_falls_without_a_restart(opened: Opened) -> None:
    """The trust list is read anew; what rests on nobody trusted is revoked."""
    other = trust_file({"certificates": ROOT.pem, "name": "another"})
    opened.files.issuers.write_bytes(other)
    asyncio.run(opened.rechecks(Lists()).once())
    assert [] == opened.standing()


def test_what_fails_is_logged_and_tried_again(opened: Opened) -> None:
    """A broken trust list takes nobody out; once it is mended the next round does its work."""
    opened.files.issuers.write_bytes(b"issuer = [1]")
    rechecks = opened.rechecks(Lists({URI: status_list(SIGNER, URI, {1: 1})}))

    async def rounds() -> None:
        asking = asyncio.create_task(rechecks.keep(0.01))
        for wanted in ("error", "info"):
            async with asyncio.timeout(20):
                while wanted not in [item["log_level"] for item in logged]:  # noqa: ASYNC110 - a log
                    await asyncio.sleep(0.01)
            opened.files.issuers.write_bytes(LIST)
        asking.cancel()

    with structlog.testing.capture_logs() as logged:
        asyncio.run(rounds())
    assert "issuers not asked again" == logged[0]["event"]
    assert {
        "event": "issuers asked again",
        "fallen": 1,
        "unheard": 0,
        "log_level": "info",
    } in logged
    assert ["alice"] == opened.standing()
