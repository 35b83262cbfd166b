"""Whether a predicate is true, false or unknown of one subject, by whichever meaning is handed in.

1. The predicate becomes the only rule of a lawbook: permit is true, deny is false, and verify says
   that some facts left open would decide it.
"""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from writ.clock import Instant
from writ.model.catalogue import Catalogue, Model
from writ.model.expression import Predicate
from writ.model.order import Effect, Evidence, InFlight, Lawbook, OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

Truth: TypeAlias = Literal["true", "false", "unknown"]
MODEL = "asked"
SAID: dict[Outcome, Truth] = {
    Outcome.PERMIT: "true",
    Outcome.DENY: "false",
    Outcome.VERIFY: "unknown",
}


class Decided(Protocol):
    """What a decision says, as far as a truth asks."""

    @property
    def outcome(self) -> Outcome: ...


Decide = Callable[[Lawbook, Chain, str, Instant], Decided]


def truth(predicate: Predicate, chain: Chain, at: Instant, decide: Decide) -> Truth:
    """Return what a predicate says of everybody in a chain, on evidence of any assurance."""
    return SAID[decide(asking(predicate, at), chain, MODEL, at).outcome]


def alone(subject: Subject) -> Chain:
    """Return the chain that stands on a person, or on an organisation that names nobody."""
    if subject.kind == "person":
        return Chain(subject)
    return Chain(Subject("key", "service", (subject.id,)), subject)


def asking(predicate: Predicate, at: Instant) -> Lawbook:
    """Return the lawbook that asks a predicate, in force from an instant on."""
    rule = Rule(
        "only",
        ("c1",),
        frozenset({MODEL}),
        "only",
        predicate,
        "organisation",
        Evidence(0, 0),
        Effect(Outcome.DENY),
        Effect(Outcome.VERIFY),
        InFlight(),
    )
    version = OrderVersion("o", 1, "restriction", "", at, None, "none", {}, {"c1": ""}, (rule,))
    return Lawbook(Catalogue("provider", {MODEL: Model(MODEL)}), (version,))
