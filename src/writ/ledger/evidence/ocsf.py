"""What a pack proves as events of the Open Cybersecurity Schema Framework 1.8, a JSON object a line.

1. An event of the governance log is an Entity Management event (3004) about the order, a receipt of
   a request an API Activity (6003) under the profile `security_control`.
2. Nothing is told of who asked: no pseudonym, no fact, no address.
3. `metadata.uid` names the log and the entry, so that what is sent twice is one event. A row that
   does not tell when it was is left out.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from writ.canonical import Plain
from writ.clock import SECOND, Instant, parse_instant
from writ.ledger.evidence.chain import ACTIVATED, HELD
from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.events import Event
from writ.ledger.evidence.receipts import Receipts
from writ.ledger.evidence.said import NOTED

VERSION = "1.8.0"
_ENTITY_MANAGEMENT, _API_ACTIVITY = 3004, 6003
_INFORMATIONAL = 1
_MILLISECOND = SECOND // 1000
_OTHER = 99
_ACTIVITIES = {
    "proposal.submitted": 1, NOTED: 3, "proposal.signed": 3, "proposal.closed": 4,
    ACTIVATED: 10, HELD: 12,
}  # fmt: skip
"""Create, update, delete, activate and suspend an entity."""
_FATES = {
    "permit": (1, 1, "allowed"), "substitute": (4, _OTHER, "substituted"),
    "verify": (2, 23, "challenged"), "deny": (2, 2, "blocked"), "cut": (2, 24, "revoked"),
}  # fmt: skip
"""By what a receipt tells: action and disposition of the security control, and its word."""
_UNKNOWN = (0, 0, "unknown")
_SERVED = frozenset({"permit", "substitute"})


def ocsf(contents: Contents) -> bytes:
    """Return the events, those of the governance log first, each in the order of its log."""
    events = [*_governance(contents)]
    if contents.receipts is not None:
        events += _requests(contents.receipts, contents.order)
    return b"".join(msgspec.json.encode(event, order="sorted") + b"\n" for event in events)


def _governance(contents: Contents) -> Iterator[dict[str, object]]:
    origin = contents.seen.checkpoint.origin
    for event in contents.events:
        at = event.payload.get("at")
        if not isinstance(at, int):
            continue  # 3
        activity = _ACTIVITIES.get(event.kind, _OTHER)
        told = _event(_ENTITY_MANAGEMENT, activity, (origin, event.seq), contents.order, at)
        told["activity_name"] = event.kind
        told["entity"] = {"type": "order", "uid": contents.order}
        by = _by(event)
        if by:
            told["actor"] = {"user": {"name": ", ".join(by)}}
        yield told


def _by(event: Event) -> list[str]:
    """Return who of the operator's people did it; nobody's name is told but theirs."""
    found = event.payload.get("by") or event.payload.get("signer") or event.payload.get("submitter")
    if isinstance(found, str):
        return [found]
    return [str(name) for name in found] if isinstance(found, Sequence) else []


def _requests(receipts: Receipts, order: str) -> Iterator[dict[str, object]]:
    origin = receipts.checkpoint.origin
    for seq, receipt in sorted(receipts.opened.items()):
        first = parse_instant(str(receipt.get("at") or receipt.get("from")))
        told = _event(_API_ACTIVITY, _OTHER, (origin, seq), order, first)
        yield told | _request(receipt, order)


def _request(receipt: Mapping[str, Plain], order: str) -> dict[str, object]:
    """Return what is told of a request."""
    kind = str(receipt.get("kind"))
    outcome = kind if kind in {"permit", "cut"} else str(receipt.get("outcome"))
    action, disposition, word = _FATES.get(outcome, _UNKNOWN)
    told: dict[str, object] = {
        "activity_name": "model request",
        "actor": {"app_name": "not recorded"},
        "src_endpoint": {"name": "not recorded"},
        "api": {"operation": "model request", "service": {"name": receipt.get("model")}},
        "action_id": action,
        "disposition_id": disposition,
        "disposition": word,
        "status_id": 1 if outcome in _SERVED else 2,
        "status_detail": outcome,
        "policy": _policy(receipt, order),
        "unmapped": {name: receipt[name] for name in ("epoch", "rules_digest") if name in receipt},
    }
    if kind == "permit":
        told |= {"count": receipt.get("begun"), "end_time": _ms(str(receipt.get("until")))}
    return told


def _policy(receipt: Mapping[str, Plain], order: str) -> dict[str, object]:
    """Return the order, and the first rule that a refusal names."""
    rules = receipt.get("rules")
    for rule in rules if isinstance(rules, Sequence) else ():
        if isinstance(rule, Mapping):
            return {"uid": order, "name": rule.get("rule"), "version": str(rule.get("version"))}
    return {"uid": order}


def _event(
    kind: int, activity: int, entry: tuple[str, int], order: str, at: Instant
) -> dict[str, object]:
    """Return what every event has."""
    origin, seq = entry
    metadata: dict[str, object] = {
        "version": VERSION,
        "product": {"name": "Writ"},
        "uid": f"{origin}/{seq}",
        "log_name": origin,
        "sequence": seq,
        "correlation_uid": order,
    }
    if kind == _API_ACTIVITY:
        metadata["profiles"] = ["security_control"]
    return {
        "category_uid": kind // 1000,
        "class_uid": kind,
        "activity_id": activity,
        "type_uid": kind * 100 + activity,
        "severity_id": _INFORMATIONAL,
        "time": at // _MILLISECOND,
        "metadata": metadata,
    }


def _ms(text: str) -> int:
    return parse_instant(text) // _MILLISECOND
