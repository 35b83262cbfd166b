"""Attempts of one visit: what is found is signed by the method that found it, about its own question."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from writ.clock import Instant
from writ.errors import Refused
from writ.model.subject import Value
from writ.people.methods import Arrival, Finding, Grade, Offer, Proof, Question, Session, Show, Step
from writ.portal.attempts import Attempts, Ways
from writ.portal.counter import Account, Asked, Attested, Standing, Wanted
from writ.portal.visits import Visit, Visits
from writ.signing.keys import KeyPair

ALICE = Account("alice", "person", None, "0a", "2026-06-01T00:00:00Z", None, None, [], {})
WANTED = Wanted("citizenships", [["US", ""]], "at_least", 1, [], None)
ASKED = Asked("alice", "person", "requester", [WANTED])
OPEN = Standing("fable-5", "verify", False, False, "full", {}, [], [ASKED], [])  # noqa: FBT003  a row
PROOF = Proof(
    "citizenships", (Value(("US", "")),), "at_least", Grade(3, 3, 3, 3, "", ""), "elsewhere",
    Instant(0),
)  # fmt: skip
COMES_BACK = Arrival("", browser=True)


@dataclass
class Slow:
    """A method that asks somebody else, who answers once `answered` is set."""

    name: str
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    budget: int = 1024
    lasts: int = 600

    def offer(self, question: Question) -> Offer | None:
        """Offer."""
        return Offer(3, 1, "account", (0,))

    async def begin(self, session: Session, language: str) -> Step:
        """Show a form."""
        return Show("form")

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Ask, and find a citizenship."""
        self.heard.set()
        await self.answered.wait()
        return Finding((PROOF,), None)


@dataclass
class Desk:
    """A counter that asks one question, and keeps what is handed in."""

    handed: list[Attested] = field(default_factory=list)

    async def standing(self, key: str, model: str) -> Standing:
        """Ask."""
        return OPEN

    async def found(
        self,
        key: str,
        model: str,
        attested: Sequence[Attested],
        credential: bytes | None,
    ) -> Standing:
        """Take it."""
        self.handed += attested
        return OPEN


@dataclass
class Room:
    """A visit with two methods to choose from."""

    desk: Desk
    slow: Slow
    other: Slow
    attempts: Attempts
    visit: Visit


def room() -> Room:
    """Alice has come in."""
    desk, slow, other, visits = Desk(), Slow("slow"), Slow("other"), Visits()
    keys = {"slow": KeyPair.generate(), "other": KeyPair.generate()}
    ways = Ways({"slow": slow, "other": other}, keys)
    attempts = Attempts(ways, desk, visits, "https://verify.example.org")  # type: ignore[arg-type]  # a small one
    return Room(desk, slow, other, attempts, visits.open("00", ALICE))


def test_what_was_found_is_handed_in_once() -> None:
    """The attempt is over with it."""

    async def come() -> tuple[int, object]:
        here = room()
        await here.attempts.begin(here.visit, "slow", "0", "en")
        here.slow.answered.set()
        await here.attempts.hear(here.visit, COMES_BACK)
        return len(here.desk.handed), here.visit.attempt

    assert (1, None) == asyncio.run(come())


def test_a_way_begun_while_another_is_heard_does_not_sign_for_it() -> None:
    """What one method finds late is not taken for what the other found: nothing is handed in."""

    async def switch() -> list[Attested]:
        here = room()
        await here.attempts.begin(here.visit, "slow", "0", "en")
        hearing = asyncio.create_task(here.attempts.hear(here.visit, COMES_BACK))
        await here.slow.heard.wait()
        await here.attempts.begin(here.visit, "other", "0", "en")
        here.slow.answered.set()
        with pytest.raises(Refused, match="another way was begun meanwhile"):
            await hearing
        return here.desk.handed

    assert [] == asyncio.run(switch())


@pytest.mark.parametrize("handle", ["unknown", "hé", "\u65e5"])
def test_a_handle_that_is_nobodys_is_refused(handle: str) -> None:
    """Also one of letters that no handle has, while others prove themselves."""

    async def ask() -> None:
        here = room()
        await here.attempts.begin(here.visit, "slow", "0", "en")
        here.attempts._visits.attempt(handle)

    with pytest.raises(Refused, match=r"^this attempt is over"):
        asyncio.run(ask())
