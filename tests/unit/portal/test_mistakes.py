"""What went wrong, in the visitor's language; the precise line below it, marked as English."""

import pytest

from writ.errors import Failed, InvalidInput, Refused
from writ.pages.words import LANGUAGES
from writ.people.sources import NotNow
from writ.portal.counter import NoKey
from writ.portal.limits import TooMany
from writ.portal.mistakes import mistaken, status_of, told
from writ.portal.words import words_in

ERRORS = {
    "error.key": (NoKey("k"), 403),
    "error.refused": (Refused("r"), 403),
    "error.input": (InvalidInput("i"), 422),
    "error.later": (Failed("f"), 503),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_error_has_a_sentence(language: str) -> None:
    """By its kind, with the seconds to wait where there are some; no error, nothing said."""
    words = words_in(language)
    for key, (error, status) in ERRORS.items():
        assert (words(key), status) == (told(error, language), status_of(error))
    for late in (TooMany(7), NotNow("down", 7)):
        assert words("error.wait", seconds=7) == told(late, language)
    assert [429, 503] == [status_of(item) for item in (TooMany(7), NotNow("down", 7))]
    assert {} == mistaken(None, language)
