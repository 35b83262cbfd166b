"""Signs of life: who signed what when, and confirmations to be reachable."""

from pathlib import Path

import pytest

from tests.worlds.signers import FIRST, NOW, Signers, StandingClock
from writ.clock import HOUR, MINUTE, Instant, format_instant
from writ.desk.desk import Desk
from writ.desk.signers import CONFIRMED, SignersBook, sign_confirmation
from writ.errors import Refused
from writ.signing.word import sign_word

WORLD = Signers.make()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a desk at which nothing was done yet."""
    return WORLD.desk(tmp_path / "writ.db", StandingClock(NOW))


def book(desk: Desk) -> SignersBook:
    """Open the book over a desk's store."""
    return SignersBook(desk.store, desk.trust, desk.clock)


def seen(desk: Desk) -> dict[str, tuple[Instant | None, Instant | None]]:
    """Return when each person last signed and confirmed."""
    return {item.person.id: (item.signed, item.confirmed) for item in book(desk).listed()}


def test_whoever_never_signed_was_never_seen(desk: Desk) -> None:
    """Standing in the trust document is no sign of life."""
    assert dict.fromkeys(WORLD.trust.people, (None, None)) == seen(desk)


def test_a_signature_is_a_sign_of_life(desk: Desk) -> None:
    """Of whoever submitted and whoever signed; not of who might have."""
    WORLD.enact(desk, FIRST)

    assert (NOW, None) == seen(desk)["ana"]
    assert (NOW, None) == seen(desk)["ben"]


def test_a_confirmation_counts_once(desk: Desk) -> None:
    """It is one's own, of the last hour, and later than the one before."""
    envelope = sign_confirmation(NOW - MINUTE, WORLD.trust, WORLD.keys["ben"])

    assert "ben" == book(desk).confirm(envelope)
    assert (None, NOW - MINUTE) == seen(desk)["ben"]
    with pytest.raises(Refused, match="`ben` confirmed later than that before"):
        book(desk).confirm(envelope)
    assert "ben" == book(desk).confirm(sign_confirmation(NOW, WORLD.trust, WORLD.keys["ben"]))


@pytest.mark.parametrize("at", [NOW - HOUR - 1, NOW + 1])
def test_a_confirmation_of_another_time_is_refused(desk: Desk, at: Instant) -> None:
    """Neither kept for later nor signed ahead."""
    with pytest.raises(Refused, match="within an hour of being signed"):
        book(desk).confirm(sign_confirmation(at, WORLD.trust, WORLD.keys["ben"]))


def test_a_word_about_something_else_is_refused(desk: Desk) -> None:
    """What was signed under another document confirms nothing."""
    other = sign_word(CONFIRMED, "sha256:" + "0" * 64, {"at": NOW}, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="within an hour"):
        book(desk).confirm(other)


def test_it_is_told_in_utc(desk: Desk) -> None:
    """Null where there is nothing to tell."""
    book(desk).confirm(sign_confirmation(NOW, WORLD.trust, WORLD.keys["eva"]))
    told = {item.person.id: item.plain() for item in book(desk).listed()}

    assert (None, format_instant(NOW)) == (told["eva"]["signed"], told["eva"]["confirmed"])
    assert (None, None) == (told["ana"]["signed"], told["ana"]["confirmed"])
    assert sorted(WORLD.trust.people["eva"].may) == told["eva"]["may"]
