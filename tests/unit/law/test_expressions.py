from typing import Literal

import pytest

from writ.canonical import Plain, digest
from writ.clock import parse_instant
from writ.law.countries import countries
from writ.law.document import read_plain
from writ.law.expressions import OPERATORS, read_expression
from writ.law.reading import Reader
from writ.law.scope import Scope
from writ.model.expression import (
    AllOf,
    AnyOf,
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
    groups_in,
)
from writ.model.vocabulary import Kind

ANNEX = Group("annex-a", frozenset({"brit-co"}), "sha256:0")
SELF = Group("self", frozenset({"acme-ai"}))
ELSEWHERE = frozenset((code, "*") for code in countries() if code not in {"CA", "CH"})


def read(value: Plain, kind: Kind = "person", *, lenient: bool = False) -> Expression:
    """Read an expression that has no fault."""
    reader = Reader()
    scope = Scope(reader, kind, {"annex-a": ANNEX}, "acme-ai", lenient)
    expression = read_expression(scope, read_plain(value))
    reader.done()
    return expression


def employer(group: Group, *members: str) -> Listed:
    """Return the atom of being employed there."""
    relations = ("employee", "regular_employee")
    return Listed(
        "employee_of", "employer", frozenset((m, r) for m in members for r in relations), group
    )


@pytest.mark.parametrize(
    ("value", "kind", "want"),
    [
        (
            {"citizen_of": ["US", "NO"]},
            "person",
            Listed("citizen_of", "citizenships", frozenset({("US", "*"), ("NO", "*")})),
        ),
        (
            {"citizen_of": ["GB"], "class": ["GBR", "GBN"]},
            "person",
            Listed("citizen_of", "citizenships", frozenset({("GB", "GBR"), ("GB", "GBN")})),
        ),
        (
            {"permanent_resident_of": ["US"]},
            "person",
            Listed("permanent_resident_of", "permanent_residences", frozenset({("US", "*")})),
        ),
        (
            {"protected_by": {"by": ["US", "CA"], "status": ["refugee"]}},
            "person",
            Listed("protected_by", "protection", frozenset({("refugee", "US"), ("refugee", "CA")})),
        ),
        ({"resident_in": ["FR"]}, "person", Listed("resident_in", "residence", frozenset({("FR", "*")}))),
        (
            {"incorporated_in": ["US"]},
            "organisation",
            Listed("incorporated_in", "incorporated_in", frozenset({("US", "*")})),
        ),
        (
            {"organised_in": ["US"]},
            "organisation",
            Listed("organised_in", "organised_in", frozenset({("US", "*")})),
        ),
        (
            {"national_of": ["GB"], "class": ["GBN"]},
            "person",
            Listed("national_of", "citizenships", frozenset({("GB", "GBN")})),
        ),
        (
            {"formerly_citizen_of": ["CN"]},
            "person",
            Listed("formerly_citizen_of", "former_citizenships", frozenset({("CN", "*")})),
        ),
        (
            {"ever_citizen_of": ["CN"]},
            "person",
            AnyOf(
                (
                    Listed("ever_citizen_of", "citizenships", frozenset({("CN", "*")})),
                    Listed("ever_citizen_of", "former_citizenships", frozenset({("CN", "*")})),
                )
            ),
        ),
        (
            {"citizen_only_of": ["CA", "CH"]},
            "person",
            AllOf(
                (
                    Listed("citizen_only_of", "citizenships", frozenset({("CA", "*"), ("CH", "*")})),
                    Not(Listed("citizen_only_of", "citizenships", ELSEWHERE)),
                )
            ),
        ),
        (
            {"stateless": True},
            "person",
            Not(Listed("citizen_of", "citizenships", frozenset({("*", "*")}))),
        ),
        (
            {"protected_by": {"by": "any", "status": ["stateless"]}},
            "person",
            Listed("protected_by", "protection", frozenset({("stateless", "*")})),
        ),
        (
            {"ordinarily_resident_in": ["CU"]},
            "person",
            Listed("ordinarily_resident_in", "ordinarily_resident", frozenset({("CU", "*")})),
        ),
        ({"located_in": ["US"]}, "person", Listed("located_in", "location", frozenset({("US", "*")}))),
        (
            {"headquartered_in": ["CN", "HK"]},
            "organisation",
            Listed("headquartered_in", "headquarters", frozenset({("CN", "*"), ("HK", "*")})),
        ),
        (
            {"ultimate_parent_in": "annex-a"},
            "organisation",
            Listed("ultimate_parent_in", "ultimate_parent", frozenset({("brit-co",)}), ANNEX),
        ),
        (
            {"citizen_of": ["RU"], "held_at": "2022-02-24T00:00:00Z"},
            "person",
            HeldAt(
                Listed("citizen_of", "citizenships", frozenset({("RU", "*")})),
                parse_instant("2022-02-24T00:00:00Z"),
            ),
        ),
        ({"most_recent_of": ["CN", "HK"]}, "person", MostRecent(frozenset({"CN", "HK"}))),
        (
            {"ultimate_parent_is": {"organisation_in": "annex-a"}},
            "organisation",
            ParentIs(Given("organisation_in", ANNEX)),
        ),
        (
            {"employed_by": {"organisation_in": "annex-a"}},
            "person",
            EmployedBy(Given("organisation_in", ANNEX)),
        ),
        (
            {"employed_by": {"ultimate_parent_is": {"organisation_in": "annex-a"}}},
            "person",
            EmployedBy(ParentIs(Given("organisation_in", ANNEX))),
        ),
        (
            {
                "owned_by": {
                    "share": "50.0",
                    "who": {"person": {"person_in": "annex-a"}, "organisation": {"government_of": ["VE"]}},
                }
            },
            "organisation",
            OwnedBy(
                "50",
                Predicate(
                    Given("person_in", ANNEX),
                    Listed("government_of", "government_of", frozenset({("VE", "*")})),
                ),
            ),
        ),
        (
            {"holds_licence": ["D1", "D 2"]},
            "organisation",
            Listed("holds_licence", "licences", frozenset({("D1",), ("D 2",)})),
        ),
        (
            {"licensed_as": ["physician"]},
            "person",
            Listed("licensed_as", "professional_licences", frozenset({("physician",)})),
        ),
        (
            {"member_of": ["verified-defenders"]},
            "organisation",
            Listed("member_of", "programmes", frozenset({("verified-defenders",)})),
        ),
        (
            {"age_over": 148},
            "person",
            Listed("age_over", "age_over", frozenset({("148",), ("149",), ("150",)})),
        ),
        (
            {"identity_level": 3},
            "organisation",
            Listed("identity_level", "identity_level", frozenset({("3",), ("4",)})),
        ),
        ({"organisation_in": "annex-a"}, "organisation", Given("organisation_in", ANNEX)),
        ({"person_in": "annex-a"}, "person", Given("person_in", ANNEX)),
        ({"employee_of": "annex-a"}, "person", employer(ANNEX, "brit-co")),
        ({"employee_of": "self"}, "person", employer(SELF, "acme-ai")),
        ({"employee_of": "x-co"}, "person", employer(Group("x-co", frozenset({"x-co"})), "x-co")),
        ({"acting_for": "self"}, "person", Given("acting_for", SELF)),
        ({"acting_for": "annex-a"}, "organisation", Given("acting_for", ANNEX)),
        (
            {"any": [{"acting_for": "self"}, {"not": {"all": [{"person_in": "annex-a"}]}}]},
            "person",
            AnyOf((Given("acting_for", SELF), Not(AllOf((Given("person_in", ANNEX),))))),
        ),
    ],
)  # fmt: skip
def test_each_operator_reads_into_its_atom(value: Plain, kind: Kind, want: Expression) -> None:
    """Every word of the language, resolved."""
    assert want == read(value, kind)


