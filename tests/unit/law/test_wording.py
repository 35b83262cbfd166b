import pytest

from writ.canonical import Plain
from writ.law.document import read_plain
from writ.law.expressions import Scope, read_expression
from writ.law.reading import Reader
from writ.law.wording import who_words
from writ.model.expression import Predicate


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"age_over": 18}, "people age_over 18"),
        ({"stateless": True}, "people not citizen_of any"),
        ({"licensed_as": ["physician", "nurse"]}, "people licensed_as nurse, physician"),
        ({"ever_citizen_of": ["CN"]}, "people ever_citizen_of CN"),
    ],
)
def test_operators_are_said_in_the_orders_own_words(value: Plain, said: str) -> None:
    """A signer reads a threshold as its least value, and what any value answers as `any`."""
    reader = Reader()
    expression = read_expression(Scope(reader, "person", {}, "acme-ai"), read_plain(value))
    reader.done()
    assert said == who_words(Predicate(expression, None))
