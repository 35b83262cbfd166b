"""Rules and exceptions of an order file.

1. Whatever a part refers to is looked up at once (see `writ.law.letter`), the rules of the version
   among it.
2. A substitute is another model of the catalogue that speaks every dialect of those it stands for.
3. Without a word about it: barred is `deny`, undetermined is `verify`, open streams are `cut`, and
   an exception that is not proven leaves its rule as it is (`unproven: barred`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from writ.clock import FOREVER
from writ.law.document import Node, Place, quoted
from writ.law.letter import Letter
from writ.law.licences import LICENCE_KEYS, SCOPE_KEYS, Licence, Register, read_licence
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.law.subjects import read_assurance
from writ.model.expression import Predicate
from writ.model.order import Effect, Evidence, Exemption, InFlight, Rule, Standing
from writ.model.outcome import Outcome

RULE_KEYS = Keys(
    required=("id", "clauses", "standing", "evidence"),
    optional=(
        "models",
        "capabilities",
        "only",
        "bar",
        "barred",
        "undetermined",
        "in_flight",
        "where",
    ),
)
EXCEPTION_KEYS = Keys(
    required=("id", "to", "clauses", "models"),
    optional=("who", "licence", "unproven"),
    nullable=("unless", "evidence"),
)
EVIDENCE_KEYS = Keys(required=("to_serve", "to_bar"), nullable=("max_age",))
SUBSTITUTE_KEYS = Keys(required=("substitute",))
UNDETERMINED_KEYS = Keys(optional=("substitute", "permit"))
DRAIN_KEYS = Keys(required=("drain", "clause"))

STANDINGS: dict[str, Standing] = {
    "natural_person": "natural_person",
    "certified_organisation": "certified_organisation",
    "organisation": "organisation",
}
NOBODY = Predicate(None, None)
_UNPROVEN: dict[str, Literal["barred", "verify"]] = {"barred": "barred", "verify": "verify"}
_WORDS = {"deny": Outcome.DENY, "verify": Outcome.VERIFY}


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule and where it stands, for faults that only other files show."""

    rule: Rule
    place: Place


def read_rule(letter: Letter, node: Node) -> Placed:
    """Read one rule."""
    reader = letter.reader
    fields = reader.fields(node, RULE_KEYS)
    models, capabilities = letter.models_of(node, fields)
    sense, predicate = _sense(letter, node, fields)
    rule = Rule(
        reader.name(fields["id"]),
        letter.clause_list(fields["clauses"]),
        models,
        sense,
        predicate,
        STANDINGS[reader.choice(fields["standing"], STANDINGS)],
        read_evidence(reader, fields["evidence"]),
        _barred(letter, fields["barred"], models),
        _undetermined(letter, fields["undetermined"], models),
        _in_flight(letter, fields["in_flight"]),
        letter.where(fields["where"]),
        capabilities,
    )
    substitutes = {effect.substitute or "" for effect in (rule.barred, rule.undetermined)} - {""}
    if len(substitutes) > 1:
        names = " and ".join(map(quoted, sorted(substitutes)))
        reader.fault(node, f"two substitutes, {names}; a model has one")
    return Placed(rule, node.place)


def read_exception(letter: Letter, node: Node, rules: Mapping[str, Rule]) -> Exemption:
    """Read one exception to one of `rules`."""
    reader = letter.reader
    fields = reader.fields(node, EXCEPTION_KEYS)
    unless, evidence = fields["unless"], fields["evidence"]
    licence = _licence(letter, node, fields)
    who = (
        letter.predicate(fields["who"], lenient=True)
        if licence is None or "who" in fields
        else None
    )
    exemption = Exemption(
        reader.name(fields["id"]),
        reader.text(fields["to"]),
        letter.clause_list(fields["clauses"]),
        letter.model_set(fields["models"]),
        licence.limit(who) if licence else who or NOBODY,
        None if unless is None else letter.predicate(unless),
        _UNPROVEN[reader.choice(fields["unproven"], _UNPROVEN)],
        None if evidence is None else read_evidence(reader, evidence),
        licence.number if licence else None,
        licence.since if licence else -FOREVER,
        FOREVER if licence is None or licence.until is None else licence.until,
    )
    _covered(reader, fields, exemption, rules)
    return exemption


def _licence(letter: Letter, node: Node, fields: Fields) -> Licence | None:
    """Find the licence that an exception rests on, which must cover its models."""
    named, reader = fields["licence"], letter.reader
    if isinstance(node.value, Mapping) and not {"who", "licence"} & set(node.value):
        reader.fault(node, "`who` is missing")
    if named is None:
        return None
    number = reader.identifier(named)
    licence = letter.licences.get(number)
    if licence is None:
        if "licences" not in reader.unread:
            hint = nearest(number, letter.licences)
            reader.fault(named, f"no licence {quoted(number)} in this version{hint}")
        return None
    for item in reader.items(fields["models"]):
        model = letter.catalogue.resolve(str(item.value))
        if licence.models and model is not None and model not in licence.models:
            reader.fault(item, f"the licence {quoted(number)} does not cover {quoted(model)}")
    return licence


