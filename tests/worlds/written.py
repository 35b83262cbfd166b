"""Random lawbooks and chains as files, so that a question somebody drew can be kept as a case.

1. Legal time is stretched a thousandfold, since order files count in milliseconds at least.
2. A definition stands where it was named: files know only the definitions that come with Writ. So
   a certificate for such a name cannot be written, and matters only where a rule asks for it.
3. Ages above every threshold drawn are written as one below them: neither is named by any.
4. What cannot be written so is `Unwritable`; nothing is left out that could change an answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.worlds.chains import links
from writ.canonical import Plain
from writ.clock import FOREVER, Instant, format_duration, format_instant
from writ.law.flow import flow
from writ.law.values import PROTECTIONS
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
    Predicate,
)
from writ.model.order import Effect, Evidence, Exemption, Lawbook, OrderVersion, Rule, Stay, Where
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY, Shape

STRETCH = 1000
OLDEST_NAMED = 23
UNNAMED_AGE = "15"
ANYBODY = Listed("citizen_of", "citizenships", frozenset({(WILD, WILD)}))
DATED = {Shape.COUNTRY, Shape.PLACE, Shape.EMPLOYER}


class Unwritable(Exception):
    """Something drawn that no file can say."""


def stretched(at: Instant) -> Instant:
    """Return an instant in files' time (rule 1)."""
    return at * STRETCH


def write_chain(book: Lawbook, chain: Chain, at: Instant) -> Chain:
    """Return the chain as files can say it, in files' time."""
    organisation = chain.organisation
    if organisation is None and chain.requester.kind == "organisation":
        organisation = chain.requester
    if organisation is not None and _certificate_counts(book, organisation, at):
        raise Unwritable("a certificate for a definition that was drawn")
    if any(item != chain.requester.related.get(item.id, item) for item in links(chain)):
        raise Unwritable("one id for two who are in the chain")
    return Chain(
        _subject(chain.requester),
        None if chain.organisation is None else _subject(chain.organisation),
        None if chain.end_user is None else _subject(chain.end_user),
    )


def write_folder(book: Lawbook, at: Instant) -> dict[str, bytes]:
    """Write the orders of a lawbook that count at an instant, by file name."""
    if book.holds_at(at):
        raise Unwritable("a hold")
    files = {"catalogue.yaml": _lines(_catalogue(book))}
    for version in book.versions:
        writer = _Writer()
        files[f"{version.order}.v{version.version}.yaml"] = _lines(writer.version(version))
        for name, members in writer.annexes.items():
            files[f"{name}.csv"] = "\n".join(["id", *sorted(members), ""]).encode()
    return files


def _lines(plain: Mapping[str, Plain]) -> bytes:
    return "".join(f"{key}: {flow(value)}\n" for key, value in plain.items()).encode()


def _catalogue(book: Lawbook) -> dict[str, Plain]:
    models: dict[str, Plain] = {
        name: {"aliases": sorted(model.aliases), "controlled": model.controlled}
        for name, model in book.catalogue.models.items()
    }
    deployments: dict[str, Plain] = {
        name: {"entity": item.entity, "region": item.region}
        for name, item in book.catalogue.deployments.items()
    }
    provider = book.catalogue.provider
    return {"provider": provider, "models": models, "deployments": deployments}


def _certificate_counts(book: Lawbook, organisation: Subject, at: Instant) -> bool:
    """Whether rule 2 would lose something."""
    shown = {
        value.parts[0]
        for fact in organisation.facts
        if fact.attribute == "users_certified"
        for value in fact.values
    }
    asked = {
        active.rule.predicate.name
        for active in book.rules_at(at)
        if active.rule.standing == "certified_organisation"
    }
    return bool(shown & asked)


def _subject(subject: Subject) -> Subject:
    others = {name: _subject(other) for name, other in subject.related.items()}
    return replace(subject, acts_for=(), facts=tuple(_facts(subject)), related=others)


def _facts(subject: Subject) -> Iterator[Fact]:
    """Yield the facts that ever count, in files' time."""
    for fact in subject.facts:
        last = fact.expires_at
        if fact.attribute != "users_certified" and (last is None or last > fact.verified_at):
            yield replace(
                fact,
                values=tuple(dict.fromkeys(_values(fact))),
                verified_at=stretched(fact.verified_at),
                expires_at=None if last is None else stretched(last),
            )


