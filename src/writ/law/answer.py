"""A decision as the JSON that `writ decide` and other faces answer with."""

from writ.canonical import Plain
from writ.clock import format_instant
from writ.law.subjects import write_values
from writ.model.decision import Decision, Reason, Settlement
from writ.model.subject import Value


def decision_plain(decision: Decision) -> dict[str, Plain]:
    """Write a decision; keys as docs/meaning.md lists them."""
    return {
        "outcome": decision.outcome.word,
        "model": decision.model,
        "served_by": decision.served_by,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "would_settle": [_settlement(item) for item in decision.would_settle],
        "rules_digest": decision.rules_digest,
        "at": format_instant(decision.at),
    }


def _reason(reason: Reason) -> Plain:
    return {
        "order": reason.order,
        "version": reason.version,
        "rule": reason.rule,
        "clauses": list(reason.clauses),
        "link": reason.link,
        "verdict": reason.verdict,
    }


def _settlement(item: Settlement) -> Plain:
    plain: dict[str, Plain] = {
        "link": item.link,
        "attribute": item.attribute,
        "value": write_values(item.attribute, tuple(Value(parts) for parts in item.values)),
        "completeness": item.completeness,
        "assurance": f"A{item.assurance}",
        "methods": list(item.methods),
    }
    if item.together is not None:
        plain["together"] = item.together
    if item.subject is not None:
        plain["subject"] = item.subject
    return plain
