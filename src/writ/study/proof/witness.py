"""Somebody concrete, made of a solver's answer: whose facts, asking how, when.

1. A request is a person's own key, a company's key naming a person, or one naming nobody.
2. Facts are as old as they are asked to be young, and as sure as they are asked to be.
3. A value that no order names is written as one that a file can say.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.law.countries import nationality_classes
from writ.law.explain.people import COMPANY, ELSEWHERE, PERSON, SOURCE
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY, Shape
from writ.study.proof.consistent import ConsistentSymbols
from writ.study.proof.smt import Script
from writ.study.proof.solver import Solved
from writ.study.proof.symbols import Domain, Parts

Form: TypeAlias = Literal["alone", "naming a person", "naming nobody"]
FORMS: tuple[Form, ...] = ("alone", "naming a person", "naming nobody")
SERVICE = "example-service"


def links_of(form: Form, script: Script, domain: Domain) -> list[ConsistentSymbols]:
    """Return the links of a form of request (rule 1)."""
    if form == "alone":
        return [ConsistentSymbols(script, "person", domain)]
    company = ConsistentSymbols(script, "organisation", domain)
    role: Literal["person", "unnamed"] = "person" if form == "naming a person" else "unnamed"
    return [company, ConsistentSymbols(script, role, domain, company)]


def chain_of(links: Sequence[ConsistentSymbols], solved: Solved, at: Instant) -> Chain:
    """Return the chain that an answer describes."""
    people = {link.role: _subject(link, solved, at) for link in links if link.role != "unnamed"}
    company, person = people.get("organisation"), people.get("person")
    if company is None:
        return Chain(person or Subject(PERSON, "person"))
    return Chain(Subject(SERVICE, "service", (company.id,)), company, person)


def _subject(link: ConsistentSymbols, solved: Solved, at: Instant) -> Subject:
    nobody = PERSON if link.kind == "person" else COMPANY
    named = (item for item in link.domain.ids[1:] if _true(solved, link.known_as(item)))
    name = next(named, nobody)
    return Subject(name, link.kind, (), tuple(_facts(link, solved, at)))


def _facts(link: ConsistentSymbols, solved: Solved, at: Instant) -> Iterator[Fact]:
    """Rule 2."""
    for attribute in link.domain.values:
        if link.kind not in VOCABULARY[attribute].kinds:
            continue
        for floor, age in link.slots:
            shown = [
                Value(_written(attribute, value, link.values(attribute)))
                for value in link.values(attribute)
                if _true(solved, link.slot((floor, age), attribute, value))
            ]
            whole = _true(solved, link.slot((floor, age), attribute, None))
            if shown or whole:
                yield Fact(
                    attribute,
                    tuple(shown),
                    "exhaustive" if whole else "at_least",
                    floor,
                    SOURCE,
                    SOURCE,
                    at - age,
                )


def _true(solved: Solved, constant: str) -> bool:
    return constant.strip("|") in solved.true


def _written(attribute: str, value: Parts, others: Sequence[Parts]) -> Parts:
    """Rule 3."""
    if not any(part.startswith("\0") for part in value):
        return value
    shape = VOCABULARY[attribute].shape
    named = {other[0] for other in others}
    elsewhere = next(code for code in ELSEWHERE if code not in named)
    first = elsewhere if value[0].startswith("\0") else value[0]
    match shape:
        case Shape.COUNTRY:
            said = {other[1] for other in others if other[0] == first}
            usual = ("citizen", "national", *sorted(nationality_classes()))
            free = next((item for item in usual if item not in said), "")
            return first, free if value[1].startswith("\0") else value[1]
        case Shape.PLACE:
            return (first, f"{first}-ZZ") if first != elsewhere else (first, "")
        case Shape.PROTECTION:
            status = "other" if value[0].startswith("\0") else value[0]
            return status, elsewhere if value[1].startswith("\0") else value[1]
        case Shape.EMPLOYER:
            return tuple(
                fresh if part.startswith("\0") else part
                for part, fresh in zip(value, ("another-company", "contractor"), strict=True)
            )
        case Shape.NUMBER:
            return ("0",)
        case _:
            return ("another", *value[1:])
