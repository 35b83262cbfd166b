"""A gateway fed over the seam decides as the compiled meaning does, for every link and instant."""

from dataclasses import replace
from hashlib import blake2b, sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.chains import boundaries, chain, instant
from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.clock import FOREVER, Instant
from writ.desk.load import Load
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.snapshot import snapshot
from writ.model.decision import Reason
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.point import seam
from writ.point.board import Board, Verdict
from writ.point.view import read_view

Said = tuple[Outcome, str | None, tuple[Reason, ...]]
SUB = "somebody"


def name_of(subject: str) -> bytes:
    """A pseudonym good enough here."""
    return blake2b(subject.encode(), digest_size=16).digest()


def fed(compiled: Compiled, asked: Chain, now: Instant) -> tuple[Board, seam.Key, bytes | None]:
    """A board that was told of one chain, message by message as bytes."""
    board = Board()
    load = Load(compiled, 1, name_of, now)
    requester, organisation, end_user = asked.requester, asked.organisation, asked.end_user
    load.stand(requester.id, organisation.id if organisation else None)
    if organisation is not None:
        load.know(organisation, (), now)
    if requester.kind != "service":
        load.know(requester, (), now)
    named = None
    if end_user is not None:
        namer = organisation or requester
        load.name(namer.id, SUB, end_user, (), now)
        named = seam.end_user_name(name_of(namer.id), SUB)
    key = seam.Key(
        sha256(b"key").digest(),
        "k1",
        name_of(requester.id),
        requester.kind,
        name_of(organisation.id) if organisation else None,
    )
    board.stage(read_view(snapshot(compiled.book, 1, None, 1)))
    for message in (*load.messages(), key):
        received = seam.down_decoder.decode(seam.frame(message)[4:])
        assert isinstance(received, seam.Row | seam.Subject | seam.Key)
        board.put(received)
    board.activate(1)
    return board, key, named


def said(verdict: Verdict | None) -> Said:
    """What a board says; nothing decided is a fault of the test here."""
    assert verdict is not None
    reasons = tuple(
        Reason(
            "barred" if item.certain else "undetermined",
            item.rule.order,
            item.rule.version,
            item.rule.rule,
            tuple(item.rule.clauses),
            item.link,
        )
        for item in verdict.against
        if item.rule.order is not None
    )
    return verdict.outcome, verdict.served_by, reasons


def expected(compiled: Compiled, asked: Chain, model: str, at: Instant) -> Said:
    """What the compiled meaning says of the same."""
    decision = decide_compiled(compiled, asked, model, at)
    reasons = tuple(reason for reason in decision.reasons if reason.rule is not None)
    permitted = decision.outcome is Outcome.PERMIT
    return decision.outcome, decision.served_by, () if permitted else reasons


def without_clash(asked: Chain) -> Chain:
    """The same chain with different ids for different people; an end user needs somebody's word."""
    requester, organisation, end_user = asked.requester, asked.organisation, asked.end_user
    if organisation is None and requester.kind != "organisation":
        return Chain(requester)
    if organisation is not None and requester.id == organisation.id:
        requester = replace(requester, id=requester.id + "'")
    others = (requester.id, organisation.id if organisation else "")
    if end_user is not None and end_user.id in others:
        end_user = replace(end_user, id=end_user.id + "''")
    return Chain(requester, organisation, end_user)


def compare(random: Random) -> None:
    """Feed a board before the first instant asked, then ask it at that one and later ones."""
    book = lawbook(random, pool(random))
    asked = without_clash(chain(random))
    compiled = Compiled(book)
    now = instant(random, book, asked)
    later = sorted(point for point in boundaries(book, asked) if now < point < FOREVER)[:6]
    board, key, named = fed(compiled, asked, now)
    for at in (now, *later):
        links = board.links(key, named, at)
        assert links is not None
        for model in MODELS:
            want = expected(compiled, asked, model, at)
            assert want == said(board.judge(links, model, at, live=True))


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_board(random: Random) -> None:
    """Boards and tables agree, and hypothesis looks for where they do not."""
    compare(random)


@pytest.mark.parametrize("seed", range(400))
def test_board_on_seeds(seed: int) -> None:
    """Boards and tables agree on worlds that every run sees."""
    compare(Random(seed))  # noqa: S311 - to be repeated, not to be secret
