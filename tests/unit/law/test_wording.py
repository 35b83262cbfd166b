import pytest

from writ.canonical import Plain
from writ.law.document import read_plain
from writ.law.expressions import read_expression
from writ.law.reading import Reader
from writ.law.scope import Scope
from writ.law.wording import who_words
from writ.model.expression import Group, MostRecent, Predicate


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"age_over": 18}, "people age_over 18"),
        ({"stateless": True}, "people not citizen_of any"),
        ({"licensed_as": ["physician", "nurse"]}, "people licensed_as nurse, physician"),
        ({"ever_citizen_of": ["CN"]}, "people ever_citizen_of CN"),
        ({"citizen_only_of": ["CH", "CA"]}, "people citizen_only_of CA, CH"),
        (
            {"all": [{"citizen_of": ["CH"]}, {"age_over": 18}]},
            "people (citizen_of CH and age_over 18)",
        ),
    ],
)
def test_operators_are_said_in_the_orders_own_words(value: Plain, said: str) -> None:
    """A signer reads a threshold as its least value, and what any value answers as `any`."""
    reader = Reader()
    expression = read_expression(Scope(reader, "person", {}, "acme-ai"), read_plain(value))
    reader.done()
    assert said == who_words(Predicate(expression, None))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            {
                "owned_by": {
                    "share": "50",
                    "who": {
                        "organisation": {"organisation_in": "annex-a"},
                        "person": {"citizen_of": ["RU"]},
                    },
                }
            },
            ("organisations owned_by 50 % or more (people citizen_of RU, "
            "organisations organisation_in annex-a (2 listed))"),
        ),
        (
            {"ultimate_parent_is": {"any": [{"headquartered_in": ["CN"]}, {"organisation_in": "annex-a"}]}},
            ("organisations ultimate_parent_is ((headquartered_in CN or "
            "organisation_in annex-a (2 listed)))"),
        ),
        ({"government_of": ["VE"]}, "organisations government_of VE"),
    ],
)  # fmt: skip
def test_what_is_asked_of_others_is_said_of_them(value: Plain, said: str) -> None:
    """A signer reads which owners count; who is on an annex is said by how many they are."""
    reader = Reader()
    annex = Group("annex-a", frozenset({"one", "two"}), "sha256:0")
    scope = Scope(reader, "organisation", {"annex-a": annex}, "acme-ai")
    expression = read_expression(scope, read_plain(value))
    reader.done()
    assert said == who_words(Predicate(None, expression))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            {"employed_by": {"headquartered_in": ["CN"]}},
            "people employed_by (headquartered_in CN)",
        ),
        (
            {"citizen_of": ["RU"], "held_at": "2022-02-24T00:00:00Z"},
            "people citizen_of RU held_at 2022-02-24T00:00:00Z",
        ),
    ],
)
def test_what_is_asked_of_employers_and_of_the_past_is_said(value: Plain, said: str) -> None:
    """A signer reads of whom, and of when."""
    reader = Reader()
    expression = read_expression(Scope(reader, "person", {}, "acme-ai"), read_plain(value))
    reader.done()
    assert said == who_words(Predicate(expression, None))


def test_the_most_recent_country_is_said() -> None:
    """By its codes, in order."""
    atom = MostRecent(frozenset({"IR", "CU"}))
    assert "people most_recent_of CU, IR" == who_words(Predicate(atom, None))
