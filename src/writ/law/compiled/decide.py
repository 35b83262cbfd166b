"""A decision through the tables: links, joined codes, one substitute, reasons.

1. The chain becomes links: the requester unless a service account, the organisation, the end user.
   A service account without an organisation stands for a factless one, an organisation with a key
   of its own acts for itself. A chain that names no person is judged as if it named one without
   facts.
2. The codes of the links are joined; the outcome is read off the joined code.
3. A substitute is itself decided, once, for the same chain, and must be permitted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Compiled, Profile
from writ.law.compiled.judge import Judgement
from writ.law.compiled.settle import settle
from writ.law.compiled.settle_candidates import Open
from writ.model.catalogue import Deployment
from writ.model.cell import OUTCOMES
from writ.model.decision import Decision, LinkName, Reason, Settlement
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject


@dataclass(frozen=True, slots=True)
class NamedLink:
    """One link of a chain with its profile and the capacity it stands in."""

    name: LinkName
    subject: Subject
    profile: Profile
    capacity: Capacity


def links(compiled: Compiled, chain: Chain, at: Instant) -> tuple[NamedLink, ...]:
    """Return the links of a chain (rule 1)."""
    alone = chain.requester if chain.requester.kind == "organisation" else None
    capacity = compiled.capacity(chain.organisation or alone, at)
    found: list[NamedLink] = []

    def add(name: LinkName, subject: Subject) -> None:
        found.append(NamedLink(name, subject, compiled.profile(subject, at), capacity))

    if chain.requester.kind != "service":
        add("requester", chain.requester)
    if chain.organisation is not None:
        add("organisation", chain.organisation)
    elif chain.requester.kind == "service":
        add("organisation", Subject("", "organisation"))
    if chain.end_user is not None:
        add("end_user", chain.end_user)
    elif chain.requester.kind != "person":
        nobody = Subject("", "person")
        found.append(NamedLink("end_user", nobody, compiled.factless("unnamed"), capacity))
    return tuple(found)


def decide(
    book: Lawbook, chain: Chain, model: str, at: Instant, deployment: Deployment | None = None
) -> Decision:
    """Decide once; for many decisions compile once and use `decide_compiled`."""
    return decide_compiled(Compiled(book, deployment), chain, model, at)


def decide_compiled(
    compiled: Compiled, chain: Chain, model: str, at: Instant, *, settling: bool = True
) -> Decision:
    """Decide what a chain may do with a model (any of its names) at an instant.

    Without `settling` nobody looks for what would settle it, which costs more than all the rest.
    """
    name = compiled.book.catalogue.resolve(model)
    digest = compiled.digest(compiled.segment_at(at))
    if name is None:
        return Decision(Outcome.DENY, model, None, (Reason("unknown_model"),), (), digest, at)
    named = links(compiled, chain, at)
    outcome, served_by, extra = _outcome(
        compiled, name, at, lambda other: joined(compiled, named, other, at)
    )
    cell = compiled.phases.cell(name, at)
    judged = [(link, compiled.judgement(name, cell, link.profile, link.capacity)) for link in named]
    held = compiled.speaking(name, at).held
    asked = () if held or not settling else judged
    return Decision(
        outcome,
        name,
        served_by,
        (*((Reason("held"),) if held else ()), *_reasons(judged), *extra),
        tuple(item for one in asked for item in settle_link(compiled, *one, name, at)),
        digest,
        at,
    )


def outcomes(
    book: Lawbook, deployment: Deployment | None = None
) -> Callable[[Chain, str, Instant], Outcome]:
    """Return what says an outcome, and no more, for models by any of their names."""
    compiled = Compiled(book, deployment)

    def ask(chain: Chain, model: str, at: Instant) -> Outcome:
        name = book.catalogue.resolve(model)
        return Outcome.DENY if name is None else outcome_of(compiled, chain, name, at)[0]

    return ask


def outcome_of(
    compiled: Compiled, chain: Chain, model: str, at: Instant
) -> tuple[Outcome, str | None]:
    """Return what a decision comes to and who serves; `model` is a canonical name.

    No row is made: this is for asking once about each of very many.
    """
    named = links(compiled, chain, at)

    def code(name: str) -> int:
        cell = compiled.phases.cell(name, at)
        return reduce(
            or_,
            (
                compiled.judgement(name, cell, link.profile, link.capacity).triple.code
                for link in named
            ),
        )

    return outcome_of_codes(compiled, model, at, code)


def outcome_of_codes(
    compiled: Compiled, model: str, at: Instant, code: Callable[[str], int]
) -> tuple[Outcome, str | None]:
    """Return what a chain's joined codes come to and who serves; `code` gives a model's."""
    return _outcome(compiled, model, at, code)[:2]


def joined(compiled: Compiled, named: Sequence[NamedLink], model: str, at: Instant) -> int:
    """Join the codes of a chain's links for one model (rule 2)."""
    cell = compiled.phases.cell(model, at)
    code = 0
    for link in named:
        code |= compiled.row(link.profile, link.capacity).cells[cell]
    return code


def substitute_for(compiled: Compiled, model: str, at: Instant) -> str | None:
    """Return the one substitute that the rules for a model name, if they name any."""
    for active in compiled.speaking(model, at).rules:
        for effect in (active.rule.barred, active.rule.undetermined):
            if effect.substitute is not None:
                return effect.substitute
    return None


def _outcome(
    compiled: Compiled, model: str, at: Instant, code: Callable[[str], int]
) -> tuple[Outcome, str | None, tuple[Reason, ...]]:
    """Read off the outcome, follow a substitute once (rule 3); `code` gives a model's."""
    outcome = OUTCOMES[code(model)]
    if outcome is Outcome.PERMIT:
        return outcome, model, ()
    if outcome is not Outcome.SUBSTITUTE:
        return outcome, None, ()
    other = substitute_for(compiled, model, at)
    if other is not None and OUTCOMES[code(other)] is Outcome.PERMIT:
        return outcome, other, ()
    return Outcome.DENY, None, (Reason("substitute_refused"),)


def _reasons(judged: Sequence[tuple[NamedLink, Judgement]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            "barred" if certain else "undetermined",
            rule.active.version.order,
            rule.active.version.version,
            rule.rule.id,
            rule.rule.clauses,
            link.name,
        )
        for link, found in judged
        for rule, certain in zip(found.against, found.certain, strict=True)
    )


def settle_link(
    compiled: Compiled, link: NamedLink, found: Judgement, model: str, at: Instant
) -> tuple[Settlement, ...]:
    """Return what would settle one link as judged for a model, which no hold keeps from everybody."""
    cell = compiled.phases.cell(model, at)
    asked = Open(link.name, link.subject, link.capacity, cell, model, at)
    return settle(compiled, asked, found, named=link.profile.role != "unnamed")
