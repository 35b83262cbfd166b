"""What the pages' forms offer: values to choose from, papers, ways."""

from collections.abc import Iterable
from dataclasses import dataclass

from writ.people.claims import unnamed_country
from writ.people.methods import Question
from writ.people.papers import documents
from writ.portal.attempts import Offered
from writ.portal.counter import Standing, Wanted
from writ.portal.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose, by the name that `writ.people.claims` reads; `country`: say which."""

    name: str
    text: str
    country: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A method to choose, and what it could show of one question."""

    method: str
    question: int
    shows: tuple[Wanted, ...]


def choices(question: Question, words: Words) -> list[Choice]:
    """Return every value that would settle a question, one by one, and complete lists whole."""
    found: list[Choice] = []
    for place, item in enumerate(question.wanted):
        if item.completeness == "exhaustive":
            text = words.wanted(item.attribute, item.values, "exhaustive")
            found.append(Choice(str(place), text, country=False))
            continue
        for number, parts in enumerate(item.values):
            text = words.wanted(item.attribute, [parts], "at_least")
            country = unnamed_country(item, parts)
            found.append(Choice(f"{place}.{number}", text, country=country))
    return found


def papers(question: Question) -> list[str]:
    """Return the papers that may show any of it, each once."""
    named = (name for item in question.wanted for name in documents(item.attribute))
    found = dict.fromkeys(named)
    return [*(name for name in found if name != "other"), "other"]


def offered(ways: Iterable[Offered], standing: Standing) -> list[Way]:
    """Return the ways with what each could show."""
    return [
        Way(
            way.method,
            way.question,
            tuple(standing.questions[way.question].wanted[place] for place in way.offer.shows),
        )
        for way in ways
    ]
