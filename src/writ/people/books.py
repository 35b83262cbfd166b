"""What every part of the registry works with: the store, the clock, who must hear of changes.

1. Events name subjects by pseudonym, so that forgetting the deployment's secret forgets them.
2. Whoever listens is called once a change is durable, in the thread that made it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from writ.clock import Clock
from writ.people.pseudonym import pseudonym
from writ.store.database import Store


@dataclass(frozen=True, slots=True)
class Change:
    """What was added, altered or revoked in one unit.

    `end_users` are (organisation, sub), `issuers` (organisation, kid), `keys` ids of API keys;
    `subjects` are those whose facts or `acts_for` are no longer what they were.
    """

    subjects: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    end_users: frozenset[tuple[str, str]] = frozenset()
    issuers: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Books:
    """The registry's footing; `secret` is the deployment's, for pseudonyms."""

    store: Store
    clock: Clock
    secret: bytes
    listeners: list[Callable[[Change], None]] = field(default_factory=list)

    def announce(self, change: Change) -> None:
        """Tell every listener, unless nothing changed (rule 2)."""
        if change != Change():
            for listener in self.listeners:
                listener(change)

    def alias(self, subject: str) -> str:
        """Return the subject's pseudonym as hex, for event rows (rule 1)."""
        return pseudonym(self.secret, subject).hex()
