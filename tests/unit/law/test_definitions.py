from collections.abc import Iterable, Iterator

import pytest

from writ.errors import InvalidInput
from writ.law.compiled.decide import decide as compiled
from writ.law.definitions import KINDS, Definition, Example, definition, read_definition
from writ.law.literal.decide import decide as literal
from writ.law.shipped import data_bytes, definition_file, definition_names
from writ.law.truth import Truth, alone, truth
from writ.model.expression import AllOf, AnyOf, Expression, Listed, MostRecent, Not
from writ.model.subject import Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY, Shape

DEFINITIONS = [definition(name) for name in definition_names()]
EXAMPLES = [(item, example) for item in DEFINITIONS for example in item.examples]


@pytest.mark.parametrize(
    ("item", "example"), EXAMPLES, ids=[f"{item.name} {example.name}" for item, example in EXAMPLES]
)
def test_a_definition_means_what_its_scenarios_say(item: Definition, example: Example) -> None:
    """Both meanings of the law agree with every scenario of every definition."""
    links = alone(example.subject)
    answers = [truth(item.predicate, links, example.at, decide) for decide in (literal, compiled)]
    assert [example.expect] * 2 == answers


@pytest.mark.parametrize("item", DEFINITIONS, ids=definition_names())
def test_a_definition_has_a_scenario_for_each_answer(item: Definition) -> None:
    """True, false and unknown are all shown."""
    assert {"true", "false", "unknown"} == {example.expect for example in item.examples}


def atoms(expression: Expression | None) -> Iterator[Listed]:
    """Yield the atoms of an expression."""
    match expression:
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from atoms(item)
        case Not(item):
            yield from atoms(item)
        case Listed():
            yield expression
        case MostRecent(countries):
            for attribute in ("citizenships", "permanent_residences"):
                yield Listed("", attribute, frozenset((code, "*") for code in countries))
        case _:
            return


@pytest.mark.parametrize("item", DEFINITIONS, ids=definition_names())
def test_what_settles_a_definition_is_asked_by_it(item: Definition) -> None:
    """Each piece of evidence is a value that an atom of the same kind names."""
    stray = [
        settling
        for settling in item.predicate.settling
        if not any(
            atom.attribute == settling.attribute and all(map(atom.names, settling.values))
            for atom in atoms(getattr(item.predicate, settling.kind))
        )
    ]
    assert [] == stray


@pytest.mark.parametrize("item", DEFINITIONS, ids=definition_names())
def test_a_definition_says_what_makes_it_false(item: Definition) -> None:
    """Every attribute it asks must be exhaustive, or none where one value is enough."""
    for kind, attributes in item.false_when.items():
        if attributes:
            assert "false" == answer(item, kind, attributes)
            without = [set(attributes) - {name} for name in attributes]
            assert {"unknown"} == {answer(item, kind, fewer) for fewer in without}
        else:
            assert isinstance(getattr(item.predicate, kind), Not)


def answer(item: Definition, kind: str, complete: Iterable[str]) -> Truth:
    """Ask of somebody of whom these attributes are known in full, each with some value far off."""
    facts = tuple(
        Fact(
            name,
            (Value(FAR_OFF[VOCABULARY[name].shape]),),
            "exhaustive",
            4,
            "x",
            "x",
            item.effective,
        )
        for name in complete
    )
    subject = Subject("somebody", KINDS[kind], (), facts)
    return truth(item.predicate, alone(subject), item.effective, compiled)


FAR_OFF = {
    Shape.COUNTRY: ("AQ", ""),
    Shape.PLACE: ("AQ", ""),
    Shape.PROTECTION: ("other", "AQ"),
    Shape.NAME: ("somebody",),  # for a parent: the subject is its own
    Shape.OWNER: ("somebody else", "1"),
    Shape.NUMBER: ("0",),
}


@pytest.mark.parametrize("name", ["itar.us_person", "eu.third_country_resident"])
def test_complements_answer_the_contrary(name: str) -> None:
    """Whoever is one is not the other, in every scenario of either."""
    other = {"itar.us_person": "itar.foreign_person", "eu.third_country_resident": "eu.resident"}
    one, two = (definition(f"{item}@1") for item in (name, other[name]))
    contrary = {"true": "false", "false": "true", "unknown": "unknown"}
    for example in one.examples:
        links = alone(example.subject)
        assert example.expect == contrary[truth(two.predicate, links, example.at, compiled)]


def test_the_two_definitions_of_a_foreign_person_are_complements() -> None:
    """Whoever is not a foreign person is a US person in this sense."""
    us, foreign = (definition(f"ear.{name}_person@1").predicate for name in ("us", "foreign"))
    assert (Not(us.person), Not(us.organisation)) == (  # type: ignore[arg-type]
        foreign.person,
        foreign.organisation,
    )


def test_the_digest_covers_meaning_and_citations_only() -> None:
    """A better summary is the same law; another citation is not."""
    file = definition_file("ear.us_person@1")
    data = data_bytes(file)
    same = read_definition(data.replace(b"A natural person", b"Any natural person"), file)
    other = read_definition(data.replace(b"15 CFR 772.1 (f", b"15 CFR 772.2 (f"), file)
    before = definition("ear.us_person@1").predicate.digest
    assert (True, False) == (before == same.predicate.digest, before == other.predicate.digest)


def test_an_unknown_definition_is_a_key_error() -> None:
    """There is no definition by that name."""
    with pytest.raises(KeyError):
        definition("ear.us_person@99")


def test_every_fault_of_a_definition_is_reported_at_once() -> None:
    """Definition files are read as strictly as orders."""
    data = b"""definition: x.y
version: 1
title: T
cites: []
effective: 2020-01-01
summary: S
settled_by: [{kind: person, attribute: incorporated_in, values: [US], completeness: at_least, methods: [x]}]
false_when: {person: [citizenship]}
limits: [none]
scenarios: [{name: a, expect: true}, {name: b, person: {}, organisation: {}, expect: "true"}]
"""
    with pytest.raises(InvalidInput) as caught:
        read_definition(data, "definitions/x.z@1.yaml")
    assert [
        "1:1: `x.y@1` belongs in `definitions/x.y@1.yaml`",
        "1:13: a definition needs `person`, `organisation` or both",
        "4:8: must name at least one",
        "5:12: `2020-01-01` is not an instant; write 2026-06-12T17:21:00-04:00",
        "7:40: `incorporated_in` is no attribute of a subject of kind `person`",
        "8:23: unknown attribute `citizenship`; did you mean `citizenships`?",
        "10:13: write either `person` or `organisation`",
        "10:31: `true` is none of `true`, `false`, `unknown`",
        "10:38: write either `person` or `organisation`",
    ] == [line.split("@1.yaml:", 1)[1] for line in str(caught.value).splitlines()]
