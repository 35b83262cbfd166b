from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.countries import countries, nationality_classes
from writ.law.shipped import definition_names
from writ.law.subjects import read_fact, read_subject, write_fact, write_subject
from writ.law.values import PROTECTIONS
from writ.model.subject import Fact, Subject, Value
from writ.model.vocabulary import RELATIONS, VOCABULARY, Shape

SINCE, UNTIL = "2010-01-01T00:00:00Z", "2030-01-01T00:00:00Z"
SPAN = (parse_instant(SINCE), parse_instant(UNTIL))


def fact(attribute: str, *values: object, **other: object) -> dict[str, Any]:
    """Return a fact as JSON."""
    return {
        "attribute": attribute,
        "value": list(values),
        "completeness": "at_least",
        "assurance": "A2",
        "method": "passport",
        "issuer": "idv",
        "verified_at": "2026-06-01T00:00:00Z",
    } | other


def faults(value: object) -> list[str]:
    """Return what reading a subject says."""
    with pytest.raises(InvalidInput) as caught:
        read_subject(value, "s.json")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("attribute", "written", "read"),
    [
        ("citizenships", "US", [Value(("US", ""))]),
        ("citizenships", {"country": "GB", "class": "GBN"}, [Value(("GB", "GBN"))]),
        (
            "citizenships",
            {"country": "FR", "since": SINCE, "until": UNTIL},
            [Value(("FR", ""), *SPAN)],
        ),
        ("protection", {"status": "refugee", "granted_by": "US"}, [Value(("refugee", "US"))]),
        ("residence", "FR", [Value(("FR", ""))]),
        ("residence", "US-CA", [Value(("US", "US-CA"))]),
        (
            "location",
            {"country": "US-CA", "since": SINCE},
            [Value(("US", "US-CA"), SPAN[0])],
        ),
        (
            "employer",
            {"organisation": "acme", "relation": "employee", "until": UNTIL},
            [Value(("acme", "employee"), None, SPAN[1])],
        ),
        ("owners", {"owner": "acme", "share": "50.1"}, [Value(("acme", "50.1"))]),
        ("users_certified", "ear.us_person@1", [Value(("ear.us_person@1",))]),
        ("age_over", 18, [Value(("18",))]),
        ("age_over", "18", [Value(("18",))]),
    ],
)  # fmt: skip
def test_values_are_read_by_shape(attribute: str, written: object, read: list[Value]) -> None:
    """Each shape has its own form and its own parts."""
    got = read_fact(fact(attribute, written))
    assert (tuple(read), got) == (got.values, read_fact(write_fact(got)))


@pytest.mark.parametrize(
    ("attribute", "written", "said"),
    [
        ("citizenships", "USA", "value[0]: `USA` is not how a country is written; write `US`"),
        ("citizenships", {"country": "US", "clas": "x"}, "value[0]: unknown key `clas`"),
        ("citizenships", {"country": "US", "class": None}, "value[0].class: `null` is none of"),
        ("citizenships", 7, "value[0]: must be a mapping of keys to values"),
        (
            "residence",
            {"country": "US", "since": UNTIL, "until": SINCE},
            "value[0].until: `until` is not after `since`",
        ),
        ("protection", {"status": "knight", "granted_by": "US"}, "value[0].status: `knight` is"),
        ("employer", {"organisation": "a", "relation": "owner"}, "value[0].relation: `owner` is"),
        ("owners", {"owner": "a", "share": "101"}, "value[0].share: `101` is no share"),
        ("owners", {"owner": "a", "share": "half"}, "value[0].share: `half` is no share"),
        ("owners", {"owner": "a", "share": 50}, "value[0].share: must be text, not `50`"),
        ("users_certified", "ear.us_person@9", "value[0]: unknown definition `ear.us_person@9`"),
        ("users_certified", 9, "value[0]: must be text, not `9`"),
        ("age_over", -1, "value[0]: `-1` is out of range"),
        ("age_over", "old", "value[0]: must be a whole number, not `old`"),
        ("age_over", True, "value[0]: must be a whole number, not `true`"),
        ("licences", " a", "value[0]: ` a` has spaces at an end"),
    ],
)
def test_other_values_are_bad_input(attribute: str, written: object, said: str) -> None:
    """A value of the wrong form is named by its path."""
    with pytest.raises(InvalidInput) as caught:
        read_fact(fact(attribute, written))
    assert said == str(caught.value).splitlines()[0][: len(said)]


def test_every_key_of_a_fact_but_the_last_is_required() -> None:
    """Everything missing is reported at once."""
    with pytest.raises(InvalidInput) as caught:
        read_fact({"colour": "red"})
    assert sorted(
        [
            *(f"`{key}` is missing" for key in fact("x")),
            "unknown key `colour`",
        ]
    ) == sorted(str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"attribute": "citizenship"}, "attribute: unknown attribute `citizenship`; did you mean"),
        ({"attribute": " "}, "attribute: is blank"),
        ({"value": "US"}, "value: must be a list"),
        ({"assurance": 2}, "assurance: `2` is none of `A0`"),
        ({"completeness": "all"}, "completeness: `all` is none of `at_least`, `exhaustive`"),
        ({"verified_at": "2026-06-01T00:00:00"}, "verified_at: `2026-06-01T00:00:00` has no time"),
        ({"verified_at": 5}, "verified_at: must be text, not `5`"),
        ({"expires_at": "2026-06-01T00:00:00Z"}, "expires_at: `expires_at` is not after"),
    ],
)
def test_a_broken_fact_is_bad_input(changed: dict[str, object], said: str) -> None:
    """Each key has its own form."""
    with pytest.raises(InvalidInput) as caught:
        read_fact(fact("citizenships", "US") | changed)
    assert said == str(caught.value)[: len(said)]


