"""Asks cases of a lawbook, and says in a sentence what did not come out as written.

1. Everything that is wrong with one case is said at once: outcome, server, reasons, settlements.
2. A case without a chain is refused before any rule is asked, for the reason it has none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from writ.clock import Instant, format_instant
from writ.errors import Fault
from writ.law.cases import Case, Wanted, WantedReason, WantedSettling, settling_plain
from writ.law.document import quoted
from writ.law.flow import flow
from writ.model.decision import Decision, Reason, Settlement, Verdict
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Value

Decide = Callable[[Chain, str, Instant], Decision]


@dataclass(frozen=True, slots=True)
class Result:
    """A case, what was decided, and a sentence for each thing that is not as written."""

    case: Case
    decision: Decision
    wrong: tuple[str, ...]

    @property
    def fault(self) -> Fault:
        """The failure as one line at the case's place."""
        return self.case.place.fault(f"{asked(self.case)}: {'; '.join(self.wrong)}")


def run_case(case: Case, decide: Decide) -> Result:
    """Ask one case."""
    if isinstance(case.chain, Chain):
        decision = decide(case.chain, case.model, case.at)
    else:  # rule 2
        decision = Decision(Outcome.DENY, case.model, None, (case.chain,), (), "", case.at)
    return Result(case, decision, tuple(_wrong(case.wanted, decision)))


def asked(case: Case) -> str:
    """Say what a case asks."""
    there = f" at {case.deployment}" if case.deployment else ""
    model = _plainly(case.model) + there
    what = f"{_plainly(case.name)}: asks for {model} at {format_instant(case.at)}"
    if not isinstance(case.chain, Chain):
        return what
    return f"{what} {through(case.chain)}"


def through(chain: Chain) -> str:
    """Say through which key a chain asks, and whom it names."""
    requester, organisation = chain.requester, chain.organisation
    if requester.kind == "service":
        key = (
            f"through the service key of {quoted(organisation.id)}"
            if organisation
            else ("through a service key of nobody")
        )
    else:
        key = f"with a key of {quoted(requester.id)}"
        key += f" for {quoted(organisation.id)}" if organisation else ""
    if chain.end_user is not None:
        return f"{key} naming {quoted(chain.end_user.id)}"
    return key if requester.kind == "person" else f"{key} naming nobody"


_SAID: Mapping[Verdict, str] = {
    "barred": "bars",
    "undetermined": "cannot yet judge",
    "held": "the model is under a hold",
    "unknown_model": "the catalogue does not have the model",
    "unknown_organisation": "nobody knows the organisation that the requester acts for",
    "ambiguous_organisation": "the requester acts for several organisations, and none is named",
    "substitute_refused": "its substitute is refused as well",
    "bad_input": "the request cannot be read",
}


def said(reason: Reason) -> str:
    """Say a reason in words."""
    words = _SAID[reason.verdict]
    if reason.rule is None or reason.order is None:
        return words
    rule = f"rule {quoted(reason.rule)} of {quoted(reason.order)} version {reason.version}"
    return f"{rule} {words} the {(reason.link or '').replace('_', ' ')}"


def _plainly(text: str) -> str:
    return quoted(text)[1:-1]


def _wrong(wanted: Wanted, decision: Decision) -> Iterator[str]:
    """Yield what is not as written (rule 1)."""
    got = decision.outcome
    if got is not wanted.outcome:
        why = " and ".join(map(said, decision.reasons))
        yield f"expected {wanted.outcome.word}, got {got.word}" + (f" because {why}" if why else "")
    if wanted.served_by is not None and wanted.served_by != decision.served_by:
        served = quoted(decision.served_by) if decision.served_by else "nobody"
        yield f"expected to be served by {quoted(wanted.served_by)}, is served by {served}"
    if wanted.because is not None:
        yield from _reasons(wanted.because, decision.reasons)
    if wanted.settled_by is not None:
        yield from _settlements(wanted.settled_by, decision.would_settle)


def _reasons(wanted: tuple[WantedReason, ...], found: tuple[Reason, ...]) -> Iterator[str]:
    for item in wanted:
        if not any(_is(item, reason) for reason in found):
            yield f"no reason is {flow(dict(item))}"
    for reason in found:
        if not any(_is(item, reason) for item in wanted):
            yield f"`because` does not say that {said(reason)}"


def _is(wanted: WantedReason, reason: Reason) -> bool:
    return all(getattr(reason, key) == value for key, value in wanted.items())


def _settlements(
    wanted: tuple[WantedSettling, ...], found: tuple[Settlement, ...]
) -> Iterator[str]:
    if not wanted and found:
        yield f"expected that nothing would settle it, but {_shown(found)} would"
    for item in wanted:
        if not any(_settles(item, one) for one in found):
            instead = f"; what would is {_shown(found)}" if found else "; nothing would"
            yield f"{flow(settling_plain(item))} would not settle it{instead}"


def _settles(wanted: WantedSettling, found: Settlement) -> bool:
    """Whether one entry of the answer is what was meant: a complete list must be the very list."""
    about = (found.link, found.attribute, found.subject)
    if (wanted.link, wanted.attribute, wanted.subject) != about:
        return False
    if wanted.completeness not in (None, found.completeness):
        return False
    offered = {Value(parts) for parts in found.values}
    if wanted.values is None:
        return True
    return (
        wanted.values == offered if found.completeness == "exhaustive" else wanted.values <= offered
    )


def _shown(found: tuple[Settlement, ...]) -> str:
    return ", ".join(
        flow(
            settling_plain(
                WantedSettling(
                    item.link,
                    item.attribute,
                    frozenset(Value(parts) for parts in item.values),
                    item.completeness,
                    item.subject,
                )
            )
        )
        for item in found
    )
