"""What an error is to a visitor: a status, and a sentence in their language that says what to do.

The error's own line, which is more precise, stands below it, in English and marked as such.
"""

from writ.errors import Failed, InvalidInput, Refused, WritError
from writ.people.sources import NotNow
from writ.portal.counter import NoKey
from writ.portal.limits import TooMany
from writ.portal.words import words_in

_KEYS: dict[type, str] = {
    NoKey: "error.key",
    TooMany: "error.wait",
    NotNow: "error.wait",
    Refused: "error.refused",
    InvalidInput: "error.input",
    Failed: "error.later",
}
_STATUSES: dict[type, int] = {Refused: 403, InvalidInput: 422, Failed: 503, TooMany: 429}


def status_of(error: WritError) -> int:
    """Return the status of an answer that is an error."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)


def told(error: WritError, language: str) -> str:
    """Say what to do about an error."""
    key = next((_KEYS[kind] for kind in type(error).__mro__ if kind in _KEYS), "error.later")
    after = error.after if isinstance(error, TooMany | NotNow) else 0
    return words_in(language)(key, seconds=after)


def mistaken(error: WritError | None, language: str) -> dict[str, str]:
    """Return what a page says of an error above its own content (none: nothing)."""
    return {} if error is None else {"wrong": str(error), "told": told(error, language)}
