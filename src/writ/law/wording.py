"""Compiled law in one line each: models, orders, rules, exceptions, and whom they mean.

1. These are the words that signers are shown and that `writ order diff` prints; operators stand as
   the order file writes them. `writ.law.explain` says the same in full sentences.
"""

from collections.abc import Sequence

from writ.clock import FOREVER, format_duration, format_instant
from writ.model.catalogue import Deployment, Model
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    Never,
    Not,
    OwnedBy,
    ParentIs,
    Pattern,
    Predicate,
)
from writ.model.order import (
    Effect,
    Evidence,
    Exemption,
    OrderVersion,
    Requirement,
    Rule,
    Stay,
    Where,
)
from writ.model.vocabulary import VOCABULARY, Shape


def model_line(model: Model) -> str:
    """Say whether a model is controlled, and its other names."""
    also = f", also called {', '.join(sorted(model.aliases))}" if model.aliases else ""
    return ("controlled" if model.controlled else "exempt") + also


def one_line(text: str) -> str:
    """Put an order's own words on one line, so that none of them looks like a line of ours."""
    return " ".join(text.split())


def counted(number: int, noun: str) -> str:
    """Say how many there are of something."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def order_line(version: OrderVersion) -> str:
    """Say an order's kind, window, disclosure and title."""
    until = "" if version.until is None else f" until {format_instant(version.until)}"
    return (
        f"{version.kind}, from {format_instant(version.effective)}{until}, "
        f"disclosure {version.disclosure}: {one_line(version.title)}"
    )


def rule_line(rule: Rule) -> str:
    """Say everything that a rule decides by."""
    who = who_words(rule.predicate)
    sense = f"only {who} may use" if rule.sense == "only" else f"{who} may not use"
    return (
        f"rule {rule.id}: {sense} {', '.join(sorted(rule.models))}"
        f"{f' {where_words(rule.where)}' if rule.where else ''}; standing {rule.standing}; "
        f"evidence {evidence_words(rule.evidence)}; barred: {effect_words(rule.barred)}; "
        f"undetermined: {effect_words(rule.undetermined)}; open streams {streams_words(rule)}"
    )


def evidence_words(evidence: Evidence) -> str:
    """Say the floors and the greatest age."""
    age = evidence.max_age
    old = "" if age is None else f", {format_duration(age)} old at most"
    return f"A{evidence.to_serve} to serve, A{evidence.to_bar} to bar{old}"


def requirement_line(item: Requirement) -> str:
    """Say who must be served what."""
    there = f" {where_words(item.where)}" if item.where else ""
    return (
        f"requirement {item.id}: {who_words(item.who)} must be served"
        f" {', '.join(sorted(item.models))}{there}"
    )


def stay_line(stay: Stay) -> str:
    """Say which rules are stayed, by whom, from when until when."""
    until = "" if stay.until is None else f" until {format_instant(stay.until)}"
    rules = ", ".join(sorted(stay.rules))
    return f"stay {stay.id} of {rules} by {one_line(stay.by)}, from {format_instant(stay.since)}{until}"


def _licence_words(item: Exemption) -> str:
    if item.licence is None:
        return ""
    until = "" if item.until >= FOREVER else f" until {format_instant(item.until)}"
    return f", under licence {item.licence} from {format_instant(item.since)}{until}"


def where_words(where: Where | None) -> str:
    """Say what a rule covers."""
    if where is None:
        return "everywhere"
    by = f" by {' or '.join(sorted(where.entities))}" if where.entities else ""
    there = f" in {' or '.join(sorted(where.regions))}" if where.regions else ""
    return f"served{by}{there}"


def deployment_line(item: Deployment) -> str:
    """Say by whom and where models are served, and by which enforcement points."""
    points = ", ".join(sorted(item.points)) or "none"
    return f"served by {item.entity} in {item.region}, enforcement points: {points}"


