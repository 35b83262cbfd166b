"""Subjects and the facts known of them.

1. An organisation's standing may rest on its owners' and its parent's facts, a person's on their
   employer's: those are `related`. They are found by id, the facts of owners' owners too, as far as
   `followed` goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.vocabulary import Kind

NAMING = ("owners", "ultimate_parent")
"""The attributes whose values name those whom a standing may rest on."""

MOST_FOLLOWED = 500
"""So many related subjects are looked at; of those beyond, nothing is known."""

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
    """A person, an organisation or a service account; `related` is rule 1's, by id."""

    id: str
    kind: Kind
    acts_for: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    related: Mapping[str, "Subject"] = field(default_factory=dict, compare=False, repr=False)

    def names(self) -> frozenset[str]:
        """Return the ids that its facts, at whatever level and instant, name as owner or parent."""
        return self._named(NAMING)

    def rests_on(self) -> frozenset[str]:
        """Return the same with employers: whom its own standing may rest on, and nobody else's."""
        return self._named((*NAMING, "employer"))

    def _named(self, attributes: tuple[str, ...]) -> frozenset[str]:
        return frozenset(
            value.parts[0]
            for fact in self.facts
            if fact.attribute in attributes
            for value in fact.values
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """The subjects a request stands on, before they become links.

    A service account is transparent; an end user left out is None; an end user whom nobody
    registered is a person without facts.
    """

    requester: Subject
    organisation: Subject | None = None
    end_user: Subject | None = None


def followed(subject: Subject) -> dict[str, Subject]:
    """Return a subject and those related to it, by id: nearest first, then by id, up to the limit."""
    found = {subject.id: subject}
    names = subject.rests_on()
    while names:
        named = sorted(names - found.keys())
        latest = [subject.related[name] for name in named if name in subject.related]
        latest = latest[: MOST_FOLLOWED - len(found)]
        found |= {item.id: item for item in latest}
        names = frozenset[str]().union(*(item.names() for item in latest))
    return found
