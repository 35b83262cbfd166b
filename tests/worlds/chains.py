"""Random subjects, chains and instants for the lawbooks of `tests.worlds.lawbooks`.

1. Facts are incomplete, contradictory, expired, in the future, and of values that begin or end.
2. Facts drawn from a `Truth` are all true of it: whatever they leave open, none contradicts.
3. Everybody in a chain is related to the same few, who own one another as it happens, in rings too.
4. Instants are every boundary that the lawbook or the chain has, and a microsecond either side.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import TypeAlias

from tests.worlds.lawbooks import (
    AGES,
    COMPANIES,
    COUNTRIES,
    GRID,
    NAMES,
    PEOPLE,
    START,
    STEP,
    chance,
    pick,
    some,
)
from writ.clock import Instant
from writ.model.order import Lawbook
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import Kind

Truth: TypeAlias = Mapping[str, tuple[tuple[str, ...], ...]]

_COUNTRY = tuple((code, kind) for code in (*COUNTRIES, "DE") for kind in ("", "national"))
_PLACE = tuple((code, region) for code in (*COUNTRIES, "DE") for region in ("", f"{code}-1"))
PERSONAL = ("citizenships", "permanent_residences")
VALUES: Mapping[Kind, Truth] = {
    "person": {
        "citizenships": _COUNTRY,
        "former_citizenships": _COUNTRY,
        "permanent_residences": _COUNTRY,
        "age_over": (("16",), ("18",), ("21",), ("30",)),
        "protection": (("refugee", "US"), ("asylee", "US"), ("refugee", "FR")),
        "employer": tuple(
            (company, relation)
            for company in (*COMPANIES, "c4")
            for relation in ("employee", "regular_employee", "contractor")
        ),
    },
    "organisation": {
        "incorporated_in": _PLACE,
        "organised_in": _PLACE,
        "programmes": (("defenders",), ("others",)),
        "owners": tuple(
            (owner, share)
            for owner in ("c1", "c2", "p1", "p2", "c3", "elsewhere")
            for share in ("50", "25", "49.99", "")
        ),
        "ultimate_parent": tuple((name,) for name in ("c2", "c1", "c3", "p1", "elsewhere")),
        "users_certified": tuple((name,) for name in (*NAMES, "gb.british_citizen@1")),
    },
}

VAGUE = {
    name for of in VALUES.values() for name, values in of.items() if values in (_COUNTRY, _PLACE)
}


def truth(random: Random, kind: Kind) -> Truth:
    """Draw what is the case about a subject, whether or not anybody has shown it."""
    case = {
        attribute: some(random, values, least=0)
        for attribute, values in VALUES.get(kind, {}).items()
    }
    if "owners" in case:  # one share each, and no more than the whole
        owners = some(random, ("c1", "c2", "p1", "elsewhere"), least=0)
        case["owners"] = tuple((owner, pick(random, ("50", "25"))) for owner in owners)
    return case


def _truly(attribute: str, parts: tuple[str, ...], random: Random) -> Value:
    """Return a true value; what began has a date, long ago, that is told or not."""
    if attribute not in PERSONAL or chance(random, 50):
        return Value(parts)
    return Value(parts, START - 100 - STEP * (len(attribute) + sum(map(ord, parts[0])) % 3))


def _value(random: Random, parts: tuple[str, ...]) -> Value:
    if not chance(random, 15):
        return Value(parts)
    since, until = pick(random, GRID), pick(random, GRID)
    return Value(parts, *pick(random, ((since, None), (None, until), (since, until))))


def fact(random: Random, attribute: str, values: tuple[Value, ...], *, complete: bool) -> Fact:
    """Draw the circumstances of a fact: by whom, how sure, when, how long."""
    return Fact(
        attribute,
        values,
        "exhaustive" if complete else "at_least",
        random.randint(0, 4),
        "passport",
        "somebody",
        pick(random, GRID) - pick(random, (0, 20, 50)),
        pick(random, GRID) if chance(random, 15) else None,
    )


def any_fact(random: Random, kind: Kind) -> Fact:
    """Draw a fact that need not agree with any other."""
    attribute = pick(random, sorted(VALUES[kind]))
    parts = some(random, VALUES[kind][attribute], least=0 if chance(random, 20) else 1)
    values = tuple(_value(random, item) for item in parts)
    return fact(random, attribute, values, complete=chance(random, 50))


def true_fact(random: Random, case: Truth) -> Fact:
    """Draw a fact that is true of the case: some of it, or exactly all of it.

    Some of it may leave a part unsaid (a class, a region); all of it does so for some cases, always.
    """
    attribute = pick(random, sorted(case))
    complete = chance(random, 50)
    parts = case[attribute] if complete else some(random, case[attribute], least=0)
    vague = len(case[attribute]) == 1 if complete else chance(random, 30)
    if vague and attribute in VAGUE:
        parts = tuple(dict.fromkeys((code, "") for code, _ in parts))
    values = tuple(_truly(attribute, item, random) for item in parts)
    return fact(random, attribute, values, complete=complete)


def telling_facts(random: Random, kind: Kind) -> tuple[Fact, ...]:
    """Draw what derived atoms need to be decided: complete lists, by good and early evidence."""
    person = kind == "person"
    names: tuple[str, ...] = (*PERSONAL, "former_citizenships", "employer")
    if not person:
        names = ("owners", "ultimate_parent", "incorporated_in")
    return tuple(
        Fact(
            name,
            tuple(
                Value(parts, pick(random, (None, *GRID[:4])) if person else None)
                for parts in some(random, VALUES[kind][name], least=0)
            ),
            "at_least" if chance(random, 20) else "exhaustive",
            random.randint(2, 4),
            "register",
            "somebody",
            START - pick(random, (0, STEP)),
        )
        for name in names
    )


def facts(random: Random, kind: Kind) -> tuple[Fact, ...]:
    """Draw up to five facts of one subject, now and then all of them true together, or telling."""
    if kind == "service":
        return ()
    if chance(random, 25):
        return telling_facts(random, kind)
    count = random.randint(0, 5)
    if chance(random, 35):
        case = truth(random, kind)
        return tuple(true_fact(random, case) for _ in range(count))
    return tuple(any_fact(random, kind) for _ in range(count))


def subject(random: Random, kind: Kind) -> Subject:
    """Draw a subject."""
    names = {"person": PEOPLE, "organisation": COMPANIES, "service": ("s1",)}[kind]
    return Subject(pick(random, names), kind, (), facts(random, kind))


def related(random: Random) -> dict[str, Subject]:
    """Draw those whom a standing may rest on; some who are named are not among them."""
    kinds: Mapping[str, Kind] = {
        **dict.fromkeys(COMPANIES, "organisation"),
        **dict.fromkeys(PEOPLE[:2], "person"),
    }
    known = [name for name in kinds if chance(random, 40)]
    return {name: Subject(name, kinds[name], (), facts(random, kinds[name])) for name in known}


def chain(random: Random) -> Chain:
    """Draw a chain: who asks, for which organisation, on behalf of whom."""
    kinds: tuple[Kind, ...] = ("person", "service", "organisation")
    asked = Chain(
        subject(random, pick(random, kinds)),
        subject(random, "organisation") if chance(random, 60) else None,
        subject(random, "person") if chance(random, 45) else None,
    )
    return relating(asked, related(random) if chance(random, 40) else {})


def links(asked: Chain) -> tuple[Subject, ...]:
    """Return whoever is named in a chain."""
    named = (asked.requester, asked.organisation, asked.end_user)
    return tuple(item for item in named if item is not None)


def relating(asked: Chain, others: Mapping[str, Subject]) -> Chain:
    """Return the chain with everybody in it related to each other and to the same others."""
    everybody = {**others, **{item.id: replace(item, related={}) for item in links(asked)}}
    organisation, end_user = asked.organisation, asked.end_user
    return Chain(
        replace(asked.requester, related=everybody),
        None if organisation is None else replace(organisation, related=everybody),
        None if end_user is None else replace(end_user, related=everybody),
    )


def true_chain(random: Random) -> tuple[Chain, Mapping[str, Truth]]:
    """Draw a chain whose facts are all true, and the truth about each of its named subjects."""
    cases: dict[str, Truth] = {}

    def known(link: str, kind: Kind) -> Subject:
        if kind == "service":
            return Subject("s1", kind)
        cases[link] = truth(random, kind)
        facts = tuple(true_fact(random, cases[link]) for _ in range(random.randint(0, 4)))
        return Subject(pick(random, PEOPLE if kind == "person" else COMPANIES), kind, (), facts)

    kinds: tuple[Kind, ...] = ("person", "service", "organisation")
    requester = known("requester", pick(random, kinds))
    organisation = known("organisation", "organisation") if chance(random, 60) else None
    end_user = known("end_user", "person") if chance(random, 45) else None
    others = related(random) if chance(random, 40) else {}
    return relating(Chain(requester, organisation, end_user), others), cases


def boundaries(book: Lawbook, asked: Chain) -> tuple[Instant, ...]:
    """Return every instant at which the answer may change."""
    found = set(book.boundaries())
    for link in (*links(asked), *asked.requester.related.values()):
        for item in link.facts:
            found |= {item.verified_at, item.expires_at or START}
            found |= {item.verified_at + age for age in AGES if age is not None}
            found |= {edge for value in item.values for edge in (value.since, value.until) if edge}
    return tuple(sorted(found))


def instant(random: Random, book: Lawbook, asked: Chain) -> Instant:
    """Draw a boundary or its neighbour, or any instant."""
    if chance(random, 20):
        return START + random.randint(-STEP, STEP * 15)
    return pick(random, boundaries(book, asked) or (START,)) + pick(random, (0, -1, 1))


def with_fact(asked: Chain, link: str, item: Fact) -> Chain:
    """Return the chain with one more fact about one of its subjects."""
    match link, asked.organisation, asked.end_user:
        case "organisation", Subject() as known, _:
            return replace(asked, organisation=replace(known, facts=(*known.facts, item)))
        case "end_user", _, Subject() as known:
            return replace(asked, end_user=replace(known, facts=(*known.facts, item)))
        case _:
            known = asked.requester
            return replace(asked, requester=replace(known, facts=(*known.facts, item)))
