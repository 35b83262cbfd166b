"""What a refusal may say, and to whom.

1. The strictest disclosure among the rules that did not let pass governs: `none` over
   `existence` over `full`; the notice is that of such a rule.
2. Under `none` a deny is 403 with the order's neutral notice, and nothing tells that there is an
   order. From `existence` up it is 451 with the operator's record in `Link` (RFC 7725).
   Under `full` the orders, rules and clauses are named too, and where one order alone is, the link
   leads to its page of the record.
3. Where an asserted end user is among what decides, every refusal is the same bytes, for whoever
   asks about another person learns nothing about that person; only the decision id differs, and
   it is random. Nor does time tell: it leaves `UNIFORM_AFTER` seconds after the question was read,
   whatever had to be done for it. Rules that stand against that end user are never named to others.
4. Where a portal is configured, a refusal that more evidence could lift has `verify_uri`, and a
   deny by an order has `appeal_uri`: the holder's own way into the portal. A deny that facts which
   count to serve bar for good has no `verify_uri`; a uniform refusal has neither.
5. No official client repeats a refusal: `x-should-retry: false`; nothing here may be stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from writ.canonical import Plain
from writ.gateway.request import Malformed
from writ.model.order import Disclosure
from writ.model.outcome import Outcome
from writ.point.board import Against, Verdict
from writ.point.view import RuleView

RETRY_AFTER = 5
"""Seconds; a lease is renewed more often than that."""

UNIFORM_AFTER = 0.02
"""Seconds; longer than deciding and writing the receipt take (`./dev bench uniform`)."""

_NEUTRAL = "This model is not available to this account at present."
_UNIFORM = "This model is not available for this end user at present."
_VERIFY = "This model needs proof that has not been shown for this account."
_STRICTNESS: dict[Disclosure, int] = {"full": 0, "existence": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not the upstream's; `problem` has the members of RFC 9457, or nothing.

    `after` are the seconds that it leaves after the question was read, at the earliest.
    """

    status: int
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()
    problem: dict[str, Plain] = field(default_factory=dict)
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Links:
    """Where a refusal may lead: the operator's public record, the portal; or nowhere (empty)."""

    record: str = ""
    portal: str = ""


def malformed(fault: Malformed) -> Refusal:
    """Refuse a request that is not taken."""
    headers = (("allow", fault.allow),) if fault.allow else ()
    return Refusal(fault.status, fault.code, str(fault), (*headers, *_FINAL))


def undecided() -> Refusal:
    """Say that the gateway cannot decide at present; clients may try again."""
    message = "the gateway cannot decide at present, for a technical reason; try again shortly"
    headers = (("retry-after", str(RETRY_AFTER)), ("cache-control", "no-store"))
    return Refusal(503, "undecided", message, headers)


def upstream_failed(status: int, why: str) -> Refusal:
    """Say that the model server failed: 502 or 504."""
    return Refusal(status, "upstream_failed", why, (("cache-control", "no-store"),))


def new_decision() -> str:
    """Return a decision id: random, so that it tells nothing."""
    return str(uuid.uuid4())


def unresolved(decision: str, *, asserted: bool) -> Refusal:
    """Refuse where the chain cannot be resolved; an asserted end user gets the uniform refusal."""
    if asserted:
        return _uniform(decision)
    return _final(403, "not_available", _NEUTRAL, _problem(403, _NEUTRAL, decision))


def of_verdict(verdict: Verdict, decision: str, links: Links, *, asserted: bool) -> Refusal:
    """Refuse as a verdict says."""
    if verdict.end_user_decides:  # rule 3
        return _uniform(decision)
    against = [item for item in verdict.against if not (asserted and item.link == "end_user")]
    disclosure = _disclosure(against)
    notice = _notice(against, disclosure)
    if verdict.outcome is Outcome.VERIFY:
        problem = _problem(403, notice or _VERIFY, decision) | _named(against, disclosure)
        problem |= _ways(verdict.outcome, against, links)
        return _final(403, "verification_required", notice or _VERIFY, problem)
    ways = _ways(verdict.outcome, against, links)
    if disclosure == "none":
        return _final(403, "not_available", notice, _problem(403, notice, decision) | ways)
    problem = _problem(451, notice, decision) | _named(against, disclosure) | ways
    if not links.record:
        return _final(451, "legal_order", notice, problem)
    named = {item.rule.order for item in against} if disclosure == "full" else set()
    problem["record"] = record = _page(links.record, named)
    blocked = f'<{record}>; rel="blocked-by"'
    return _final(451, "legal_order", notice, problem, (("link", blocked),))


def may_verify(verdict: Verdict, *, asserted: bool) -> bool:
    """Whether a substituted caller may be shown where to verify: not where it is about another."""
    return not asserted and not any(item.firm for item in verdict.against)


def rules_told(verdict: Verdict, *, asserted: bool) -> str:
    """Return the rules a substituted caller may be told of, as `order/rule`, or nothing."""
    against = [item for item in verdict.against if not (asserted and item.link == "end_user")]
    if _disclosure(against) != "full":
        return ""
    return ", ".join(
        dict.fromkeys(f"{i.rule.order}/{i.rule.rule}" for i in against if i.rule.order)
    )


_FINAL = (("cache-control", "no-store"), ("x-should-retry", "false"))


def _final(
    status: int,
    code: str,
    message: str,
    problem: dict[str, Plain],
    headers: tuple[tuple[str, str], ...] = (),
) -> Refusal:
    return Refusal(status, code, message, (*headers, *_FINAL), problem)


def _uniform(decision: str) -> Refusal:
    problem = _problem(403, _UNIFORM, decision)
    return Refusal(403, "not_available", _UNIFORM, _FINAL, problem, UNIFORM_AFTER)


def _problem(status: int, detail: str, decision: str) -> dict[str, Plain]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{decision}",
        "decision": decision,
    }


def _page(record: str, named: set[str | None]) -> str:
    """Return the page of one order, if one alone is named; else the record's first page."""
    [order] = named if len(named) == 1 else [None]
    return f"{record}/" if order is None else f"{record}/orders/{order}.html"


def _ways(outcome: Outcome, against: Sequence[Against], links: Links) -> dict[str, Plain]:
    """Rule 4."""
    ways: dict[str, Plain] = {}
    if not links.portal:
        return ways
    if outcome is Outcome.VERIFY or not any(item.firm for item in against):
        ways["verify_uri"] = links.portal
    if outcome is Outcome.DENY and any(item.rule.order for item in against):
        ways["appeal_uri"] = links.portal
    return ways


def _disclosure(against: Sequence[Against]) -> Disclosure:
    return max(
        (item.rule.disclosure for item in against),
        key=lambda disclosure: _STRICTNESS[disclosure],
        default="none",
    )


def _notice(against: Sequence[Against], disclosure: Disclosure) -> str:
    for item in against:
        if item.rule.disclosure == disclosure and (text := _text(item.rule)):
            return text
    return _NEUTRAL


def _text(rule: RuleView) -> str:
    return rule.notice.get("en") or next(iter(rule.notice.values()), "")


def _named(against: Sequence[Against], disclosure: Disclosure) -> dict[str, Plain]:
    if disclosure != "full":
        return {}
    named: dict[tuple[object, ...], Plain] = {}
    for item in against:
        rule = item.rule
        named[rule.order, rule.version, rule.rule] = {
            "order": rule.order,
            "version": rule.version,
            "rule": rule.rule,
            "clauses": list(rule.clauses),
        }
    return {"orders": list(named.values())}
