"""The segments of a snapshot's first form, which repeat every rule in force for each span.

Nothing is signed in it any more; stores compile again what was (docs/decisions/0025, 0065).
"""

from collections.abc import Iterator

from writ.canonical import Plain
from writ.clock import FOREVER, Instant, format_instant
from writ.law.digest import Digests
from writ.model.order import ActiveRule, Lawbook

HELD_NOTICE = {"en": "This model is not available at present."}


def segments_of_rules(book: Lawbook) -> list[Plain]:
    """Write every segment with its rules; a hold is one more rule of its segment."""
    digests = Digests(book)
    return [_segment(book, start, digests) for start in (None, *book.boundaries())]


def start_of(start: Instant | None) -> Instant:
    """Return when a segment starts; the first, before everything."""
    return -FOREVER if start is None else start


def _segment(book: Lawbook, start: Instant | None, digests: Digests) -> Plain:
    at = start_of(start)
    rules = book.rules_at(at)
    held = sorted({hold.model for hold in book.holds_at(at)})
    return {
        "from": start,
        "starts": None if start is None else format_instant(start),
        "rules_digest": digests.at(at),
        "rules": [*map(rule_plain, rules), *map(_held, held)],
        "held": held,
        "substitutes": dict(_substitutes(rules)),
    }


def rule_plain(active: ActiveRule) -> dict[str, Plain]:
    """Write what may be told of a rule."""
    rule, version = active.rule, active.version
    return {
        "order": version.order,
        "version": version.version,
        "rule": rule.id,
        "clauses": list(rule.clauses),
        "models": sorted(rule.models),
        "disclosure": version.disclosure,
        "notice": dict(version.notice),
        "drain": rule.in_flight.drain,
    }


def _held(model: str) -> Plain:
    return {
        "order": None,
        "version": None,
        "rule": None,
        "clauses": [],
        "models": [model],
        "disclosure": "none",
        "notice": dict(HELD_NOTICE),
        "drain": 0,
    }


def _substitutes(rules: tuple[ActiveRule, ...]) -> Iterator[tuple[str, str]]:
    for active in rules:
        for effect in (active.rule.barred, active.rule.undetermined):
            if effect.substitute is not None:
                for model in sorted(active.rule.models):
                    yield model, effect.substitute
