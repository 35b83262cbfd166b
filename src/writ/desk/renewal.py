"""When a model closes to somebody by what that rests on: facts end, and grow too old.

1. Asked is the law of now, about what is known as it will be: everything is looked at as so much older.
   What is scheduled is told by nobody's page ahead of its time.
2. It closes at the first instant at which the outcome is another one than permit. What would settle it
   then is what can be shown again before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from writ.clock import DAY, FOREVER, Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled, outcome_of
from writ.model.decision import Decision
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value

SOON = 30 * DAY
"""So long before its end something can be shown again."""


@dataclass(frozen=True, slots=True)
class Closing:
    """When a model closes to a chain, and what is decided from then on."""

    at: Instant
    decision: Decision


def closings(compiled: Compiled, chain: Chain, now: Instant) -> list[Instant]:
    """Return the instants from which something else is known of those in a chain, ascending."""
    links = (chain.requester, chain.organisation, chain.end_user)
    subjects = [item for item in links if item is not None]
    points = {until for item in subjects for until, _, _ in compiled.spans(item, now)}
    return sorted(points - {FOREVER})


def closing(
    compiled: Compiled, chain: Chain, model: str, now: Instant, points: Iterable[Instant]
) -> Closing | None:
    """Return when a model that is open closes (rules 1, 2), among `closings`; None: it does not."""
    for point in points:
        later = _later(chain, point - now)
        if outcome_of(compiled, later, model, now)[0] is not Outcome.PERMIT:
            return Closing(point, decide_compiled(compiled, later, model, now))
    return None


def _later(chain: Chain, by: int) -> Chain:
    """Return a chain as it will be known, by the clock of now."""
    organisation, end_user = chain.organisation, chain.end_user
    return replace(
        chain,
        requester=_older(chain.requester, by),
        organisation=None if organisation is None else _older(organisation, by),
        end_user=None if end_user is None else _older(end_user, by),
    )


def _older(subject: Subject, by: int) -> Subject:
    related = {
        name: replace(item, facts=_facts(item, by)) for name, item in subject.related.items()
    }
    return replace(subject, facts=_facts(subject, by), related=related)


def _facts(subject: Subject, by: int) -> tuple[Fact, ...]:
    return tuple(
        replace(
            fact,
            verified_at=fact.verified_at - by,
            expires_at=None if fact.expires_at is None else fact.expires_at - by,
            values=tuple(_value(item, by) for item in fact.values),
        )
        for fact in subject.facts
    )


def _value(value: Value, by: int) -> Value:
    since, until = (None if edge is None else edge - by for edge in (value.since, value.until))
    return replace(value, since=since, until=until)
