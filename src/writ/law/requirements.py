"""`serve:` of a requirement: who must be served which models.

1. A requirement never permits anything: it decides nothing, and is in no digest of the rules.
2. Where a restriction stands against it, that is told; nothing says which goes first.
"""

from dataclasses import dataclass

from writ.law.document import Node, Place
from writ.law.letter import Letter
from writ.law.reading import Fields, Keys
from writ.model.order import OrderKind, Requirement

SERVE_KEYS = Keys(required=("id", "clauses", "who"), optional=("models", "capabilities", "where"))


@dataclass(frozen=True, slots=True)
class PlacedRequirement:
    """A requirement, and where it stands."""

    requirement: Requirement
    place: Place


def read_requirements(
    letter: Letter, node: Node, fields: Fields, kind: OrderKind
) -> tuple[PlacedRequirement, ...]:
    """Read who must be served."""
    reader = letter.reader
    if "serve" in fields and kind != "requirement":
        reader.fault(fields.key("serve"), "only a requirement says who must be served")
    if kind == "requirement" and "rules" in fields:
        reader.fault(fields.key("rules"), "a requirement has no rules; write `serve`")
    found = tuple(_requirement(letter, item) for item in reader.items(fields["serve"]))
    if kind == "requirement" and not found and "serve" not in reader.unread:
        reader.fault(fields["serve"] or node, "a requirement needs at least one entry of `serve`")
    return found


def _requirement(letter: Letter, node: Node) -> PlacedRequirement:
    reader = letter.reader
    fields = reader.fields(node, SERVE_KEYS)
    models, _ = letter.models_of(node, fields)
    requirement = Requirement(
        reader.name(fields["id"]),
        letter.clause_list(fields["clauses"]),
        models,
        letter.predicate(fields["who"]),
        letter.where(fields["where"]),
    )
    return PlacedRequirement(requirement, node.place)