def test_in_a_lenient_scope_an_atom_for_another_kind_is_false() -> None:
    """An exception's `who` may speak of persons and organisations at once."""
    value: Plain = {"any": [{"organisation_in": "annex-a"}, {"acting_for": "self"}]}
    want = AnyOf((Never("organisation_in"), Given("acting_for", SELF)))
    assert want == read(value, "person", lenient=True)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"stateless": False}, "stateless: `stateless` takes `true`; write `not` for its contrary"),
        ({"age_over": 0}, "age_over: `0` is out of range; the least is 1"),
        ({"age_over": 151}, "age_over: `151` is out of range; the greatest is 150"),
        ({"age_over": "18"}, "age_over: must be a whole number, not `18`"),
        ({"identity_level": 5}, "identity_level: `5` is out of range; the greatest is 4"),
        ({"identity_level": 10**14}, f"identity_level: `{10**14}` is out of range; the greatest is 4"),
        ({"licensed_as": []}, "licensed_as: must name at least one"),
        ({"holds_licence": [" "]}, "holds_licence[0]: is blank"),
    ],
)  # fmt: skip
def test_what_an_operator_cannot_take_is_a_fault(value: Plain, said: str) -> None:
    """Each word says what it wanted."""
    reader = Reader()
    read_expression(Scope(reader, "person", {}, "acme-ai"), read_plain(value))
    assert said in [fault.message for fault in reader.faults]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            {"owned_by": {"share": "0.0", "who": {"person": {"person_in": "annex-a"}}}},
            "owned_by.share: everybody owns `0` or more; write a share above it, or `more_than`",
        ),
        (
            {"owned_by": {"more_than": "100", "who": {"person": {"person_in": "annex-a"}}}},
            "owned_by.more_than: nobody owns more than `100`; write a share below it",
        ),
        (
            {
                "owned_by": {
                    "share": "5",
                    "more_than": "5",
                    "who": {"person": {"person_in": "annex-a"}},
                }
            },
            "owned_by: write `share` (so much or more) or `more_than`, and not both",
        ),
        (
            {"owned_by": {"who": {"person": {"person_in": "annex-a"}}}},
            "owned_by: write `share` (so much or more) or `more_than`, and not both",
        ),
        ({"owned_by": ["50"]}, "owned_by: must be a mapping of keys to values"),
        (
            {"owned_by": {"share": "5", "who": {"organisation": {"owned_by": {}}}}},
            (
                "owned_by.who.organisation: `owned_by` cannot be asked within `owned_by`; owners who are"
                " owned to the same share count by themselves"
            ),
        ),
        (
            {"ultimate_parent_is": {"owned_by": {}}},
            (
                "ultimate_parent_is: `owned_by` cannot be asked within `ultimate_parent_is`; ask it"
                " beside, or list the parents meant and use `ultimate_parent_in`"
            ),
        ),
        ({"owned_by": None}, "owned_by: is empty; give it keys and values, or leave it out"),
        (
            {"owned_by": {"share": "half", "who": {"person": {"person_in": "annex-a"}}}},
            "owned_by.share: `half` is no share; write percent as text, such as '50.0'",
        ),
        (
            {
                "owned_by": {
                    "share": "50.0000000000001",
                    "who": {"person": {"person_in": "annex-a"}},
                }
            },
            (
                "owned_by.share: `50.0000000000001` is no share;"
                " write at most 12 digits after the point"
            ),
        ),
        (
            {"owned_by": {"share": "50", "who": {}}},
            "owned_by.who: say which owners count, under `person`, `organisation` or both",
        ),
        (
            {"owned_by": {"share": "50", "who": {"person": {"acting_for": "self"}}}},
            "owned_by.who.person: `acting_for` cannot be asked within `owned_by`",
        ),
        (
            {"ultimate_parent_is": {"not": {"ultimate_parent_is": {"organisation_in": "annex-a"}}}},
            "ultimate_parent_is.not: `ultimate_parent_is` cannot be asked within `ultimate_parent_is`",
        ),
        (
            {"ultimate_parent_is": {"citizen_of": ["CN"]}},
            "ultimate_parent_is: `citizen_of` cannot be asked of an organisation",
        ),
    ],
)
def test_what_cannot_be_asked_of_others_is_a_fault(value: Plain, said: str) -> None:
    """Owners and parents are asked by themselves, and a threshold is one."""
    reader = Reader()
    scope = Scope(reader, "organisation", {"annex-a": ANNEX}, "acme-ai")
    read_expression(scope, read_plain(value))
    assert [said] == [fault.message for fault in reader.faults]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            {"employed_by": {"acting_for": "annex-a"}},
            "employed_by: `acting_for` cannot be asked within `employed_by`",
        ),
        (
            {"employed_by": {"citizen_of": ["FR"]}},
            "employed_by: `citizen_of` cannot be asked of an organisation",
        ),
        (
            {"employed_by": {"employed_by": {"organisation_in": "annex-a"}}},
            "employed_by: `employed_by` cannot be asked of an organisation",
        ),
        (
            {
                "employed_by": {
                    "owned_by": {"share": "50", "who": {"organisation": {"owned_by": {}}}}
                }
            },
            (
                "employed_by.owned_by.who.organisation: `owned_by` cannot be asked within `owned_by`;"
                " owners who are owned to the same share count by themselves"
            ),
        ),
        (
            {
                "employed_by": {
                    "owned_by": {
                        "share": "50",
                        "who": {"person": {"employed_by": {"organisation_in": "annex-a"}}},
                    }
                }
            },
            "employed_by.owned_by.who.person: `employed_by` cannot be asked within `owned_by`",
        ),
    ],
)
def test_what_cannot_be_asked_of_employers_is_a_fault(value: Plain, said: str) -> None:
    """They are organisations, asked by themselves; whom their owners work for is nobody's matter."""
    reader = Reader()
    read_expression(Scope(reader, "person", {"annex-a": ANNEX}, "acme-ai"), read_plain(value))
    assert [said] == [fault.message for fault in reader.faults]


