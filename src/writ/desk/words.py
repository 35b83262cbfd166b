"""A change of law in words: what comes, what goes, and when anything becomes different.

1. Both sides are compiled law, so what is said is what will be done, comments and layout apart.
2. Instants are in UTC; digests are `rules_digest`, before and after, wherever they differ.
"""

from collections.abc import Iterator, Sequence

from writ.clock import FOREVER, Instant, format_duration, format_instant
from writ.law.digest import rules_digest
from writ.model.catalogue import Catalogue, Model
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Expression,
    Given,
    Group,
    Never,
    Not,
    Pattern,
    Predicate,
)
from writ.model.order import Effect, Exemption, Hold, Lawbook, OrderVersion, Rule

EMPTY = Lawbook(Catalogue("", {}))


def change(before: Lawbook | None, after: Lawbook) -> tuple[str, ...]:
    """Say how `after` differs from `before` (None: nothing was in force), one line each."""
    old = EMPTY if before is None else before
    return (
        *_models(old.catalogue, after.catalogue),
        *_orders(old, after),
        *_holds(old, after),
        *_instants(old, after),
    )


def _models(old: Catalogue, new: Catalogue) -> Iterator[str]:
    if old.provider != new.provider:
        yield f"`self` means {new.provider}" + (f", not {old.provider}" if old.provider else "")
    for name in sorted({*old.models, *new.models}):
        was, now = old.models.get(name), new.models.get(name)
        if now is None:
            yield f"model {name} goes"
        elif was != now:
            yield f"model {name} {'changes' if was else 'comes'}: {_model(now)}"


def _model(model: Model) -> str:
    also = f", also called {', '.join(sorted(model.aliases))}" if model.aliases else ""
    return ("controlled" if model.controlled else "exempt") + also


def _orders(old: Lawbook, new: Lawbook) -> Iterator[str]:
    before = {(item.order, item.version): item for item in old.versions}
    after = {(item.order, item.version): item for item in new.versions}
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if now is None:
            yield f"order {name[0]} version {name[1]} goes"
        elif was != now:
            yield f"order {name[0]} version {name[1]} {'changes' if was else 'comes'}: {_order(now)}"
            yield from (f"  {_rule(rule)}" for rule in now.rules)
            yield from (f"  {_exemption(item)}" for item in now.exemptions)


def _order(version: OrderVersion) -> str:
    until = "" if version.until is None else f" until {format_instant(version.until)}"
    return (
        f"{version.kind}, from {format_instant(version.effective)}{until}, "
        f"disclosure {version.disclosure}: {version.title}"
    )


def _rule(rule: Rule) -> str:
    who = _who(rule.predicate)
    sense = f"only {who} may use" if rule.sense == "only" else f"{who} may not use"
    age = rule.evidence.max_age
    floor = f"A{rule.evidence.to_serve} to serve, A{rule.evidence.to_bar} to bar"
    old = "" if age is None else f", {format_duration(age)} old at most"
    drain = rule.in_flight.drain
    streams = f"run on for {format_duration(drain)}" if drain else "are cut"
    return (
        f"rule {rule.id}: {sense} {', '.join(sorted(rule.models))}; standing {rule.standing}; "
        f"evidence {floor}{old}; barred: {_effect(rule.barred)}; "
        f"undetermined: {_effect(rule.undetermined)}; open streams {streams}"
    )


def _exemption(item: Exemption) -> str:
    unless = "" if item.unless is None else f", unless {_who(item.unless)}"
    return (
        f"exception {item.id} to {item.to}: {_who(item.who)} may use "
        f"{', '.join(sorted(item.models))}{unless}; unproven: {item.unproven}"
    )


def _who(predicate: Predicate) -> str:
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
            return _joined(" and ", [part for part in items if _never(part)][:1] or items)
        case Not(inner):
            return f"not {_says(inner)}"
        case Never(operator):
            return f"never ({operator})"
        case Given(operator, group):
            return f"{operator} {_named(group)}"
        case _:
            patterns = ", ".join(sorted(map(_pattern, item.patterns)))
            return f"{item.operator} {_named(item.group) if item.group else patterns}"


def _joined(word: str, items: Sequence[Expression]) -> str:
    return _says(items[0]) if len(items) == 1 else f"({word.join(map(_says, items))})"


def _never(item: Expression) -> bool:
    """Whether an expression cannot hold, whoever asks."""
    match item:
        case AnyOf(items):
            return all(map(_never, items))
        case AllOf(items):
            return any(map(_never, items))
        case _:
            return isinstance(item, Never)


def _named(group: Group) -> str:
    return group.name if group.digest is None else f"{group.name} ({len(group.members)} listed)"


def _pattern(pattern: Pattern) -> str:
    return " ".join(part for part in pattern if part not in {"", WILD})


def _effect(effect: Effect) -> str:
    if effect.substitute is not None:
        return f"{effect.substitute} instead"
    return f"permit, at the risk of {effect.risk}" if effect.risk else effect.outcome.word


def _holds(old: Lawbook, new: Lawbook) -> Iterator[str]:
    for hold in sorted(
        {*old.holds, *new.holds}, key=lambda hold: (hold.model, hold.since, hold.by)
    ):
        if hold not in new.holds:
            yield f"the hold on {hold.model} by {hold.by} ends"
        elif hold not in old.holds:
            yield f"{hold.model} is held by {hold.by} {_span(hold)}"


def _span(hold: Hold) -> str:
    until = "released by two" if hold.until >= FOREVER else format_instant(hold.until)
    return f"from {format_instant(hold.since)} until {until}"


def _instants(old: Lawbook, new: Lawbook) -> Iterator[str]:
    for at in (-FOREVER, *sorted({*old.boundaries(), *new.boundaries()})):
        was, now = rules_digest(old, at), rules_digest(new, at)
        if was != now:
            when = "before all instants" if at == -FOREVER else f"from {format_instant(at)}"
            names = _in_force(new, at)
            yield f"{when}: {names}; rules {now}, before this change {was}"


def _in_force(book: Lawbook, at: Instant) -> str:
    orders = [f"{item.order} version {item.version}" for item in book.in_force(at)]
    held = sorted({f"hold on {hold.model}" for hold in book.holds_at(at)})
    return ", ".join((*orders, *held)) or "no order"