def _values(fact: Fact) -> Iterator[Value]:
    """Yield the values that ever hold."""
    for value in fact.values:
        since, until = value.since, value.until
        if since is None or until is None or since < until:
            _check_span(fact.attribute, since, until)
            parts = value.parts
            if fact.attribute == "age_over" and int(parts[0]) > OLDEST_NAMED:  # rule 3
                parts = (UNNAMED_AGE,)
            yield Value(
                parts,
                None if since is None else stretched(since),
                None if until is None else stretched(until),
            )


def _check_span(attribute: str, since: Instant | None, until: Instant | None) -> None:
    """Refuse dates that values of the attribute do not take."""
    undated = VOCABULARY[attribute].shape not in DATED and (since, until) != (None, None)
    if undated or (until is not None and attribute == "former_citizenships"):
        raise Unwritable(f"dates in a value of {attribute}")


@dataclass(slots=True)
class _Writer:
    """One version being written, and the annexes it turned out to need."""

    annexes: dict[str, frozenset[str]] = field(default_factory=dict)

    def version(self, version: OrderVersion) -> dict[str, Plain]:
        rules: list[Plain] = [self.rule(rule) for rule in version.rules]
        licences = [self.licence(item) for item in version.exemptions if item.licence]
        exceptions: list[Plain] = [self.exception(item) for item in version.exemptions]
        until = version.until
        plain: dict[str, Plain] = {
            "order": version.order,
            "version": version.version,
            "kind": version.kind,
            "title": version.title,
            "authority": {"name": "somebody", "jurisdiction": "US"},
            "effective": format_instant(stretched(version.effective)),
            "until": None if until is None else format_instant(stretched(until)),
            "clauses": dict(version.clauses),
            "rules": rules,
            "exceptions": exceptions,
            "annexes": {name: {"file": f"{name}.csv", "key": "id"} for name in self.annexes},
        }
        plain |= {"licences": licences} if licences else {}
        plain |= {"stays": list(map(_stay, version.stays))} if version.stays else {}
        if not rules:
            plain["lifts"] = list(version.clauses)
        return plain

    def rule(self, rule: Rule) -> dict[str, Plain]:
        drain = rule.in_flight.drain
        return {
            "id": rule.id,
            "clauses": list(rule.clauses),
            "models": sorted(rule.models),
            rule.sense: self.predicate(rule.predicate),
            "standing": rule.standing,
            "evidence": _evidence(rule.evidence),
            "barred": _effect(rule.barred),
            "undetermined": _effect(rule.undetermined),
            "in_flight": {"drain": format_duration(drain * STRETCH), "clause": rule.clauses[0]}
            if drain
            else "cut",
        } | _where(rule.where)

    def licence(self, item: Exemption) -> Plain:
        """Write the licence that an exception rests on; its holder is the first thing asked."""
        return {
            "number": item.licence,
            "clauses": list(item.clauses),
            "holder": self.group(_holder(item.who)),
            "from": format_instant(stretched(item.since)),
            "until": None if item.until == FOREVER else format_instant(stretched(item.until)),
        }

    def exception(self, item: Exemption) -> dict[str, Plain]:
        who = _beside_holder(item.who) if item.licence else item.who
        return (
            ({} if who is None else {"who": self.predicate(who)})
            | {
                "id": item.id,
                "to": item.to,
                "clauses": list(item.clauses),
                "models": sorted(item.models),
                "unless": None if item.unless is None else self.predicate(item.unless),
                "unproven": item.unproven,
                "evidence": None if item.evidence is None else _evidence(item.evidence),
            }
            | ({"licence": item.licence} if item.licence else {})
        )

    def predicate(self, predicate: Predicate) -> Plain:
        branches = {"person": predicate.person, "organisation": predicate.organisation}
        written = {
            kind: self.expression(branch) for kind, branch in branches.items() if branch is not None
        }
        if not written:
            raise Unwritable("a predicate about nobody")
        return written

    def expression(self, expression: Expression) -> Plain:
        match expression:
            case AnyOf((Listed("ever_citizen_of") as first, *_)) | AllOf(
                (Listed("citizen_only_of") as first, Not())
            ):  # one word of the language, read as two atoms
                return self.listed(first)
            case AnyOf(items):
                return {"any": [self.expression(item) for item in items]}
            case AllOf(items):
                return {"all": [self.expression(item) for item in items]}
            case Not(item):
                return {"stateless": True} if item == ANYBODY else {"not": self.expression(item)}
            case Never(operator):
                return {operator: "nobody-at-all"}
            case Given(operator, group):
                return {operator: self.group(group, listed=operator != "acting_for")}
            case MostRecent() | HeldAt() | ParentIs() | OwnedBy() | EmployedBy():
                return self.derived(expression)
            case _:
                return self.listed(expression)

    def derived(self, atom: Derived) -> Plain:
        match atom:
            case MostRecent(countries):
                return {"most_recent_of": sorted(countries)}
            case HeldAt(held, at):
                return {**self.listed(held), "held_at": format_instant(stretched(at))}
            case ParentIs(who):
                return {"ultimate_parent_is": self.expression(who)}
            case EmployedBy(who):
                return {"employed_by": self.expression(who)}
            case _:
                return {
                    "owned_by": {
                        "more_than" if atom.beyond else "share": atom.share,
                        "who": self.predicate(atom.who),
                    }
                }

    def listed(self, atom: Listed) -> dict[str, Plain]:
        word, patterns = atom.operator, sorted(atom.patterns)
        if atom.group is not None:
            return {word: self.group(atom.group)}
        if atom.least is not None:
            return {word: atom.least}
        if word == "protected_by":
            ((status, by),) = patterns
            statuses = list(PROTECTIONS) if status == WILD else [status]
            return {word: {"by": "any" if by == WILD else [by], "status": statuses}}
        if VOCABULARY[atom.attribute].shape is Shape.PLACE:
            return {word: [code if region == WILD else region for code, region in patterns]}
        plain: dict[str, Plain] = {word: [pattern[0] for pattern in patterns]}
        classes = {rest for pattern in patterns for rest in pattern[1:]} - {WILD}
        return plain | ({"class": sorted(classes)} if classes else {})

    def group(self, group: Group, *, listed: bool = False) -> str:
        """Name a group; a list of subjects is always an annex."""
        if group.digest is None and not listed:
            return group.name
        name = group.name if group.digest is not None else f"list-of-{group.name}"
        self.annexes[name] = group.members
        return name


