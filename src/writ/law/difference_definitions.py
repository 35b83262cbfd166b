"""What differs between two versions of a definition: in words, of whom it is true, whom orders move.

1. A definition is compared with another as the only rule on a model, on evidence of any assurance:
   who passes is one, who is barred is none, and whoever is asked is not known to be either.
2. What orders would do with the newer one is asked of the same orders with it in the older's place.
"""

from collections.abc import Iterator
from dataclasses import replace

from writ.clock import format_instant
from writ.law.definitions import Definition
from writ.law.difference import Moved, moved
from writ.law.difference_words import changed
from writ.law.flow import flow
from writ.law.subjects import write_values
from writ.law.truth import asking
from writ.law.wording import who_words
from writ.model.expression import Predicate, Settling
from writ.model.order import Exemption, Lawbook, OrderVersion, Rule
from writ.model.subject import Value


def definition_words(old: Definition, new: Definition) -> Iterator[str]:
    """Say how two definitions differ."""
    yield from changed(_heads(old), _heads(new))
    for kind in ("person", "organisation"):
        was, now = (_settled(item, kind) for item in (old, new))
        yield from (f"{kind}, no longer settled by {line}" for line in was if line not in now)
        yield from (f"{kind}, now settled by {line}" for line in now if line not in was)
    yield from (f"no longer a limit: {line}" for line in old.limits if line not in new.limits)
    yield from (f"a new limit: {line}" for line in new.limits if line not in old.limits)


def of_whom(old: Definition, new: Definition) -> Moved:
    """Find people and companies of whom the two do not say the same (rule 1)."""
    at = max(old.effective, new.effective)
    return moved(*(asking(item.predicate, at) for item in (old, new)))


def naming(book: Lawbook, name: str) -> tuple[OrderVersion, ...]:
    """Return the versions that name a definition."""
    return tuple(
        version
        for version in book.versions
        if any(item.name == name for item in predicates_of(version))
    )


def adopting(book: Lawbook, old: str, new: Predicate) -> Lawbook:
    """Return the lawbook with one definition in another's place (rule 2)."""
    return replace(book, versions=tuple(_version(item, old, new) for item in book.versions))


def _heads(item: Definition) -> Iterator[tuple[str, str]]:
    yield "title", item.title
    yield "sources", "; ".join(item.cites)
    yield "effective", format_instant(item.effective)
    yield "summary", f"“{item.summary}”"
    yield "asks", who_words(replace(item.predicate, name=None))
    for kind, attributes in item.false_when.items():
        yield (
            f"{kind}, false from complete",
            ", ".join(attributes) or "nothing: one value is enough",
        )


def _settled(item: Definition, kind: str) -> list[str]:
    return [_evidence(settling) for settling in item.predicate.settling if settling.kind == kind]


def _evidence(settling: Settling) -> str:
    values = ", ".join(
        map(flow, write_values(settling.attribute, tuple(map(Value, settling.values))))
    )
    how = ", ".join(settling.methods)
    return f"{settling.attribute} {settling.completeness} {values} ({how})"


def predicates_of(version: OrderVersion) -> Iterator[Predicate]:
    """Yield whom a version asks for, of rules and exceptions."""
    yield from (rule.predicate for rule in version.rules)
    for item in version.exemptions:
        yield item.who
        if item.unless is not None:
            yield item.unless


def _version(version: OrderVersion, old: str, new: Predicate) -> OrderVersion:
    def put(predicate: Predicate) -> Predicate:
        return new if predicate.name == old else predicate

    def rule(item: Rule) -> Rule:
        return replace(item, predicate=put(item.predicate))

    def exemption(item: Exemption) -> Exemption:
        unless = None if item.unless is None else put(item.unless)
        return replace(item, who=put(item.who), unless=unless)

    return replace(
        version,
        rules=tuple(map(rule, version.rules)),
        exemptions=tuple(map(exemption, version.exemptions)),
    )
