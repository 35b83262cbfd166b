from collections.abc import Callable
from pathlib import Path

import pytest

from tests.worlds.signers import Signers, StandingClock
from tests.worlds.stores import store_at
from writ.errors import Refused
from writ.ledger.seals import SET, Seals, sign_seal
from writ.signing.dsse import Envelope
from writ.signing.word import sign_word

WORLD = Signers.make(ana=frozenset({"submit"}))


@pytest.fixture
def seals(tmp_path: Path) -> Seals:
    """No seal was ever set."""
    return Seals(store_at(tmp_path / "writ.db"), WORLD.trust, StandingClock())


def word(by: str, number: int, *, holds: bool) -> Envelope:
    """Sign as somebody."""
    return sign_seal(number, WORLD.trust, WORLD.keys[by], holds=holds)


def test_one_seals_and_two_lift(seals: Seals) -> None:
    """Nothing is published from the first word on until two different people lifted it."""
    seals.standing().check()
    seals.say(word("ben", 1, holds=True))
    with pytest.raises(Refused, match=r"sealed by `ben` since 2026-06-12T21:00:00Z.*2 more"):
        seals.standing().check()
    assert seals.say(word("ben", 1, holds=False)).holds
    with pytest.raises(Refused, match="`ben` lifts it already"):
        seals.say(word("ben", 1, holds=False))
    with pytest.raises(Refused, match="1 more may lift it"):
        seals.standing().check()
    assert not seals.say(word("eva", 1, holds=False)).holds
    seals.standing().check()
    assert 2 == seals.say(word("eva", 2, holds=True)).number


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: word("ana", 2, holds=True), "may neither sign nor hold"),
        (lambda: word("eva", 2, holds=True), "seal 1 holds, or this word is of another time"),
        (lambda: word("eva", 2, holds=False), "no seal holds that this word would lift"),
        (
            lambda: sign_word(
                SET,
                "sha256:" + "0" * 64,
                {"number": 1, "holds": False},
                WORLD.trust,
                WORLD.keys["eva"],
            ),
            "about another seal than it names",
        ),
    ],
)
def test_words_out_of_place_are_refused(
    seals: Seals, made: Callable[[], Envelope], why: str
) -> None:
    """Who may not, what is of another seal, and what says one thing about another."""
    seals.say(word("ben", 1, holds=True))
    with pytest.raises(Refused, match=why):
        seals.say(made())
