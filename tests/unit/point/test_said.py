"""What is said of an end user with one request, on the board of `test_board`."""

import pytest

from tests.unit.point.test_board import (
    ACME,
    BARRED,
    COMPANY,
    GUEST,
    OPEN,
    SERVICE,
    asked,
    fed,
    row,
    staged,
    subject,
    view,
)
from writ.clock import FOREVER
from writ.errors import Refused
from writ.model.outcome import Outcome
from writ.point import board as module
from writ.point.board import Board, Said
from writ.point.seam import UNNAMED, Assessed, Issuer, Row, Subject

BY = (ACME, "kid")
ISSUER = Issuer(ACME, "kid", b"p" * 32)
PERMIT, SUBSTITUTE, VERIFY, DENY = Outcome
SHOWN = -2
AFTER = 120


def answer(*cells: int, subjects: list[Subject] | None = None, epoch: int = 1) -> Assessed:
    """An answer in which the guest has cells of their own, acting for Acme."""
    known = [subject(GUEST, (FOREVER, SHOWN, 0), epoch=epoch)] if subjects is None else subjects
    return Assessed(1, epoch, known, [row(SHOWN, *cells, capacity=5, epoch=epoch)])


def taken(board: Board, *cells: int) -> Said:
    """Have a board take an answer about the guest."""
    said = board.said(answer(*cells), BY, GUEST)
    assert said is not None
    return said


def outcome(board: Board, said: Said | None, end_user: bytes | None = GUEST) -> Outcome | None:
    """Decide about amber after the switch."""
    links = board.links(SERVICE, end_user, AFTER, said)
    verdict = None if links is None else board.judge(links, "amber", AFTER, live=True)
    return None if verdict is None else verdict.outcome


def test_what_is_said_counts_for_whoever_has_it() -> None:
    """And for nobody else: the same guest without it is still a stranger."""
    board = fed(ISSUER)
    assert [VERIFY, PERMIT, DENY, VERIFY] == [
        outcome(board, said)
        for said in (None, taken(board, 0, 0, 0, 0), taken(board, 0, 0, BARRED, 0), None)
    ]


def test_what_is_said_gives_its_reasons() -> None:
    """A refusal by it names the rule as any other does, and the places it was judged at."""
    board = fed(ISSUER)
    links = board.links(SERVICE, GUEST, AFTER, taken(board, 0, 0, BARRED, 0))
    assert links is not None
    verdict = board.judge(links, "amber", AFTER, live=True)
    assert verdict is not None
    assert ["end_user"] == [item.link for item in verdict.against]
    assert ((COMPANY, 5), (SHOWN, 5)) == links.places


def test_links_are_kept_as_long_as_what_was_said() -> None:
    """They are looked up once, in no more room than all others have."""
    board = fed(ISSUER)
    said = taken(board, 0, 0, 0, 0)
    assert board.links(SERVICE, GUEST, AFTER, said) is board.links(SERVICE, GUEST, AFTER, said)
    assert 1 == len(board._said)
    del said
    assert 0 == len(board._said)


def test_a_certificate_for_once_lends_another_capacity() -> None:
    """The organisation and whoever it does not name are judged in it."""
    lent = -3
    known = [subject(ACME, (FOREVER, SHOWN, lent)), subject(UNNAMED, (FOREVER, -4, 0))]
    rows = [row(SHOWN, 0, 0, 0, 0, capacity=lent), row(-4, 0, 0, 0, 0, capacity=lent)]
    board = fed(ISSUER)
    said = board.said(Assessed(1, 1, known, rows), BY, None)
    assert [VERIFY, PERMIT] == [outcome(board, item, None) for item in (None, said)]


def test_what_it_was_judged_by_must_be_as_it_was() -> None:
    """The organisation, the person, the key that said it, the epoch."""
    changes: list[Subject | Issuer] = [
        subject(ACME, (FOREVER, COMPANY, 5)),
        subject(GUEST, (FOREVER, 1, 0)),
        Issuer(ACME, "kid", b"p" * 32, revoked=True),
    ]
    for change in changes:
        board = fed(ISSUER)
        said = taken(board, 0, 0, 0, 0)
        assert (True, PERMIT) == (board.stands(said), outcome(board, said))
        board.put(change)
        assert (False, VERIFY) == (board.stands(said), outcome(board, said))
    board = fed(ISSUER)
    said = taken(board, 0, 0, 0, 0)
    board.stage(view(2))
    for message in staged(2):
        board.put(message)
    board.activate(2)
    assert (False, VERIFY) == (board.stands(said), outcome(board, said))


def test_somebody_elses_facts_change_nothing() -> None:
    """What does not bear on it leaves it."""
    board = fed(ISSUER)
    said = taken(board, 0, 0, 0, 0)
    board.put(subject(b"else" * 4, (FOREVER, 1, 0)))
    assert PERMIT is outcome(board, said)


def test_what_comes_to_nothing_is_not_taken() -> None:
    """No epoch yet, another one, no such key, nobody judged."""
    board, stranger = fed(ISSUER), fed()
    empty = subject(GUEST)
    assert [None] * 5 == [
        Board().said(answer(0, 0, 0, 0), BY, GUEST),
        board.said(answer(0, 0, 0, 0, epoch=2), BY, GUEST),
        stranger.said(answer(0, 0, 0, 0), BY, GUEST),
        board.said(Assessed(1, 1), BY, GUEST),
        board.said(answer(0, 0, 0, 0, subjects=[empty]), BY, GUEST),
    ]
    assert not Board().stands(taken(board, 0, 0, 0, 0))


def test_a_row_that_no_rules_gave_is_refused() -> None:
    """As every other row is."""
    board = fed(ISSUER)
    odd = Row(1, SHOWN, 5, b"\0", row(SHOWN, 0, 0, 0, 0).reasons)
    with pytest.raises(Refused, match="row has 1 cells, not 5"):
        board.said(Assessed(1, 1, [subject(GUEST, (FOREVER, SHOWN, 0))], [odd]), BY, GUEST)


def test_a_missing_row_cannot_be_judged() -> None:
    """An error is a refusal."""
    board = fed(ISSUER)
    said = board.said(
        Assessed(1, 1, [subject(GUEST, (FOREVER, SHOWN, 0))], [row(SHOWN, 0, 0, 0, 0)]), BY, GUEST
    )
    assert None is outcome(board, said)
    assert PERMIT is asked(board, SERVICE, 0).outcome


def test_links_of_what_was_said_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """One word is one request's, and its links are few whoever asks."""
    monkeypatch.setattr(module, "MOST_CACHED", 1)
    board = fed(ISSUER)
    said = taken(board, 0, 0, OPEN, 0)
    for end_user in (GUEST, b"else" * 4):
        assert board.links(SERVICE, end_user, AFTER, said) is not None
    assert 1 == len(board._said[said])
