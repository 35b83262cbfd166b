"""The literal meaning of a lawbook: one chain, one model, one instant, one outcome.

1. An unknown model is denied; so is a model under a hold.
2. Links: the requester unless a service account, the organisation, the end user. A service
   account without an organisation stands for one without facts.
3. A chain that names no person is judged as if it named one without facts, by the rules whose
   standing asks for it: `natural_person` always, `certified_organisation` unless the chain's
   organisation is certified for that very predicate, `organisation` never.
4. Named links are judged by every rule of the model.
5. Links join by the strictest, component by component.
6. A substitute is decided once for the same chain and must be permitted, else deny.
7. Where it is told at which deployment a request is served, rules that do not cover it are as if
   they were not there. Of a country whose part is named, nobody knows that it is not that part.

This is for tests and for small proofs: it counts out worlds and answers for no `would_settle` and
no `rules_digest`.
"""

from dataclasses import replace
from functools import reduce

from writ.clock import Instant
from writ.errors import InvalidInput
from writ.law.literal.facts import Level, combine
from writ.law.literal.link import NOTHING_SAID, Question, Triple
from writ.law.literal.satisfy import Link
from writ.model.catalogue import Deployment
from writ.model.decision import Decision, LinkName, Reason
from writ.model.order import ActiveRule, Lawbook, Where
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject


def decide(
    book: Lawbook, chain: Chain, model: str, at: Instant, deployment: Deployment | None = None
) -> Decision:
    """Decide whether the chain may use the model at the instant; a wrong type is InvalidInput."""
    book = served_at(book, deployment)
    name = book.catalogue.resolve(model)
    if name is None:
        return _denied(model, (Reason("unknown_model"),), at)
    asked = questions(book, chain, name, at)
    reasons = _reasons(asked)
    if _held(book, name, at):
        return _denied(name, (Reason("held"), *reasons), at)
    outcome = joined(asked).outcome
    if outcome != Outcome.SUBSTITUTE:
        served_by = name if outcome == Outcome.PERMIT else None
        return Decision(outcome, name, served_by, reasons, (), "", at)
    substitute = _substitute(_rules(book, name, at), name)
    if not _permitted(book, chain, substitute, at):
        return _denied(name, (*reasons, Reason("substitute_refused")), at)
    return Decision(outcome, name, substitute, reasons, (), "", at)


def served_at(book: Lawbook, deployment: Deployment | None) -> Lawbook:
    """Return the law without the rules that do not cover the deployment (rule 7)."""
    if deployment is None:
        return book
    versions = tuple(
        replace(
            version,
            rules=tuple(rule for rule in version.rules if _is_about(rule.where, deployment)),
        )
        for version in book.versions
    )
    return replace(book, versions=versions)


def _is_about(where: Where | None, deployment: Deployment) -> bool:
    if where is None:
        return True
    if where.entities and deployment.entity not in where.entities:
        return False
    country, _, part = deployment.region.partition("-")
    told = [code.partition("-") for code in where.regions]
    return not told or any(
        country == of and (not part or not named or part == named) for of, _, named in told
    )


def triple(book: Lawbook, chain: Chain, model: str, at: Instant) -> Triple:
    """Return least, most and fallback of the whole chain for a model by its canonical name."""
    return joined(questions(book, chain, model, at))


def joined(asked: tuple[Question, ...]) -> Triple:
    """Return the strictest over links, component by component (rule 5)."""
    return reduce(Triple.join, (question.triple() for question in asked), NOTHING_SAID)


def questions(book: Lawbook, chain: Chain, model: str, at: Instant) -> tuple[Question, ...]:
    """Return what is asked of each link, in the order requester, organisation, end user."""
    rules = _rules(book, model, at)
    asked = [Question(link, model, at, rules, rules) for link in named_links(chain)]
    if chain.end_user is None and chain.requester.kind != "person":
        somebody = Link("end_user", "person", acting_for=_acting_for(chain))
        judging = tuple(active for active in rules if _asks_for_a_person(active, chain, at))
        asked.append(Question(somebody, model, at, rules, judging))
    return tuple(asked)


def named_links(chain: Chain) -> tuple[Link, ...]:
    """Return the links of a chain that are named (rule 2)."""
    requester, organisation, end_user = chain.requester, chain.organisation, chain.end_user
    if organisation is not None and organisation.kind != "organisation":
        raise InvalidInput(f"`{organisation.id}` is no organisation; name one to act for")
    if end_user is not None and end_user.kind != "person":
        raise InvalidInput(f"`{end_user.id}` is no person; name the person who asks")
    acting_for = _acting_for(chain)
    links: list[Link] = []
    if requester.kind != "service":
        links.append(_link("requester", requester, acting_for))
    if organisation is not None:
        links.append(_link("organisation", organisation, acting_for))
    elif requester.kind == "service":
        links.append(Link("organisation", "organisation"))
    if end_user is not None:
        links.append(_link("end_user", end_user, acting_for))
    return tuple(links)


def _denied(model: str, reasons: tuple[Reason, ...], at: Instant) -> Decision:
    return Decision(Outcome.DENY, model, None, reasons, (), "", at)


def _link(name: LinkName, subject: Subject, acting_for: str | None) -> Link:
    return Link(name, subject.kind, subject.id, subject.facts, acting_for, subject.related)


def _acting_for(chain: Chain) -> str | None:
    organisation = _organisation(chain)
    return None if organisation is None else organisation.id


def _organisation(chain: Chain) -> Subject | None:
    """Return the chain's organisation; one that uses a key of its own acts for itself."""
    if chain.organisation is None and chain.requester.kind == "organisation":
        return chain.requester
    return chain.organisation


def _rules(book: Lawbook, model: str, at: Instant) -> tuple[ActiveRule, ...]:
    return tuple(active for active in book.rules_at(at) if model in active.rule.models)


def _held(book: Lawbook, model: str, at: Instant) -> bool:
    return any(hold.model == model for hold in book.holds_at(at))


def _asks_for_a_person(active: ActiveRule, chain: Chain, at: Instant) -> bool:
    """Whether the rule judges a person whom the chain does not name (rule 3)."""
    if active.rule.standing == "certified_organisation":
        return not _certified(active, chain, at)
    return active.rule.standing == "natural_person"


def _certified(active: ActiveRule, chain: Chain, at: Instant) -> bool:
    rule, organisation = active.rule, _organisation(chain)
    if rule.sense != "only" or rule.predicate.name is None or organisation is None:
        return False
    level = Level(rule.evidence.to_serve, rule.evidence.max_age)
    return (rule.predicate.name,) in combine(organisation.facts, "users_certified", level, at).shown


def _reasons(asked: tuple[Question, ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            question.verdict(active),
            active.version.order,
            active.version.version,
            active.rule.id,
            active.rule.clauses,
            question.link.name,
        )
        for question in asked
        for active in question.open_rules
    )


def _substitute(rules: tuple[ActiveRule, ...], model: str) -> str:
    effects = [
        effect for active in rules for effect in (active.rule.barred, active.rule.undetermined)
    ]
    named = sorted({effect.substitute for effect in effects if effect.substitute is not None})
    if len(named) != 1:
        raise InvalidInput(
            f"rules on `{model}` name {len(named)} substitutes where one is needed; "
            "let them name the same model"
        )
    return named[0]


def _permitted(book: Lawbook, chain: Chain, model: str, at: Instant) -> bool:
    """Whether the substitute itself is permitted, without a substitute of its own (rule 6)."""
    name = book.catalogue.resolve(model)
    if name is None or _held(book, name, at):
        return False
    return triple(book, chain, name, at).outcome == Outcome.PERMIT
