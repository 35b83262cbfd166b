"""What a decision says, and to whom it can be explained."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.outcome import Outcome
from writ.model.subject import Completeness

LinkName: TypeAlias = Literal["requester", "organisation", "end_user"]
Verdict: TypeAlias = Literal[
    "barred",
    "undetermined",
    "held",
    "unknown_model",
    "unknown_organisation",
    "ambiguous_organisation",
    "bad_input",
    "substitute_refused",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that did not let one link pass, or (without a rule) why nothing was decided."""

    verdict: Verdict
    order: str | None = None
    version: int | None = None
    rule: str | None = None
    clauses: tuple[str, ...] = ()
    link: LinkName | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """Values that one link could show; those with the same `together` are needed at once.

    `subject` is the owner or parent who would show them, `?` one whom no fact names yet; None: the
    link itself.
    """

    link: LinkName
    attribute: str
    values: tuple[tuple[str, ...], ...]
    completeness: Completeness
    assurance: int
    methods: tuple[str, ...]
    together: int | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with its reasons; `model` is the name asked for, resolved where known."""

    outcome: Outcome
    model: str
    served_by: str | None
    reasons: tuple[Reason, ...]
    would_settle: tuple[Settlement, ...]
    rules_digest: str
    at: Instant
