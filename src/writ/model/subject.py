"""Subjects and the facts known of them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.vocabulary import Kind

Completeness: TypeAlias = Literal["at_least", "exhaustive"]


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One value of an attribute; parts as the vocabulary's shape says, held in [since, until)."""

    parts: tuple[str, ...]
    since: Instant | None = None
    until: Instant | None = None

    def holds(self, at: Instant) -> bool:
        """Whether the value is current at `at`."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of a subject as one issuer attested it; `assurance` is 0 to 4."""

    attribute: str
    values: tuple[Value, ...]
    completeness: Completeness
    assurance: int
    method: str
    issuer: str
    verified_at: Instant
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, an organisation or a service account."""

    id: str
    kind: Kind
    acts_for: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The subjects a request stands on, before they become links.

    A service account is transparent; an end user left out is None; an end user whom nobody
    registered is a person without facts.
    """

    requester: Subject
    organisation: Subject | None = None
    end_user: Subject | None = None
