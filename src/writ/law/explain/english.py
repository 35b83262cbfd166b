"""Compiled predicates and facts in plain English.

1. What cannot be asked of a kind of subject is left out before anything is said: an atom that is
   never true of it, and `acting_for` of an organisation.
2. Countries are named and followed by their code, groups by their name and how many they list;
   who is on an annex is never said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from writ.clock import format_instant
from writ.law.countries import countries
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
from writ.model.vocabulary import VOCABULARY, Shape

LEVELS = (
    "A0 (merely asserted)",
    "A1 (typed in by an operator, or told by an organisation)",
    "A2 (a document or account checked remotely)",
    "A3 (a government's credential bound to its holder)",
    "A4 (checked in person)",
)
NOUNS = {
    "protection": "protection granted",
    "residence": "places of residence",
    "employer": "employers",
    "incorporated_in": "places of incorporation",
    "organised_in": "places where it is organised",
    "location": "locations",
    "age_over": "ages reached",
    "identity_level": "levels of verified identity",
    "government_of": "states whose government it is or belongs to",
}

Plain: TypeAlias = Expression | bool


@dataclass(frozen=True, slots=True)
class Line:
    """One statement; `depth` 0 stands by itself, deeper ones belong to the one above."""

    text: str
    depth: int = 0


def joined(items: Iterable[str], last: str = "or") -> str:
    """Write a list as English does."""
    *rest, end = [*items] or [""]
    return f"{', '.join(rest)} {last} {end}" if rest else end


def country(code: str) -> str:
    """Name a country and give its code; what is no country known here stays as it is."""
    known = countries().get(code)
    if known is None:
        return "any state" if code == WILD else code
    the = "the " if known.name.startswith("United ") or known.name.endswith("Islands") else ""
    return f"{the}{known.name} ({code})"


def place(parts: tuple[str, ...]) -> str:
    """Name a country, or a region by its code and its country."""
    code, *rest = parts
    region = "".join(part for part in rest if part != WILD)
    return f"the region {region} of {country(code)}" if region else country(code)


def noun(attribute: str) -> str:
    """Say what the values of an attribute are."""
    return NOUNS.get(attribute, attribute.replace("_", " "))


def value_words(attribute: str, parts: tuple[str, ...]) -> str:
    """Say one value of a fact."""
    known = VOCABULARY.get(attribute)
    match known.shape if known else None:
        case Shape.COUNTRY:
            of_class = parts[1] if len(parts) > 1 else ""
            named = f", of the class `{of_class}`" if of_class not in {"", WILD} else ""
            return country(parts[0]) + named
        case Shape.PLACE:
            return place(parts)
        case Shape.PROTECTION:
            return f"as {_status(parts[0])} by {country(parts[1])}"
        case Shape.EMPLOYER:
            employer = "the provider itself" if parts[0] == "self" else parts[0]
            return f"{employer} (as {' '.join(parts[1:]).replace('_', ' ') or 'employee'})"
        case Shape.OWNER:
            return f"{parts[0]} ({parts[1]} %)" if parts[1] else f"{parts[0]} (share not told)"
        case _:
            return " ".join(part for part in parts if part not in {"", WILD})


def values_words(attribute: str, values: Iterable[tuple[str, ...]]) -> str:
    """Say values of which any one would do; protections of one kind by all who grant them."""
    known = VOCABULARY.get(attribute)
    if known is None or known.shape is not Shape.PROTECTION:
        return joined(value_words(attribute, parts) for parts in values)
    statuses: dict[str, list[str]] = {}
    for status, code in sorted(values):
        statuses.setdefault(code, []).append(status)
    alike: dict[tuple[str, ...], list[str]] = {}
    for code, granted in statuses.items():
        alike.setdefault(tuple(granted), []).append(country(code))
    return joined(
        f"as {joined(map(_status, granted))} by {joined(by)}" for granted, by in alike.items()
    )


STATUSES = {
    WILD: "anything",
    "subsidiary": "a beneficiary of subsidiary protection",
    "stateless": "a stateless person",
    "other": "something else",
}


def _status(status: str) -> str:
    named = status.replace("_", " ")
    return STATUSES.get(status, ("an " if named[0] in "aeiou" else "a ") + named)


def group_named(group: Group) -> str:
    """Name whom a group stands for."""
    members = sorted(group.members)
    if group.name == "self":
        return f"the provider itself ({', '.join(members)})"
    if group.digest is None:
        return f"`{group.name}`"
    return f"one of those listed in `{group.name}`"


def simplified(expression: Expression | None, kind: str) -> Plain:
    """Leave out what cannot be asked of this kind of subject (rule 1)."""
    match expression:
        case None | Never():
            return False
        case Given("acting_for") if kind == "organisation":
            return False
        case Not(item):
            inner = simplified(item, kind)
            return not inner if isinstance(inner, bool) else Not(inner)
        case AnyOf(items):
            return _folded([simplified(item, kind) for item in items], every=False)
        case AllOf(items):
            return _folded([simplified(item, kind) for item in items], every=True)
        case _:
            return expression


def _folded(items: list[Plain], *, every: bool) -> Plain:
    if any(item is (not every) for item in items):
        return not every
    left = tuple(item for item in items if not isinstance(item, bool))
    if not left:
        return every
    return left[0] if len(left) == 1 else (AllOf(left) if every else AnyOf(left))


def phrase(expression: Plain) -> str:
    """Say an expression in one clause: `is a citizen of France (FR)`."""
    match expression:
        case bool() | Never():
            return "is anybody at all" if expression is True else "is nobody at all"
        case AnyOf(items):
            return "either " + "; or ".join(map(phrase, items))
        case AllOf(items):
            return "both " + "; and ".join(map(phrase, items))
        case Not(item):
            return f"not ({phrase(item)})"
        case Given(operator, group):
            return GIVEN[operator].format(group_named(group))
        case MostRecent() | HeldAt() | ParentIs() | OwnedBy() | EmployedBy():
            return derived_phrase(expression)
        case _:
            return LISTED[expression.operator](expression)


def derived_phrase(atom: Derived) -> str:
    """Say what facts come to together."""
    match atom:
        case MostRecent(countries):
            most = "has as the most recent country of citizenship or permanent residence "
            return most + joined(map(country, sorted(countries)))
        case HeldAt(held, at):
            then = format_instant(at)
            return f"held the nationality of {_nations(held)} at {then}, whether or not any more"
        case ParentIs(who):
            return f"has an ultimate parent that {phrase(simplified(who, 'organisation'))}"
        case EmployedBy(who):
            return (
                "is an employee (not a contractor) of a company that"
                f" {phrase(simplified(who, 'organisation'))}"
            )
        case _:
            return (
                f"is owned to {atom.words}, all of their shares together, by those who"
                f" count ({owners_words(atom.who)}; an owner so owned itself counts as one of them)"
            )


def owners_words(who: Predicate) -> str:
    """Say which owners count."""
    kinds = (
        ("organisation", "a company that ", who.organisation),
        ("person", "a person who ", who.person),
    )
    return "; or ".join(
        before + phrase(simplified(branch, kind))
        for kind, before, branch in kinds
        if branch is not None
    )


def tree(expression: Plain, depth: int = 1) -> list[Line]:
    """Say an expression as nested lines, one statement each."""
    match expression:
        case AnyOf(items):
            head = "at least one of these is so:"
        case AllOf(items):
            head = "all of these are so:"
        case Not(AnyOf(items)):
            head = "none of these is so:"
        case _:
            return [Line(phrase(expression), depth)]
    return [Line(head, depth), *(line for item in items for line in tree(item, depth + 1))]


GIVEN: Mapping[str, str] = {
    "acting_for": "asks on behalf of {} (the request's company is compared, nothing is to be shown)",
    "organisation_in": "is {} (its id is compared with the list, nothing is to be shown)",
    "person_in": "is {} (their id is compared with the list, nothing is to be shown)",
}


def _nations(item: Listed) -> str:
    """Countries, and the classes of nationality where the order tells them apart."""
    by_class: dict[str, list[str]] = {}
    for parts in sorted(item.patterns):
        by_class.setdefault(parts[1] if len(parts) > 1 else WILD, []).append(country(parts[0]))
    return joined(
        joined(codes) + ("" if name == WILD else f" (only with the nationality class `{name}`)")
        for name, codes in by_class.items()
    )


def _protected(item: Listed) -> str:
    return f"has been given protection {values_words(item.attribute, item.patterns)}"


def _employed(item: Listed) -> str:
    named = group_named(item.group) if item.group else joined(sorted({p[0] for p in item.patterns}))
    relations = sorted({parts[1].replace("_", " ") for parts in item.patterns})
    contractor = "" if "contractor" in relations else "; a contractor is none"
    return f"is shown to be an employee of {named}{contractor}"


def _places(before: str) -> Callable[[Listed], str]:
    return lambda item: before + joined(map(place, sorted(item.patterns)))


def _names(before: str) -> Callable[[Listed], str]:
    def write(item: Listed) -> str:
        if item.group is not None:
            return before + group_named(item.group)
        return before + joined(f"`{parts[0]}`" for parts in sorted(item.patterns))

    return write


def _least(before: str, after: str) -> Callable[[Listed], str]:
    """A threshold names every number from the least up."""
    return lambda item: f"{before}{min(int(parts[0]) for parts in item.patterns)}{after}"


def _ever(item: Listed) -> str:
    was = "was formerly" if item.attribute == "former_citizenships" else "is"
    return f"{was} a citizen of {_nations(item)}"


def _within(item: Listed) -> str:
    """Of `citizen_only_of` there are two lists: those named, and all others there are."""
    named = {parts[0] for parts in item.patterns}
    others = sorted(countries().keys() - named)
    if len(named) <= len(others):
        return f"is a citizen of {_nations(item)}"
    return f"is a citizen of another country than {joined(map(country, others))}"


LISTED: Mapping[str, Callable[[Listed], str]] = {
    "citizen_of": _ever,
    "national_of": lambda item: f"is a national of {_nations(item)}",
    "formerly_citizen_of": _ever,
    "ever_citizen_of": _ever,
    "citizen_only_of": _within,
    "stateless": _ever,
    "permanent_resident_of": lambda item: f"has permanent residence in {_nations(item)}",
    "protected_by": _protected,
    "employee_of": _employed,
    "resident_in": _places("resides in "),
    "ordinarily_resident_in": _places("ordinarily resides in "),
    "located_in": _places("is located in "),
    "headquartered_in": _places("has its headquarters in "),
    "incorporated_in": _places("is incorporated in "),
    "organised_in": _places("is organised in "),
    "government_of": _places("is the government, or an organ or agency of the government, of "),
    "ultimate_parent_in": _names("has as its ultimate parent "),
    "holds_licence": _names("holds the licence "),
    "licensed_as": _names("is licensed as "),
    "member_of": _names("is a member of the programme "),
    "age_over": _least("is ", " years old or older"),
    "identity_level": _least("has an identity verified to level ", " or higher"),
}
