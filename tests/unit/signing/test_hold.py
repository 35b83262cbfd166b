from dataclasses import replace

import pytest

from tests.worlds.signers import NOW, Signers
from writ.clock import DAY, Instant
from writ.errors import Refused
from writ.signing.dsse import Envelope, sign
from writ.signing.hold import LONGEST, Hold, sign_hold, verify_hold
from writ.signing.statement import PAYLOAD_TYPE

WORLD = Signers.make(eva=frozenset({"sign"}))
HOLD = Hold("sha256:" + "00" * 32, 3, "fable-5", NOW, NOW + DAY, "ana")


def signed(hold: Hold = HOLD, by: str = "ana") -> Envelope:
    """Sign a hold as somebody."""
    return sign_hold(hold, WORLD.trust, WORLD.keys[by])


@pytest.mark.parametrize("until", [NOW + 1, NOW + LONGEST, None])
def test_a_hold_reads_back(until: Instant | None) -> None:
    """What one authorised person signed is returned."""
    hold = replace(HOLD, until=until)
    assert hold == verify_hold(signed(hold), WORLD.trust)


@pytest.mark.parametrize("until", [NOW, NOW - 1, NOW + LONGEST + 1])
def test_odd_spans_are_refused(until: Instant) -> None:
    """A hold lasts, and not longer than seven days."""
    with pytest.raises(Refused, match="7 days at most"):
        verify_hold(signed(replace(HOLD, until=until)), WORLD.trust)


def test_a_hold_is_ones_own() -> None:
    """Nobody holds in another's name."""
    with pytest.raises(Refused, match="`ana`, alone"):
        verify_hold(signed(by="ben"), WORLD.trust)


def test_a_hold_is_signed_alone() -> None:
    """A second signature is a second hold."""
    with pytest.raises(Refused, match="`ana`, alone"):
        verify_hold(signed().add(WORLD.keys["ben"]), WORLD.trust)


def test_a_hold_takes_the_role() -> None:
    """Somebody who may only sign cannot hold."""
    with pytest.raises(Refused, match="is not known here"):
        verify_hold(signed(replace(HOLD, by="eva"), by="eva"), WORLD.trust)


def test_a_hold_under_another_trust_document_is_refused() -> None:
    """Trust documents are not mixed."""
    with pytest.raises(Refused, match="another trust document"):
        verify_hold(signed(), replace(WORLD.trust, digest="sha256:11"))


def test_another_statement_is_no_hold() -> None:
    """A signature on something else holds nothing."""
    with pytest.raises(Refused, match="not canonical"):
        verify_hold(sign(b"stop!", PAYLOAD_TYPE, [WORLD.keys["ana"]]), WORLD.trust)