def streams_words(rule: Rule) -> str:
    """Say what happens to open streams."""
    drain = rule.in_flight.drain
    return f"run on for {format_duration(drain)}" if drain else "are cut"


def exception_line(item: Exemption) -> str:
    """Say whom an exception lets pass."""
    unless = "" if item.unless is None else f", unless {who_words(item.unless)}"
    own = "" if item.evidence is None else f"; evidence {evidence_words(item.evidence)}"
    return (
        f"exception {item.id} to {item.to}: {who_words(item.who)} may use "
        f"{', '.join(sorted(item.models))}{unless}{_licence_words(item)}{own}; unproven: {item.unproven}"
    )


def who_words(predicate: Predicate) -> str:
    """Name a definition, or spell out what is asked of each kind of subject."""
    if predicate.name is not None:
        return predicate.name
    kinds = (("people", predicate.person), ("organisations", predicate.organisation))
    asked = [(kind, item) for kind, item in kinds if item is not None]
    some = [(kind, item) for kind, item in asked if not _never(item)] or asked
    return ", ".join(f"{kind} {_says(item)}" for kind, item in some)


def _says(item: Expression) -> str:
    match item:
        case AnyOf(items):
            return _joined(" or ", [part for part in items if not _never(part)] or items[:1])
        case AllOf(items):
            return _all(items)
        case Not(inner):
            return f"not {_says(inner)}"
        case Never(operator):
            return f"never ({operator})"
        case Given(operator, group):
            return f"{operator} {group_words(group)}"
        case MostRecent() | HeldAt() | ParentIs() | OwnedBy() | EmployedBy():
            return _derived(item)
        case _ if item.least is not None:
            return f"{item.operator} {item.least}"
        case _:
            named = group_words(item.group) if item.group else _patterns(item)
            return f"{item.operator} {named}"


def _derived(item: Derived) -> str:
    match item:
        case MostRecent(countries):
            return f"most_recent_of {', '.join(sorted(countries))}"
        case HeldAt(held, at):
            return f"{_says(held)} held_at {format_instant(at)}"
        case ParentIs(who):
            return f"ultimate_parent_is ({_says(who)})"
        case EmployedBy(who):
            return f"employed_by ({_says(who)})"
        case _:
            return f"owned_by {item.words} ({who_words(item.who)})"


def _all(items: Sequence[Expression]) -> str:
    match items:
        case (Listed("citizen_only_of") as within, Not()):
            return f"citizen_only_of {_patterns(within)}"
        case _:
            return _joined(" and ", [part for part in items if _never(part)][:1] or items)


def _joined(word: str, items: Sequence[Expression]) -> str:
    """Join what is asked; one word of the order may ask two attributes, and is then said once."""
    said = list(dict.fromkeys(map(_says, items)))
    return said[0] if len(said) == 1 else f"({word.join(said)})"


def _never(item: Expression) -> bool:
    """Whether an expression cannot hold, whoever asks."""
    match item:
        case AnyOf(items):
            return all(map(_never, items))
        case AllOf(items):
            return any(map(_never, items))
        case _:
            return isinstance(item, Never)


def group_words(group: Group) -> str:
    """Name a group; of an annex, also how many it lists."""
    return group.name if group.digest is None else f"{group.name} ({len(group.members)} listed)"


def _patterns(item: Listed) -> str:
    return ", ".join(sorted(_pattern(item.attribute, one) for one in item.patterns))


def _pattern(attribute: str, pattern: Pattern) -> str:
    said = [part for part in pattern if part not in {"", WILD}]
    if VOCABULARY[attribute].shape is Shape.PLACE:
        said = said[-1:]  # a region's code has its country's in it
    return " ".join(said) or "any"


def effect_words(effect: Effect) -> str:
    """Say what happens: an outcome, by whom one is served instead, or at whose risk."""
    if effect.substitute is not None:
        return f"{effect.substitute} instead"
    return f"permit, at the risk of {one_line(effect.risk)}" if effect.risk else effect.outcome.word