TOLD = Group("annex-a", frozenset({"brit-co", "labs"}), "sha256:0", frozenset({"labs"}))
NAMED = Group("annex-a (without subsidiaries)", frozenset({"brit-co"}), digest(["brit-co"]))


@pytest.mark.parametrize(
    ("beside", "group", "said"),
    [
        ({"subsidiaries": "in"}, TOLD, []),
        ({"subsidiaries": "out"}, NAMED, []),
        (
            {},
            TOLD,
            [
                (
                    "`annex-a` tells 1 subsidiaries apart, and they count here; write"
                    " `subsidiaries: in` or `out`"
                )
            ],
        ),
    ],
)
@pytest.mark.parametrize("word", ["organisation_in", "acting_for"])
def test_subsidiaries_are_meant_or_left_out(
    word: Literal["organisation_in", "acting_for"],
    beside: dict[str, Plain],
    group: Group,
    said: list[str],
) -> None:
    """Those left out are another list, by another digest; who says nothing is told."""
    reader = Reader()
    scope = Scope(reader, "organisation", {"annex-a": TOLD}, "acme-ai")
    found = read_expression(scope, read_plain({word: "annex-a", **beside}))
    assert (Given(word, group), []) == (found, reader.faults)
    assert said == [note.message.partition(": ")[2] for note in reader.notes]