def test_a_fact_that_never_expires_may_say_so() -> None:
    """`expires_at` may be null."""
    assert None is read_fact(fact("citizenships", "US", expires_at=None)).expires_at


def test_a_subject_comes_with_those_it_speaks_of() -> None:
    """Inline `related` subjects are read beside it."""
    value = {
        "id": "ann",
        "kind": "person",
        "acts_for": ["acme"],
        "facts": [fact("citizenships", "US")],
        "related": [{"id": "acme", "kind": "organisation"}],
    }
    subject, related = read_subject(value)
    assert (("ann", ("acme",), 1), (Subject("acme", "organisation"),)) == (
        (subject.id, subject.acts_for, len(subject.facts)),
        related,
    )


def test_a_subject_is_written_as_it_is_read() -> None:
    """Writing and reading a subject changes nothing."""
    subject = Subject("ann", "person", ("acme",), (read_fact(fact("citizenships", "US")),))
    related = (Subject("acme", "organisation"),)
    assert (subject, related) == read_subject(write_subject(subject, related))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], ["s.json: must be a mapping of keys to values"]),
        ({}, ["s.json: `id` is missing", "s.json: `kind` is missing"]),
        ({"id": "a", "kind": "robot"}, ["s.json: kind: `robot` is none of `person`, `organisation`, `service`"]),
        (
            {"id": "a", "kind": "robot", "facts": [fact("incorporated_in", "US")]},
            ["s.json: kind: `robot` is none of `person`, `organisation`, `service`"],
        ),
        (
            {"id": "a", "kind": "service", "facts": [fact("citizenships", "US")]},
            ["s.json: facts[0].attribute: `citizenships` is no attribute of a subject of kind `service`"],
        ),
        (
            {"id": "a", "kind": "person", "facts": [fact("incorporated_in", "US")]},
            ["s.json: facts[0].attribute: `incorporated_in` is no attribute of a subject of kind `person`"],
        ),
        (
            {"id": "a", "kind": "person", "related": [{"id": "a", "kind": "person"}]},
            ["s.json: two subjects have the same `id`"],
        ),
        (
            {"id": "a", "kind": "person", "related": [{"id": "b", "kind": "person", "related": [{}]}]},
            [
                "s.json: related[0].related[0]: `id` is missing",
                "s.json: related[0].related[0]: `kind` is missing",
            ],
        ),
    ],
)  # fmt: skip
def test_a_broken_subject_is_bad_input(value: object, said: list[str]) -> None:
    """Every fault of a subject is reported at its path."""
    assert said == faults(value)


INSTANTS = st.integers(SPAN[0], SPAN[1])
CODES = st.sampled_from(sorted(countries()))
NAMES = st.text(alphabet="abcé-7", min_size=1, max_size=6)
SPANS = st.tuples(st.none() | INSTANTS, st.none() | INSTANTS).filter(
    lambda span: span[0] is None or span[1] is None or span[0] < span[1]
)


PARTS: dict[Shape, st.SearchStrategy[tuple[str, ...]]] = {
    Shape.COUNTRY: st.tuples(CODES, st.sampled_from(["", *sorted(nationality_classes())])),
    Shape.PLACE: CODES.flatmap(
        lambda code: st.tuples(st.just(code), st.sampled_from(["", f"{code}-1"]))
    ),
    Shape.EMPLOYER: st.tuples(NAMES, st.sampled_from(RELATIONS)),
    Shape.PROTECTION: st.tuples(st.sampled_from(PROTECTIONS), CODES),
    Shape.OWNER: st.tuples(NAMES, st.integers(0, 99).map(lambda number: f"{number}.5")),
    Shape.NUMBER: st.tuples(st.integers(0, 10**6).map(str)),
    Shape.NAME: st.tuples(NAMES),
}
DATED = {Shape.COUNTRY, Shape.PLACE, Shape.EMPLOYER}


def values(attribute: str, shape: Shape) -> st.SearchStrategy[Value]:
    """Return values of an attribute."""
    if attribute == "users_certified":
        return st.sampled_from(definition_names()).map(lambda name: Value((name,)))
    spans = SPANS if shape in DATED else st.just((None, None))
    if attribute == "former_citizenships":
        spans = spans.map(lambda span: (span[0], None))
    return st.builds(lambda parts, span: Value(parts, *span), PARTS[shape], spans)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Any fact that there can be."""
    attribute = draw(st.sampled_from(list(VOCABULARY.values())))
    verified_at = draw(INSTANTS)
    return Fact(
        attribute.name,
        tuple(draw(st.lists(values(attribute.name, attribute.shape), max_size=3, unique=True))),
        draw(st.sampled_from(["at_least", "exhaustive"])),
        draw(st.integers(0, 4)),
        draw(NAMES),
        draw(NAMES),
        verified_at,
        draw(st.none() | st.integers(verified_at + 1, SPAN[1] + 1)),
    )


@given(facts())
def test_a_fact_is_written_as_it_is_read(fact: Fact) -> None:
    """Writing and reading a fact changes nothing."""
    assert fact == read_fact(write_fact(fact))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "kind", "facts", "related", "acts_for", "attribute", "value"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_reading_never_breaks(value: object) -> None:
    """Whatever the JSON, there is a subject or a list of faults."""
    try:
        read_subject(value)
    except InvalidInput as error:
        assert error.faults  # noqa: PT017  either way out is right, a fault without words is not
