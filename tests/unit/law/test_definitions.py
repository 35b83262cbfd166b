from collections.abc import Iterator

import pytest

from writ.errors import InvalidInput
from writ.law.compiled.decide import decide as compiled
from writ.law.definitions import Definition, Example, definition, read_definition
from writ.law.literal.decide import decide as literal
from writ.law.shipped import data_bytes, definition_file, definition_names
from writ.model.catalogue import Catalogue, Model
from writ.model.expression import AllOf, AnyOf, Expression, Listed, Not
from writ.model.order import Effect, Evidence, InFlight, Lawbook, OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

DEFINITIONS = [definition(name) for name in definition_names()]
EXAMPLES = [(item, example) for item in DEFINITIONS for example in item.examples]
SAID = {Outcome.PERMIT: "true", Outcome.DENY: "false", Outcome.VERIFY: "unknown"}


def book(item: Definition, at: int) -> Lawbook:
    """Return an order that lets only those pass of whom the definition is true."""
    rule = Rule(
        "only",
        ("c1",),
        frozenset({"m"}),
        "only",
        item.predicate,
        "organisation",
        Evidence(0, 0),
        Effect(Outcome.DENY),
        Effect(Outcome.VERIFY),
        InFlight(),
    )
    version = OrderVersion("o", 1, "restriction", "", at, None, "none", {}, {"c1": ""}, (rule,))
    return Lawbook(Catalogue("p", {"m": Model("m")}), (version,))


def chain(subject: Subject) -> Chain:
    """Return the chain that stands on the subject alone."""
    if subject.kind == "person":
        return Chain(subject)
    return Chain(Subject("key", "service", (subject.id,)), subject)


@pytest.mark.parametrize(
    ("item", "example"), EXAMPLES, ids=[f"{item.name} {example.name}" for item, example in EXAMPLES]
)
def test_a_definition_means_what_its_scenarios_say(item: Definition, example: Example) -> None:
    """Both meanings of the law agree with every scenario of every definition."""
    law, links = book(item, example.at), chain(example.subject)
    outcomes = [decide(law, links, "m", example.at).outcome for decide in (literal, compiled)]
    assert [example.expect] * 2 == [SAID[outcome] for outcome in outcomes]


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
        expression = getattr(item.predicate, kind)
        asked = {atom.attribute for atom in atoms(expression)}
        assert (set() if isinstance(expression, Not) else asked) == set(attributes)


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
