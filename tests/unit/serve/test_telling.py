"""Receivers of signals are told in order, until they have it, and of nothing but access."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.worlds.deployment import CATALOGUE, LETTER
from tests.worlds.office import Office, office
from tests.worlds.receiver import Told
from writ.clock import DAY, WallClock
from writ.errors import Failed
from writ.model.config import read_config
from writ.model.subject import Fact, Subject, Value
from writ.people.signals.receivers import JWKS, KEY, load_receivers
from writ.people.statement import attest
from writ.serve.set_writer import VERIFICATION
from writ.serve.site import Site, open_site
from writ.serve.streams import open_writer
from writ.serve.telling import Teller, open_teller
from writ.signing.keys import KeyPair
from writ.signing.rsa import RsaSigner
from writ.store.streams import read_stream, write_stream
from writ.store.tellings import count_tellings

FILE = """
[[receiver]]
name = "idp"
audience = "https://idp.example"
address = "https://idp.example/push"
named = "opaque"
token = "idp.token"
"""


@dataclass
class World:
    """A site, who is told, and the elapsed time that a test sets."""

    site: Site
    told: Told
    folder: Path
    idv: KeyPair
    teller: Teller = field(init=False)
    now: float = 0.0
    slow: float = 0.0

    def since(self) -> float:
        """Elapsed time, which goes on by `slow` each time that it is looked at."""
        self.now += self.slow
        return self.now

    def start(self) -> None:
        """Begin to tell, as a process that starts does."""
        receivers = load_receivers(self.folder / "receivers.toml")
        self.teller = Teller(self.site, receivers, open_writer(self.site), self.told, self.since)

    def once(self, after: float = 1000.0) -> list[str]:
        """Judge and send once, some seconds later; return what was logged."""
        self.now += after
        with structlog.testing.capture_logs() as logged:
            asyncio.run(self.teller.once())
        return [item["why"] for item in logged]

    def show(self, name: str) -> None:
        """Have `idv` vouch that somebody is a citizen of the US."""
        at = WallClock().now() - DAY
        fact = Fact(
            "citizenships", (Value(("US", "")),), "at_least", 3, "idv", "idv", at, at + 9 * DAY
        )
        self.site.registry.facts.take_in(attest(name, fact, self.idv).json(), None, skip_bad=False)

    def counts(self) -> dict[str, int]:
        """How many wait, were sent, were refused."""
        with self.site.store.view() as connection:
            return {state: count for (_, state), count in count_tellings(connection).items()}


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Alice and Bob on the books, an open letter in force."""
    made = office(tmp_path_factory.mktemp("telling"), portal=True)
    (made.folder / "idp.token").write_text("secret")
    (made.folder / "receivers.toml").write_text(FILE)
    with made.config.open("a") as file:
        file.write("[receivers]\n")
    assert 0 == made.writ("signals", "key").exit_code
    made.enrol(
        Subject("alice", "person"), Subject("bob", "person"), Subject("acme", "organisation")
    )
    letter = made.folder / LETTER.name
    letter.write_text(LETTER.read_text().replace("disclosure: none", "disclosure: full"))
    made.obey(CATALOGUE, letter)
    return made


@pytest.fixture
def world(laid: Office, tmp_path: Path) -> Iterator[World]:
    """A copy of it, for one test."""
    shutil.copytree(laid.folder, tmp_path, dirs_exist_ok=True)
    with open_site(read_config(tmp_path / "writ.toml")) as site:
        told = Told((site.config.folder / JWKS).read_bytes())
        found = World(site, told, tmp_path, laid.idv)
        found.start()
        yield found


CLOSED = {"fable-5": "closed", "mythos-5": "closed"}
OPEN = {"fable-5": "open", "mythos-5": "open"}


def test_what_an_order_closes_and_a_proof_opens_is_told(world: World) -> None:
    """Each person once, by the operator's id; only the predicate leaves, and no attribute."""
    world.once()
    assert [("alice", CLOSED), ("bob", CLOSED)] == world.told.heard()
    world.show("alice")
    world.once()
    assert ("alice", OPEN) == world.told.heard()[-1]
    assert {"sent": 3} == world.counts()
    said = json.dumps(world.told.claims)
    assert [] == [
        word
        for word in ("citizen", "US", "us-bis", "verify", "barred")
        if word in said.replace("https://verify", "")
    ]
    first = world.told.claims[0]
    assert ("https://verify.example.org", "https://idp.example", "Bearer secret") == (
        first["iss"], first["aud"], world.told.bore[0],
    )  # fmt: skip
    assert {"events", "iss", "aud", "iat", "jti", "sub_id"} == set(first)


def test_nothing_is_judged_while_nothing_changed(world: World) -> None:
    """Between changes everybody is judged every five minutes, not each second."""
    world.once()
    for _ in range(5):
        world.once(1.0)
    assert 2 == world.told.asked


