"""Outcomes of a decision, in order of strictness."""

from enum import IntEnum


class Outcome(IntEnum):
    """Deny over verify over substitute over permit: `max` is the strictest."""

    PERMIT = 0
    SUBSTITUTE = 1
    VERIFY = 2
    DENY = 3

    @property
    def word(self) -> str:
        """The outcome as files and answers write it."""
        return self.name.lower()
