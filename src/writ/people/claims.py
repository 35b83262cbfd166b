"""What somebody says of themselves, chosen on a page among what would settle it.

1. A choice is the place of something wanted, and of one value of it: nothing else can be claimed.
2. A value may be a group (`eu`, or a status by any state): the country is then said beside it.
"""

from collections.abc import Mapping

from writ.errors import InvalidInput
from writ.law.subjects import read_fact, write_fact
from writ.model.decision import Settlement
from writ.model.subject import Fact, Value
from writ.model.vocabulary import VOCABULARY, Shape
from writ.people.methods import Claim, Question

_COUNTRIES = {Shape.COUNTRY: 0, Shape.PLACE: 0, Shape.PROTECTION: 1}
"""In which part of a value its country stands."""
_CODE = 2


def unnamed_country(item: Settlement, parts: tuple[str, ...]) -> bool:
    """Whether a value leaves its country open (rule 2)."""
    place = _COUNTRIES.get(VOCABULARY[item.attribute].shape)
    return place is not None and not (len(parts[place]) == _CODE and parts[place].isupper())


def chosen(question: Question, fields: Mapping[str, str]) -> tuple[Settlement, Claim]:
    """Return what a form claims: `choice` is `WANTED.VALUE`, `country` a code; else InvalidInput."""
    first, _, second = fields.get("choice", "").partition(".")
    try:
        item = question.wanted[_place(first)]
        parts = () if item.completeness == "exhaustive" else item.values[_place(second)]
    except (IndexError, ValueError):
        raise InvalidInput("choose what you want to show") from None
    if item.completeness == "exhaustive":
        return item, Claim(item.attribute, tuple(map(Value, item.values)), "exhaustive")
    if unnamed_country(item, parts):
        place = _COUNTRIES[VOCABULARY[item.attribute].shape]
        code = fields.get("country", "").strip().upper()
        parts = (*parts[:place], code, *parts[place + 1 :])
    return item, Claim(item.attribute, (_checked(item, Value(parts)),))


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)


def _checked(item: Settlement, value: Value) -> Value:
    """Have the vocabulary say that a value is one: a country that exists, among others."""
    fact = Fact(item.attribute, (value,), "at_least", 0, "claim", "claim", 0)
    try:
        read_fact(write_fact(fact))
    except InvalidInput:
        raise InvalidInput("write the country as two letters, such as FR") from None
    return value
