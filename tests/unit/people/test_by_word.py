"""What can be shown by one's word, and by papers that people look at."""

import asyncio
from pathlib import Path

import pytest

from writ.clock import DAY, DrillClock
from writ.errors import InvalidInput
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.people.claims import chosen
from writ.people.declaration import Declaration
from writ.people.methods import Arrival, Claim, Finding, Question, Session, Show, Step, Wait
from writ.people.papers import Papers, documents

NOW = 1_780_000_000_000_000
QUESTION = Question(
    "alice",
    "person",
    "requester",
    "fable-5",
    (
        Settlement("requester", "citizenships", (("US", ""), ("eu", "")), "at_least", 2, ()),
        Settlement("requester", "protection", (("refugee", ""),), "at_least", 0, ()),
        Settlement("requester", "residence", (("FR", ""),), "exhaustive", 0, ()),
        Settlement("requester", "age_over", (("18",),), "at_least", 4, ()),
    ),
)


def heard(method: Declaration | Papers, **fields: str) -> Step:
    """What a method says to a form."""
    session = Session(QUESTION, "https://verify.example.org/verify", 0.0)
    return asyncio.run(method.hear(session, Arrival("", browser=True, fields=fields)))


def begun(method: Declaration | Papers) -> Step:
    """What a method shows first."""
    return asyncio.run(method.begin(Session(QUESTION, "", 0.0), "en"))


@pytest.fixture
def declaration(tmp_path: Path) -> Declaration:
    """The method, at an instant."""
    return Declaration(DrillClock(tmp_path / "clock", NOW))


def test_a_word_is_offered_where_a_word_is_enough(declaration: Declaration) -> None:
    """At A0 alone; papers wherever somebody may look, but for complete lists and what is beyond."""
    offer, papers = declaration.offer(QUESTION), Papers().offer(QUESTION)
    assert offer is not None
    assert papers is not None

    assert ((1, 2), 0, "nothing") == (offer.shows, offer.level, offer.needs)
    assert ((0, 1), 3, "document") == (papers.shows, papers.level, papers.needs)
    assert None is Papers().offer(Question("a", "person", "requester", "m", QUESTION.wanted[2:]))
    assert None is declaration.offer(Question("a", "person", "requester", "m", QUESTION.wanted[:1]))


def test_a_sworn_word_is_a_fact_at_a0_for_a_year(declaration: Declaration) -> None:
    """With the country said beside a status that any state may have granted; or a complete list."""
    found = heard(declaration, choice="1.0", country=" fr ", sworn="yes")
    whole = heard(declaration, choice="2", sworn="yes")
    assert isinstance(found, Finding)
    assert isinstance(whole, Finding)
    [proof] = found.proved

    assert ((Value(("refugee", "FR")),), 0, NOW + 365 * DAY) == (
        proof.values, proof.grade.level, proof.expires_at,
    )  # fmt: skip
    assert ("exhaustive", (Value(("FR", "")),)) == (
        whole.proved[0].completeness,
        whole.proved[0].values,
    )


def test_papers_wait_for_people(declaration: Declaration) -> None:
    """What is claimed, and by which paper; the form comes first."""
    assert [Show("form")] * 4 == [
        begun(declaration), begun(Papers()), heard(declaration), heard(Papers()),
    ]  # fmt: skip
    assert Wait("passport", (Claim("citizenships", (Value(("US", "")),)),)) == heard(
        Papers(), choice="0.0", document="passport"
    )
    assert ("other",) == documents("licences")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"choice": "9.0"}, "choose what you want to show"),
        ({"choice": "0.7"}, "choose what you want to show"),
        ({"choice": "-1.0"}, "choose what you want to show"),
        ({"choice": "0.x"}, "choose what you want to show"),
        ({"sworn": "yes"}, "choose what you want to show"),
        ({"choice": "0.1", "country": "QQ"}, "write the country as two letters"),
        ({"choice": "0.1"}, "write the country as two letters"),
    ],
)
def test_nothing_else_can_be_claimed(fields: dict[str, str], why: str) -> None:
    """A choice that is not there, and a country that does not exist."""
    with pytest.raises(InvalidInput, match=why):
        chosen(QUESTION, fields)


def test_a_form_that_is_not_in_order_is_sent_back(declaration: Declaration) -> None:
    """What needs more than a word, what was not sworn, a paper that shows something else."""
    with pytest.raises(InvalidInput, match="choose what you want"):
        heard(declaration, choice="0.0", sworn="yes")
    with pytest.raises(InvalidInput, match="say that it is true"):
        heard(declaration, choice="1.0", country="FR")
    for fields in ({"choice": "0.0", "document": "arrival-record"}, {"choice": "2"}):
        with pytest.raises(InvalidInput, match="choose a paper"):
            heard(Papers(), **fields)
