from itertools import product

import pytest

from writ.model.cell import CODES, HELD, OUTCOMES, Triple
from writ.model.outcome import Outcome

PERMIT, SUBSTITUTE, VERIFY, DENY = Outcome
TWO = (PERMIT, SUBSTITUTE, DENY)
TRIPLES = [Triple(*parts) for parts in product(TWO, TWO, Outcome)]


def test_every_code_maps_to_an_outcome_or_denies() -> None:
    """All 128 codes: those of the 36 triples give the outcome of §7.2, every other one denies."""
    expected = [DENY] * CODES
    for triple in TRIPLES:
        between = max(triple.least, triple.fallback)
        expected[triple.code] = triple.least if triple.least is triple.most else between
    assert expected == list(OUTCOMES)
    assert 36 == len({triple.code for triple in TRIPLES})


def test_codes_join_as_their_triples() -> None:
    """`|` of two codes is the code of the componentwise strictest, for every pair."""
    assert [] == [
        (one, other)
        for one, other in product(TRIPLES, TRIPLES)
        if one.code | other.code != one.join(other).code
        or one.join(other).least != max(one.least, other.least)
        or one.join(other).most != max(one.most, other.most)
        or one.join(other).fallback != max(one.fallback, other.fallback)
    ]


def test_joining_never_turns_anything_into_a_permit() -> None:
    """A chain is permitted only where each of its links is."""
    assert [] == [
        (one, other)
        for one, other in product(TRIPLES, TRIPLES)
        if one.least <= one.most and other.least <= other.most
        if OUTCOMES[one.code | other.code] is PERMIT
        and (one.outcome is not PERMIT or other.outcome is not PERMIT)
    ]


def test_a_hold_denies_whatever_it_is_joined_with() -> None:
    """No link loosens a hold."""
    assert {DENY} == {HELD.join(triple).outcome for triple in TRIPLES}
    assert {DENY} == {OUTCOMES[HELD.code | triple.code] for triple in TRIPLES}


def test_nothing_said_is_permitted() -> None:
    """The empty triple is code 0 and a permit."""
    assert (0, PERMIT) == (Triple().code, OUTCOMES[0])


@pytest.mark.parametrize("word", ["permit", "substitute", "verify", "deny"])
def test_outcomes_are_written_in_order_of_strictness(word: str) -> None:
    """Deny over verify over substitute over permit."""
    assert word == Outcome[word.upper()].word
    assert sorted(Outcome) == list(Outcome) == [PERMIT, SUBSTITUTE, VERIFY, DENY]
