"""Words in the record: whose they are, of which order, and in which order."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.signers import Signers, StandingClock
from tests.worlds.stores import store_at
from writ.canonical import Plain
from writ.errors import InvalidInput, Refused
from writ.ledger.record.statements import (
    STATED,
    Said,
    Statements,
    read_statements,
    sign_statement,
    statements_plain,
)
from writ.signing.keys import KeyPair
from writ.signing.trust import Person
from writ.signing.word import sign_word

WORLD = Signers.make()
RAE = KeyPair.from_seed(b"r" * 32)
REVIEWER = Person("rae", "Rae", (RAE.public,), frozenset({"review"}))
TRUST = replace(WORLD.trust, people={**WORLD.trust.people, "rae": REVIEWER})


def said(number: int = 1, order: str = "o", **words: str) -> Said:
    """A statement."""
    names = ("evaluation", "told_beforehand", "restoration", "challenge", "correction")
    return Said(order, number, **(dict.fromkeys(names) | words))


@pytest.fixture
def statements(tmp_path: Path) -> Statements:
    """Statements in a store of their own."""
    return Statements(store_at(tmp_path / "writ.sqlite"), TRUST, StandingClock())


def take(statements: Statements, words: Said, by: str = "ana") -> None:
    """Sign a statement and hand it in."""
    statements.take(sign_statement(words, TRUST, WORLD.keys[by]))


def test_the_last_word_on_each_thing_stands(statements: Statements) -> None:
    """What a later one leaves out stays; corrections are kept all; other orders are others."""
    take(statements, said(evaluation="none", challenge="before the court"))
    take(statements, said(order="p", evaluation="full"))
    take(statements, said(2, evaluation="summary", correction="It came late."), by="ben")
    take(statements, said(3, correction="So did the other."))
    with statements.store.view() as connection:
        found = statements_plain(read_statements(connection, TRUST, "o"))
    at = "2026-06-12T21:00:00Z"
    expected: dict[str, Plain] = {
        "evaluation": "summary",
        "told_beforehand": None,
        "restoration": None,
        "challenge": "before the court",
        "corrections": [
            {"at": at, "text": "It came late."},
            {"at": at, "text": "So did the other."},
        ],
    }
    assert expected == found


def test_a_statement_serves_once_and_follows_the_last(statements: Statements) -> None:
    """The same word handed in again, and one that leaves a number out."""
    envelope = sign_statement(said(evaluation="none"), TRUST, WORLD.keys["ana"])
    statements.take(envelope)
    for again in (
        envelope,
        sign_statement(said(3, evaluation="full"), TRUST, WORLD.keys["ana"]),
    ):
        with pytest.raises(Refused, match="does not follow; there are 1"):
            statements.take(again)


def test_who_may_neither_submit_nor_sign_does_not_speak(statements: Statements) -> None:
    """Looking at papers is not speaking for the house."""
    envelope = sign_statement(said(evaluation="none"), TRUST, RAE)
    with pytest.raises(Refused, match="`rae` may neither submit nor sign"):
        statements.take(envelope)


def test_a_word_is_about_what_it_says(statements: Statements) -> None:
    """A signature over one order cannot be used for another, and nobody signs past the check."""
    words = said(evaluation="none")
    about = "sha256:" + "0" * 64
    wrong = sign_word(STATED, about, words.plain(), TRUST, WORLD.keys["ana"])
    with pytest.raises(Refused, match="about another statement"):
        statements.take(wrong)
    with pytest.raises(InvalidInput, match="say something"):
        take(statements, said())
