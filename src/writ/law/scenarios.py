"""Scenarios: what an order is expected to do, written beside it and run at every check.

1. `person` alone asks with a key of their own. `organisation` alone is its service key, naming
   nobody. Both are that service key naming that person, unless `requester: person` says that the
   person asks with a key of their own, acting for the organisation.
2. `end_user` is whoever the key names beside those, where rule 1 names nobody.
3. `at` is an instant, or `effective`, `comply_by` or `until` of the order.
4. A scenario is judged by its own version alone, whatever else is in force; at a `deployment` by
   the rules that cover it.
"""

from collections.abc import Mapping
from dataclasses import replace

from writ.clock import Instant
from writ.law.document import Node
from writ.law.letter import Letter
from writ.law.reading import Fields, Keys, Reader
from writ.law.shorthand import read_shorthand
from writ.law.where import read_deployment
from writ.model.order import Scenario
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

SCENARIO_KEYS = Keys(
    required=("name", "at", "model", "expect"),
    optional=("person", "organisation", "end_user", "requester", "deployment"),
)
MOMENTS = ("effective", "comply_by", "until")
OUTCOMES = {outcome.word: outcome for outcome in Outcome}
SERVICE_KEY = "service-key"


def read_scenario(letter: Letter, node: Node, moments: Mapping[str, Instant | None]) -> Scenario:
    """Read one scenario; `moments` are the order's own instants."""
    reader = letter.reader
    fields = reader.fields(node, SCENARIO_KEYS)
    at = _moment(reader, fields["at"], moments)
    model = reader.text(fields["model"])
    letter.model(fields["model"])
    return Scenario(
        reader.text(fields["name"]),
        at,
        model,
        OUTCOMES[reader.choice(fields["expect"], OUTCOMES)],
        _chain(reader, node, fields, at),
        node.place.line,
        node.place.column,
        read_deployment(reader, fields["deployment"], letter.catalogue),
    )


def _moment(reader: Reader, node: Node | None, moments: Mapping[str, Instant | None]) -> Instant:
    if node is None or node.value not in MOMENTS:
        return reader.instant(node) or 0
    if node.value not in moments:
        reader.fault(node, f"this order has no `{node.value}`")
    return moments.get(str(node.value)) or 0


def _chain(reader: Reader, node: Node, fields: Fields, at: Instant) -> Chain:
    """Build the chain of rules 1 and 2."""
    person = _subject(reader, fields["person"], "person", at)
    end_user = _subject(reader, fields["end_user"], "end_user", at)
    shown = fields["organisation"]
    organisation = (
        None if shown is None else read_shorthand(reader, shown, "organisation", at, "organisation")
    )
    own = organisation is None
    if "requester" in fields:
        own = reader.choice(fields["requester"], ("person", "service")) == "person"
    if person is None and organisation is None:
        reader.fault(node, "write `person`, `organisation` or both: who asks?")
    elif person is None and own:
        reader.fault(node, "`requester: person` needs a `person`")
    elif person is not None and organisation is None and not own:
        reader.fault(node, "`requester: service` needs an `organisation`")
    elif person is not None and not own and end_user is not None:
        reader.fault(node, "both `person` and `end_user` are named by this service key; keep one")
    acts_for = () if organisation is None else (organisation.id,)
    if person is not None and own:
        requester = replace(person, acts_for=acts_for)
        return Chain(requester, organisation, end_user)
    return Chain(Subject(SERVICE_KEY, "service", acts_for), organisation, end_user or person)


def _subject(reader: Reader, node: Node | None, name: str, at: Instant) -> Subject | None:
    return None if node is None else read_shorthand(reader, node, "person", at, name)