def _holder(who: Predicate) -> Group:
    """Return the holder of the licence by which an exception was limited."""
    match who.organisation or who.person:
        case Given(group=group) | AllOf((Given(group=group), *_)):
            return group
        case AnyOf((Given(group=group), *_)) | AllOf((AnyOf((Given(group=group), *_)), *_)):
            return group
        case _:
            raise Unwritable("an exception on a licence for nobody")


def _beside_holder(who: Predicate) -> Predicate | None:
    """Return what an exception asks besides its licence; None: nothing."""
    asked = [branch for branch in (who.person, who.organisation) if branch is not None]
    if not any(isinstance(branch, AllOf) for branch in asked):
        return None
    person, organisation = (
        branch.items[-1] if isinstance(branch, AllOf) else None
        for branch in (who.person, who.organisation)
    )
    return Predicate(person, organisation)


def _stay(stay: Stay) -> Plain:
    return {
        "id": stay.id,
        "rules": sorted(stay.rules),
        "by": stay.by,
        "from": format_instant(stretched(stay.since)),
        "until": None if stay.until is None else format_instant(stretched(stay.until)),
    }


def _where(where: Where | None) -> dict[str, Plain]:
    if where is None:
        return {}
    told = {"entities": sorted(where.entities), "regions": sorted(where.regions)}
    return {"where": {key: list(names) for key, names in told.items() if names}}


def _evidence(evidence: Evidence) -> dict[str, Plain]:
    age = evidence.max_age
    return {
        "to_serve": f"A{evidence.to_serve}",
        "to_bar": f"A{evidence.to_bar}",
        "max_age": None if age is None else format_duration(age * STRETCH),
    }


def _effect(effect: Effect) -> Plain:
    if effect.outcome is Outcome.SUBSTITUTE:
        return {"substitute": effect.substitute}
    return {"permit": effect.risk} if effect.outcome is Outcome.PERMIT else effect.outcome.word
