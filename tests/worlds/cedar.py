"""Cedar, another engine, before an export: who is asked about, and what it answers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from writ.clock import Instant
from writ.model.order import Lawbook
from writ.model.subject import Chain, Subject
from writ.study.cedar import Export, export


@dataclass
class Cedar:
    """An export, as Cedar reads it."""

    found: Export
    policies: Any = field(init=False)
    entities: Any = field(init=False)
    schema: str = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        text = {name: data.decode() for name, data in self.found.files.items()}
        self.schema = text["schema.cedarschema"]
        self.text = text["policies.cedar"]
        self.policies = cedarpy.PolicySet.from_str(self.text)
        self.entities = cedarpy.Entities.from_json_str(text["entities.json"])

    def permits(self, chain: Chain, model: str) -> bool:
        """Whether a chain may use a model: allowed, and nothing erred."""
        party = {"organisation": chain.organisation, "end_user": chain.end_user}
        context = {
            name: {"__entity": {"type": "Writ::Party", "id": item.id}}
            for name, item in party.items()
            if item is not None
        }
        request = {
            "principal": f"Writ::Party::{json.dumps(chain.requester.id)}",
            "action": 'Writ::Action::"use"',
            "resource": f"Writ::Model::{json.dumps(model)}",
            "context": context,
        }
        said = cedarpy.is_authorized(request, self.policies, self.entities)
        return said.decision is cedarpy.Decision.Allow and not said.diagnostics.errors


def cedar(book: Lawbook, people: Iterable[Subject], at: Instant) -> Cedar:
    """Export a lawbook and hand it to Cedar."""
    return Cedar(export(book, people, at))
