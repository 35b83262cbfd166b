"""What an organisation says of its end user with one request, read as facts."""

from dataclasses import replace

import pytest

from writ.canonical import Plain
from writ.clock import SECOND
from writ.errors import WritError
from writ.model.subject import Completeness, Fact, Value
from writ.people.asserted import beside, read_said, said_at
from writ.signing.end_user import Assertion, sign_end_user, verify_end_user
from writ.signing.keys import KeyPair

PAIR = KeyPair.from_seed(bytes([9]) * 32)
NOW, AT = 1_781_299_260, 500 * SECOND
WORKS: dict[str, Plain] = {"organisation": "acme", "relation": "employee"}


def word(*facts: Plain, eligible: tuple[str, ...] = ()) -> Assertion:
    """Sign and prove a word."""
    text = sign_end_user(None if eligible else "u", "k", PAIR, NOW, facts=facts, eligible=eligible)
    return verify_end_user(text, "k", {PAIR.id: PAIR.public}.get, NOW)


def said(attribute: str, *values: Plain, completeness: str = "at_least", **more: Plain) -> Plain:
    """Write a fact as a token has it."""
    return {"attribute": attribute, "value": values, "completeness": completeness, **more}


def fact(*codes: str, completeness: Completeness = "at_least", ends: int | None = None) -> Fact:
    """A fact about citizenships on the books."""
    values = tuple(Value((code, "")) for code in codes)
    return Fact("citizenships", values, completeness, 3, "passport", "idv", 100, ends)


def test_a_fact_counts_as_it_is_registered_from_when_it_was_said() -> None:
    """Assurance, instant and provenance are not the organisation's to say."""
    [read] = read_said(word(said("citizenships", "US")), "acme", 2, AT)
    want = Fact("citizenships", (Value(("US", "")),), "at_least", 2, "end_user_token", "acme", AT)
    assert want == read


def test_values_are_written_as_everywhere() -> None:
    """With what belongs to a value, and an end."""
    value: Plain = {"country": "FR", "since": "2020-01-01T00:00:00Z"}
    ends = "2030-01-01T00:00:00Z"
    [read] = read_said(word(said("citizenships", value, expires_at=ends)), "acme", 2, AT)
    assert (("FR", ""), True) == (read.values[0].parts, read.values[0].since is not None)
    assert read.expires_at is not None


def test_that_somebody_is_eligible_is_a_certificate() -> None:
    """Of the organisation's, by the names of definitions."""
    [read] = read_said(word(eligible=("ear.us_person@1",)), "acme", 1, AT)
    assert ("users_certified", (Value(("ear.us_person@1",)),), 1) == (
        read.attribute,
        read.values,
        read.assurance,
    )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (said("programmes", "defenders"), "`programmes` is none of citizenships"),
        (said("licences", "D1"), "`licences` is none of"),
        (said("identity_level", 2), "`identity_level` is none of"),
        (said("users_certified", "ear.us_person@1"), "`users_certified` is none of"),
        (said("incorporated_in", "US"), "`incorporated_in` is none of"),
        (said("citizenships", "USA"), "USA"),
        (said("citizenships", "US", completeness="all"), "completeness"),
        (said("employer", {**WORKS, "organisation": "self"}), "speaks of its own people only"),
        (said("employer", WORKS, completeness="exhaustive"), "does not know of every other"),
        (said("citizenships", "US", expires_at="1970-01-01T00:00:01Z"), "is not after"),
        (said("citizenships", "US", expires_at="soon"), "soon"),
    ],
)
def test_what_it_may_not_say_is_refused(facts: Plain, why: str) -> None:
    """What others grant, what there is none of, whom others employ."""
    with pytest.raises(WritError, match=why):
        read_said(word(facts), "acme", 2, AT)


def test_it_may_say_that_somebody_works_for_it() -> None:
    """Of its own people it knows."""
    [read] = read_said(word(said("employer", WORKS)), "acme", 2, AT)
    assert ("acme", "employee") == read.values[0].parts


def test_a_word_is_as_old_as_its_signature() -> None:
    """In legal time, which a drill steps; a clock that is ahead says no later than now."""
    told = word(said("citizenships", "US"))
    assert [AT - 30 * SECOND, AT, AT] == [
        said_at(told, NOW + seconds, AT) for seconds in (30, 0, -4)
    ]


def test_the_books_go_first() -> None:
    """Closed there: nothing is added. Known there: it stays open. Ended there: it is as unsaid."""
    told = replace(fact("US", completeness="exhaustive"), assurance=2, verified_at=AT)
    closed, known = fact("FR", completeness="exhaustive"), fact("FR")
    assert [] == list(beside([closed], [told], AT))
    assert [] == list(beside([known, closed], [told], AT))
    assert [replace(told, completeness="at_least")] == list(beside([known], [told], AT))
    ended = fact("FR", completeness="exhaustive", ends=AT)
    assert [told] == list(beside([ended], [told], AT))
    assert [told] == list(beside([replace(closed, attribute="residence")], [told], AT))