def test_judging_leaves_time_for_others(world: World) -> None:
    """Where it took a second, a change waits ten before everybody is judged again."""
    world.slow = 1.0
    world.once()
    world.slow = 0.0
    world.show("alice")
    world.once(5.0)
    waits = world.told.heard()
    world.once(10.0)
    assert (2, ("alice", OPEN)) == (len(waits), world.told.heard()[-1])


def test_a_receiver_that_is_down_is_told_later_in_order(world: World) -> None:
    """The pause doubles; a restart goes on with what waits, and nothing is told twice or lost."""
    world.told.down = True
    whys = world.once()
    assert (["`idp.example` does not answer; try again later"], 1) == (whys, world.told.asked)
    assert [] == world.once(0.5)
    assert 1 == len(world.once(0.6))
    assert [] == world.once(1.9)
    assert {"waiting": 2} == world.counts()
    world.told.down = False
    world.start()
    assert [] == world.once()
    assert [("alice", CLOSED), ("bob", CLOSED)] == world.told.heard()
    assert {"sent": 2} == world.counts()


def test_what_it_will_not_take_is_logged_and_left(world: World) -> None:
    """400 is final for that one; 401 is not."""
    world.told.status = 401
    assert ["it answers 401"] == world.once()
    world.told.status = 400
    assert ["it will not take it", "it will not take it"] == world.once()
    assert {"refused": 2} == world.counts()


def test_a_token_that_is_not_there_keeps_all_waiting(world: World) -> None:
    """It is logged, and tried again."""
    (world.folder / "idp.token").unlink()
    [why] = world.once()
    assert ("cannot read" in why, 0, {"waiting": 2}) == (True, world.told.asked, world.counts())


def arrange(world: World, **changes: Any) -> None:
    """Have the receiver's stream be otherwise."""
    with world.site.store.unit() as connection:
        write_stream(connection, replace(read_stream(connection, "idp"), **changes))


def test_a_paused_stream_waits_and_a_disabled_one_misses_nothing_of_what_is(world: World) -> None:
    """Paused, all of it comes later; disabled, nothing is kept, and what is so is told once it is enabled."""
    arrange(world, status="paused")
    world.once()
    assert (0, {"waiting": 2}) == (world.told.asked, world.counts())
    arrange(world, status="disabled")
    world.show("alice")
    world.once()
    assert (0, {}) == (world.told.asked, world.counts())
    arrange(world, status="enabled")
    world.once()
    assert [("bob", CLOSED)] == world.told.heard()


def test_a_verification_goes_before_the_rest_and_once(world: World) -> None:
    """It carries back what it was asked with, about the stream; one that was asked meanwhile is owed."""
    arrange(world, owed="v1", state="s1")
    world.once()
    [first, *rest] = world.told.claims
    assert ("v1", {"format": "opaque", "id": "idp"}, {VERIFICATION: {"state": "s1"}}, 2) == (
        first["jti"], first["sub_id"], first["events"], len(rest),
    )  # fmt: skip
    with world.site.store.view() as connection:
        stream = read_stream(connection, "idp")
    assert (None, None) == (stream.owed, stream.state)
    arrange(world, owed="v2")
    world.teller._settle(replace(stream, owed="v1"), "sent")
    world.once()
    assert ("v2", {VERIFICATION: {}}) == (
        world.told.claims[-1]["jti"], world.told.claims[-1]["events"],
    )  # fmt: skip


def test_it_goes_on_by_itself(world: World) -> None:
    """A store that cannot be used for a while is logged; the next round does the work."""

    async def rounds() -> None:
        task = asyncio.create_task(world.teller.keep(0.0))
        async with asyncio.timeout(20):
            while not logged:  # noqa: ASYNC110 - a log
                await asyncio.sleep(0.01)
            rename("away", "signal_out")
            world.now = 1000.0
            while world.counts() != {"sent": 2}:  # noqa: ASYNC110 - a store
                await asyncio.sleep(0.01)
        task.cancel()

    def rename(old: str, new: str) -> None:
        with world.site.store.unit() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    rename("signal_out", "away")
    with structlog.testing.capture_logs() as logged:
        asyncio.run(rounds())
    assert ("receivers not told", 2) == (logged[0]["event"], len(world.told.claims))


def test_before_the_first_order_nobody_is_told(tmp_path: Path) -> None:
    """There is nothing to tell, and the key must be there."""
    made = office(tmp_path, portal=True)
    (tmp_path / "receivers.toml").write_text(FILE)
    with made.config.open("a") as file:
        file.write("[receivers]\n")
    with open_site(read_config(made.config)) as site:
        with pytest.raises(Failed, match=r"signals\.key"):
            open_teller(site, tmp_path / "receivers.toml")
        assert 0 == made.writ("signals", "check").exit_code
        RsaSigner.generate().save(site.config.folder / KEY)
        teller = open_teller(site, tmp_path / "receivers.toml")
        asyncio.run(teller.once())
        with site.store.view() as connection:
            assert {} == dict(count_tellings(connection))
