import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog

from tests.worlds import passports
from tests.worlds.issuers import DAY, NOW, crl, root
from tests.worlds.office import office
from writ.errors import Failed
from writ.model.config import Config, read_config
from writ.people.fetch import Fetch
from writ.serve.crls import ACCEPT, CrlFetch

ROOT = root()
CSCA = passports.authority()
WALLET, NAVY, STATE = (f"https://crl.example/{name}.crl" for name in ("pid", "navy", "de"))
MORE = f"""
[wallet]
crl_from = ["{WALLET}"]
[certificates]
address = "https://cert.verify.example.org"
crl_from = ["{NAVY}"]
[passport]
signed_under = ["{CSCA.pin}"]
crl_from = ["{STATE}"]
"""


@dataclass
class Publisher:
    """Lists by address; one that is not there cannot be had."""

    lists: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    twice: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return a list as its host would."""
        assert (ACCEPT, True) == (accept, limit > len(self.lists.get(uri, b"")))
        self.asked.append(uri)
        if self.asked.count(uri) > 1:
            self.twice.set()
        if uri not in self.lists:
            raise Failed(f"`{uri}` does not answer")
        return self.lists[uri]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """A deployment that fetches three lists, with a master list imported."""
    made = office(tmp_path, portal=True)
    made.config.write_text(made.config.read_text() + MORE)
    (tmp_path / "passport-lists").mkdir()
    (tmp_path / "passport-lists" / "DE.ml").write_bytes(passports.master_list([CSCA], CSCA))
    yield read_config(made.config)
    structlog.reset_defaults()


def once(config: Config, fetch: Fetch) -> list[str]:
    """Fetch every list once."""
    return asyncio.run(CrlFetch(config, fetch, lambda: NOW).once())


def kept(config: Config) -> list[bytes]:
    """Return what lies in the folders, in the order of the addresses."""
    folders = ("wallet-crls", "certificate-crls", "passport-lists")
    return [
        path.read_bytes()
        for name in folders
        for path in sorted((config.file.parent / name).glob("*.crl"))
    ]


def test_lists_are_fetched_into_their_folders(config: Config) -> None:
    """Each from the address that is configured for it, and from no other."""
    fetch = Publisher({WALLET: crl(ROOT), NAVY: crl(ROOT, ROOT), STATE: passports.crl(CSCA, 5)})
    assert [] == once(config, fetch)
    assert [WALLET, NAVY, STATE] == fetch.asked
    assert list(fetch.lists.values()) == kept(config)


def test_what_is_here_stays_until_there_is_a_better_one(config: Config) -> None:
    """A host that is down, a file that is no list, one that is older: told, and nothing replaced."""
    first = {WALLET: crl(ROOT), NAVY: crl(ROOT), STATE: passports.crl(CSCA, 5)}
    once(config, Publisher(first))
    older = {NAVY: crl(ROOT, made=NOW - 2 * DAY), STATE: b"0"}
    failed = once(config, Publisher(older))
    assert list(first.values()) == kept(config)
    assert [f"`{WALLET}` does not answer", f"the list at `{NAVY}` is older than the one"] == [
        failed[0], failed[1][: len(f"the list at `{NAVY}` is older than the one")],
    ]  # fmt: skip
    assert failed[2].startswith("the list of revoked certificates is not DER")
    newer = {**first, NAVY: crl(ROOT, ROOT, made=NOW - 60)}
    assert [] == once(config, Publisher(newer))
    assert list(newer.values()) == kept(config)


def test_a_state_s_list_is_proved_before_it_is_kept(config: Config) -> None:
    """Another authority's, though it came from the right address, is not taken."""
    lists = {
        WALLET: crl(ROOT),
        NAVY: crl(ROOT),
        STATE: passports.crl(passports.authority(number=3)),
    }
    [failed] = once(config, Publisher(lists))
    assert "by no authority on the master list" in failed
    assert 2 == len(kept(config))


def test_they_are_fetched_again(config: Config) -> None:
    """While it serves, at the start and each time; without an address nothing runs."""

    async def serve() -> None:
        keeping = asyncio.create_task(CrlFetch(config, fetch, lambda: NOW).keep(0.001))
        await fetch.twice.wait()
        keeping.cancel()

    fetch = Publisher({WALLET: crl(ROOT)})
    asyncio.run(serve())
    assert 1 == len(kept(config))
    bare = replace(config, wallet=None, portal=None, passport=None)
    asyncio.run(CrlFetch(bare, fetch).keep(3600))