def test_an_annex_that_tells_nothing_apart_has_no_subsidiaries() -> None:
    """Nobody believes that they were left out."""
    reader = Reader()
    scope = Scope(reader, "organisation", {"annex-a": ANNEX}, "acme-ai")
    found = read_expression(
        scope, read_plain({"organisation_in": "annex-a", "subsidiaries": "out"})
    )
    assert Given("organisation_in", ANNEX) == found
    assert [
        (
            "subsidiaries: `annex-a` does not tell subsidiaries apart; its annex names a column"
            " `subsidiary_of`"
        )
    ] == [fault.message for fault in reader.faults]


def test_the_groups_of_an_expression_are_those_asked_of_others_too() -> None:
    """Nobody on an annex is shown by name, wherever in an order the annex is named."""
    listed: Plain = {"organisation_in": "annex-a"}
    who: Plain = {"organisation": listed, "person": {"person_in": "annex-a"}}
    owned: Plain = {"owned_by": {"share": "50", "who": who}}
    parent: Plain = {"not": {"ultimate_parent_is": listed}}
    asked = read({"all": [owned, parent, {"ultimate_parent_in": "self"}]}, "organisation")
    assert [ANNEX, ANNEX, ANNEX, SELF] == list(groups_in(asked))
    assert [] == list(groups_in(None))


def test_what_was_held_is_asked_of_the_past() -> None:
    """Nobody knows at an order's `effective` what will be held after it."""
    effective = parse_instant("2026-06-12T00:00:00Z")
    for at, said in (
        ("2026-06-12T00:00:00Z", []),
        ("2026-06-12T00:00:01Z", ["held_at: `held_at` is after `effective`; nobody can know yet"]),
        ("then", ["held_at: `then` is not an instant; write 2026-06-12T17:21:00-04:00"]),
    ):
        reader = Reader()
        scope = Scope(reader, "person", {}, "acme-ai", effective=effective)
        read_expression(scope, read_plain({"national_of": ["RU"], "held_at": at}))
        assert said == [fault.message for fault in reader.faults]


def test_a_definition_names_no_groups() -> None:
    """A definition holds for every order, so it knows no annex and no provider."""
    reader = Reader()
    read_expression(Scope(reader, "person", {}, None), read_plain({"employee_of": "self"}))
    want = ["employee_of: only an order names groups; a definition holds for every order"]
    assert want == [fault.message for fault in reader.faults]


def test_every_operator_is_tried_here() -> None:
    """A word added to the language is added to the test above."""
    tried = {
        word
        for mark in test_each_operator_reads_into_its_atom.pytestmark  # type: ignore[attr-defined]
        for value, *_ in mark.args[1]
        for word in OPERATORS
        if f"'{word}'" in str(value)
    }
    assert set(OPERATORS) == tried


def test_whatever_stands_in_them_derived_atoms_are_read() -> None:
    """Odd values are faults with a place, never a crash."""
    odd: tuple[Plain, ...] = ({}, {"a": 1}, [], [[]], 7, True, None, "", "zzz", "9" * 30)
    for value in odd:
        for asked in (
            {"owned_by": value},
            {"owned_by": {"share": value, "who": value}},
            {"owned_by": {"share": "50", "who": {"person": value, "organisation": value}}},
            {"ultimate_parent_is": value},
            {"employed_by": value},
            {"most_recent_of": value},
            {"government_of": value},
        ):
            reader = Reader()
            of_people = {"most_recent_of", "employed_by"} & set(asked)
            kind: Kind = "person" if of_people else "organisation"
            read_expression(Scope(reader, kind, {}, "acme-ai"), read_plain(asked))
            assert reader.faults