def read_licences(letter: Letter, node: Node | None) -> None:
    """Read what the authority has licensed; exceptions may rest on it."""
    reader = letter.reader
    register = Register(reader, letter.annexes, letter.catalogue.provider, letter.groups)
    for item in reader.items(node):
        fields = reader.fields(item, LICENCE_KEYS)
        letter.clause_list(fields["clauses"])
        scope = reader.fields(fields["scope"], SCOPE_KEYS)
        models = letter.model_set(scope["models"])
        licence = read_licence(register, fields, models, scope)
        if licence.number in letter.licences:
            reader.fault(item, f"the licence {quoted(licence.number)} stands twice")
        letter.licences[licence.number] = licence


def _covered(
    reader: Reader, fields: Fields, exemption: Exemption, rules: Mapping[str, Rule]
) -> None:
    to, models = fields["to"], fields["models"]
    if to is None or not exemption.to.strip():
        return
    rule = rules.get(exemption.to)
    if rule is None:
        if "rules" not in reader.unread:
            hint = nearest(exemption.to, rules)
            reader.fault(to, f"no rule {quoted(exemption.to)} in this version{hint}")
        return
    for model in sorted(exemption.models - rule.models) if models is not None else ():
        reader.fault(models or to, f"the rule {quoted(rule.id)} does not cover {quoted(model)}")


def read_evidence(reader: Reader, node: Node | None) -> Evidence:
    """Read floors and the greatest age."""
    fields = reader.fields(node, EVIDENCE_KEYS)
    return Evidence(
        read_assurance(reader, fields["to_serve"]),
        read_assurance(reader, fields["to_bar"]),
        reader.duration(fields["max_age"]),
    )


def _sense(letter: Letter, node: Node, fields: Fields) -> tuple[Literal["only", "bar"], Predicate]:
    only, bar = fields["only"], fields["bar"]
    if "only" in fields and "bar" in fields:
        letter.reader.fault(fields.key("bar"), "write either `only` or `bar`; two rules for both")
    elif isinstance(node.value, Mapping) and "only" not in fields and "bar" not in fields:
        letter.reader.fault(node, "a rule needs `only` (who may) or `bar` (who may not)")
    predicate = letter.predicate(only if only is not None else bar)
    if only is not None and (predicate.person is None) != (predicate.organisation is None):
        nobody = "person" if predicate.person is None else "organisation"
        letter.reader.note(only, f"no {nobody} can satisfy this, so it bars every {nobody}")
    return ("bar" if only is None and bar is not None else "only"), predicate


def _barred(letter: Letter, node: Node | None, models: frozenset[str]) -> Effect:
    if node is not None and isinstance(node.value, Mapping):
        fields = letter.reader.fields(node, SUBSTITUTE_KEYS)
        return _substitute(letter, fields["substitute"], models)
    if node is not None and node.value != "deny":
        letter.reader.fault(node, "`barred` is `deny` or `{substitute: MODEL}`")
    return Effect(Outcome.DENY)


def _undetermined(letter: Letter, node: Node | None, models: frozenset[str]) -> Effect:
    if node is None:
        return Effect(Outcome.VERIFY)
    if isinstance(node.value, str) and node.value in _WORDS:
        return Effect(_WORDS[node.value])
    fields = Fields({})
    if isinstance(node.value, Mapping):
        fields = letter.reader.fields(node, UNDETERMINED_KEYS)
    if "substitute" in fields and "permit" not in fields:
        return _substitute(letter, fields["substitute"], models)
    if "permit" in fields and "substitute" not in fields:
        return Effect(Outcome.PERMIT, risk=letter.reader.text(fields["permit"]))
    letter.reader.fault(
        node,
        "`undetermined` is `verify`, `deny`, `{substitute: MODEL}`"
        " or `{permit: who took the risk, and why}`",
    )
    return Effect(Outcome.VERIFY)


def _substitute(letter: Letter, node: Node | None, models: frozenset[str]) -> Effect:
    """Read a substitute (rule 2)."""
    name = letter.model(node)
    if node is not None and name:
        speaks = letter.catalogue.models[name].dialects
        for model in sorted(models):
            wanted = letter.catalogue.models[model].dialects - speaks
            if model == name:
                letter.reader.fault(node, f"{quoted(name)} cannot stand in for itself")
            elif wanted:
                dialects = ", ".join(map(quoted, sorted(wanted)))
                letter.reader.fault(
                    node, f"{quoted(name)} does not speak {dialects} as {quoted(model)} does"
                )
    return Effect(Outcome.SUBSTITUTE, substitute=name)


def _in_flight(letter: Letter, node: Node | None) -> InFlight:
    if node is None or node.value == "cut":
        return InFlight()
    if not isinstance(node.value, Mapping):
        letter.reader.fault(node, "`in_flight` is `cut` or `{drain: 30s, clause: CLAUSE}`")
        return InFlight()
    fields = letter.reader.fields(node, DRAIN_KEYS)
    drain = letter.reader.duration(fields["drain"]) or 0
    return InFlight(drain, letter.clause(fields["clause"]))
