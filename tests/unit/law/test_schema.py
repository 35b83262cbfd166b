"""The published schemas say what the readers do."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.law.conftest import CATALOGUE
from writ.errors import InvalidInput
from writ.law import (
    annexes,
    authority,
    calendars,
    catalogue,
    definitions,
    expressions,
    groups,
    licences,
    obligations,
    open_points,
    order,
    own_orders,
    requirements,
    rules,
    scenarios,
    shorthand,
    stays,
    subjects,
    where,
)
from writ.law import values as shapes
from writ.law.countries import nationality_classes
from writ.law.document import read_plain, read_yaml
from writ.law.folder import read_sources
from writ.law.reading import Keys, Reader
from writ.law.shipped import data_bytes, definition_file, definition_names
from writ.law.subjects import ASSURANCES, read_subject
from writ.model.vocabulary import RELATIONS, VOCABULARY

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
CASES = ROOT / "tests" / "cases" / "orders"
SCHEMAS: dict[str, Any] = {
    name: json.loads(data_bytes(f"schemas/{name}.json"))
    for name in ("order", "subject", "catalogue", "groups", "definition", "calendars")
}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}

MAPPINGS: list[tuple[str, str, Keys]] = [
    ("order", "", order.ORDER_KEYS),
    ("order", "authority", authority.AUTHORITY_KEYS),
    ("order", "authenticated", authority.AUTHENTICATED_KEYS),
    ("order", "reading", open_points.READING_KEYS),
    ("order", "question", open_points.QUESTION_KEYS),
    ("order", "stay", stays.STAY_KEYS),
    ("order", "serve", requirements.SERVE_KEYS),
    ("order", "programme", own_orders.PROGRAMME_KEYS),
    ("order", "review", own_orders.REVIEW_KEYS),
    ("order", "mandate", authority.MANDATE_KEYS),
    ("order", "licence", licences.LICENCE_KEYS),
    ("order", "licence_scope", licences.SCOPE_KEYS),
    ("order", "obligation", obligations.OBLIGATION_KEYS),
    ("order", "event", obligations.EVENT_KEYS),
    ("order", "preserve", obligations.PRESERVE_KEYS),
    ("order", "rule", rules.RULE_KEYS),
    ("order", "where", where.WHERE_KEYS),
    ("order", "exception", rules.EXCEPTION_KEYS),
    ("order", "evidence", rules.EVIDENCE_KEYS),
    ("order", "substitute", rules.SUBSTITUTE_KEYS),
    ("order", "undetermined", rules.UNDETERMINED_KEYS),
    ("order", "in_flight", rules.DRAIN_KEYS),
    ("order", "annex", annexes.ANNEX_KEYS),
    ("order", "annex_change", annexes.CHANGE_KEYS),
    ("order", "scenario", scenarios.SCENARIO_KEYS),
    ("order", "protected_by", expressions.PROTECTED_KEYS),
    ("order", "by_kind", Keys(optional=("person", "organisation"))),
    ("order", "owned_by", expressions.OWNED_KEYS),
    ("order", "related", shorthand.RELATED_KEYS),
    *(
        (schema, name, keys)
        for schema in ("order", "subject")
        for name, keys in (
            ("dated_country", shapes.COUNTRY_KEYS),
            ("dated_place", shapes.PLACE_KEYS),
            ("protection", shapes.PROTECTION_KEYS),
            ("employer", shapes.EMPLOYER_KEYS),
            ("owner", shapes.OWNER_KEYS),
        )
    ),
    ("subject", "", subjects.SUBJECT_KEYS),
    ("subject", "fact", subjects.FACT_KEYS),
    ("catalogue", "", catalogue.CATALOGUE_KEYS),
    ("catalogue", "deployment", catalogue.DEPLOYMENT_KEYS),
    ("definition", "", definitions.DEFINITION_KEYS),
    ("definition", "settling", definitions.SETTLING_KEYS),
    ("definition", "example", definitions.SCENARIO_KEYS),
    ("definition", "false_when", definitions.KIND_KEYS),
    ("groups", "", groups.FILE_KEYS),
    ("groups", "group", groups.GROUP_KEYS),
    ("groups", "member", groups.MEMBER_KEYS),
    ("calendars", "", calendars.FILE_KEYS),
    ("calendars", "calendar", calendars.CALENDAR_KEYS),
]


@pytest.mark.parametrize(("schema", "name", "keys"), MAPPINGS)
def test_keys_are_those_that_are_read(schema: str, name: str, keys: Keys) -> None:
    """Each mapping of a schema has exactly the keys of its reader, and requires the same."""
    part = SCHEMAS[schema]["$defs"][name] if name else SCHEMAS[schema]
    nullable = {
        key
        for key, value in part["properties"].items()
        if {"type": "null"} in value.get("anyOf", [])
    }
    assert (set(keys.known), set(keys.required), set(keys.nullable), False) == (
        set(part["properties"]),
        set(part["required"]),
        nullable,
        part["additionalProperties"],
    )


def test_a_model_has_the_keys_that_are_read() -> None:
    """A model may also be null, so it is looked at by itself."""
    model = SCHEMAS["catalogue"]["$defs"]["model"]
    assert set(catalogue.MODEL_KEYS.known) == set(model["properties"])


def test_operators_are_those_that_are_read() -> None:
    """Each operator has a form of its own, with the keys beside it."""
    forms = SCHEMAS["order"]["$defs"]["expression"]["oneOf"]
    assert {(item.word, *item.beside) for item in expressions.OPERATORS.values()} == {
        tuple(form["properties"]) for form in forms
    }


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_scenarios_have_the_attributes_of_their_kind(kind: str) -> None:
    """Facts in short have the vocabulary's attributes, an id, and whom an organisation rests on."""
    attributes = {item.name for item in VOCABULARY.values() if kind in item.kinds}
    others = {"related"}
    assert {"id", *others, *attributes} == set(SCHEMAS["order"]["$defs"][kind]["properties"])


def test_facts_in_short_have_the_keys_that_are_read() -> None:
    """What stands beside `exhaustive` is the same for every shape."""
    parts = [part for name, part in SCHEMAS["order"]["$defs"].items() if name.startswith("shown_")]
    assert [set(shorthand.SHOWN_KEYS.known)] * len(parts) == [
        set(part["anyOf"][1]["properties"]) for part in parts
    ]


def test_words_are_those_that_are_read() -> None:
    """Closed lists of words are the same lists."""
    order_defs, fact = SCHEMAS["order"]["$defs"], SCHEMAS["subject"]["$defs"]["fact"]
    assert (
        set(VOCABULARY),
        set(shapes.PROTECTIONS),
        set(RELATIONS),
        set(nationality_classes()),
        set(ASSURANCES),
        set(order.KINDS),
        set(order.DISCLOSURES),
        set(rules.STANDINGS),
        set(scenarios.OUTCOMES),
    ) == (
        set(fact["properties"]["attribute"]["enum"]),
        set(order_defs["protection"]["properties"]["status"]["enum"]),
        set(order_defs["employer"]["properties"]["relation"]["enum"]),
        set(order_defs["nationality_class"]["enum"]),
        set(fact["properties"]["assurance"]["enum"]),
        set(SCHEMAS["order"]["properties"]["kind"]["enum"]),
        set(SCHEMAS["order"]["properties"]["disclosure"]["enum"]),
        set(order_defs["rule"]["properties"]["standing"]["enum"]),
        set(order_defs["scenario"]["properties"]["expect"]["enum"]),
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    """Each is a valid JSON Schema."""
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("path", sorted(JUNE.glob("*.yaml")), ids=lambda path: path.name)
def test_the_files_of_june_are_valid(path: Path) -> None:
    """The shipped orders and their catalogue conform."""
    name = "catalogue" if path.name == catalogue.FILE else "order"
    assert [] == list(VALIDATORS[name].iter_errors(read_yaml(path.read_bytes(), path.name).plain()))


def test_the_subjects_of_june_are_valid() -> None:
    """The shipped subjects conform."""
    lines = (JUNE / "subjects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [] == [
        error for line in lines for error in VALIDATORS["subject"].iter_errors(json.loads(line))
    ]


# Faults of form, which a schema can see; the others need the catalogue, clauses or instants.
OF_FORM = {
    "authority", "kind-unknown", "mitigation", "missing", "nothing-but-a-list",
    "rescission-with-rules", "senses", "unknown-keys", "without-rules", "effects", "expressions",
    "exceptions", "annexes", "scenarios", "unknown-names", "instants", "clauses",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", ["good", "notes", "carried-by-nothing", "empty-window", *sorted(OF_FORM)]
)
def test_a_schema_sees_faults_of_form(name: str) -> None:
    """The case files fail or pass their schema as their faults are of form or of sense."""
    data = read_yaml((CASES / f"{name}.yaml").read_bytes(), name).plain()
    assert (name not in OF_FORM) == VALIDATORS["order"].is_valid(data)


BASE: dict[str, Any] = {
    "id": "ann",
    "kind": "person",
    "facts": [
        {
            "attribute": "citizenships",
            "value": ["US", {"country": "GB", "class": "GBN"}],
            "completeness": "at_least",
            "assurance": "A2",
            "method": "passport",
            "issuer": "idv",
            "verified_at": "2026-06-01T00:00:00Z",
        }
    ],
}


DAY = "2010-05-01T00:00:00+08:00"
LOST = BASE["facts"][0] | {"attribute": "former_citizenships"}


def changed(path: list[str | int], value: object) -> dict[str, Any]:
    """Return the sample subject with one thing changed."""
    subject = copy.deepcopy(BASE)
    at: Any = subject
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return subject


@pytest.mark.parametrize(
    ("subject", "valid"),
    [
        (BASE, True),
        (changed(["acts_for"], ["acme"]), True),
        (changed(["acts_for"], [7]), False),
        (changed(["kind"], "robot"), False),
        (changed(["kind"], "organisation"), False),
        (changed(["kind"], "service"), False),
        (changed(["colour"], "red"), False),
        (changed(["facts", 0, "attribute"], "citizenship"), False),
        (changed(["facts", 0, "value"], "US"), False),
        (changed(["facts", 0, "value"], ["USA"]), False),
        (changed(["facts", 0, "value"], [{"country": "US", "class": "lord"}]), False),
        (changed(["facts", 0, "assurance"], 2), False),
        (changed(["facts", 0, "verified_at"], "2026-06-01T00:00:00"), False),
        (changed(["facts", 0, "expires_at"], None), True),
        (changed(["facts", 0, "expires_at"], "2027-01-01T00:00:00+02:00"), True),
        (changed(["facts", 0, "attribute"], "former_citizenships"), True),
        (changed(["facts", 0], LOST | {"value": [{"country": "CN", "since": DAY}]}), True),
        (changed(["facts", 0], LOST | {"value": [{"country": "CN", "until": None}]}), True),
        (changed(["facts", 0], LOST | {"value": [{"country": "CN", "until": DAY}]}), False),
        (changed(["related"], [{"id": "acme", "kind": "organisation"}]), True),
        (changed(["related"], [{"id": "a", "kind": "person", "related": []}]), True),
        (changed(["related"], [{"id": "a", "kind": "person", "related": [{"id": "b"}]}]), False),
    ],
)  # fmt: skip
def test_reader_and_schema_agree_on_subjects(subject: dict[str, Any], valid: bool) -> None:  # noqa: FBT001  a parameter of the table
    """Both take the same subjects and refuse the same."""
    try:
        read_subject(subject)
    except InvalidInput:
        read = False
    else:
        read = True
    assert (valid, valid) == (read, VALIDATORS["subject"].is_valid(subject))


@pytest.mark.parametrize("share", ["0", "0.5", "50", "050.1", "99.999999999999", "100", "100.00"])
def test_shares_that_reader_and_schema_take(share: str) -> None:
    """Percent as decimal text."""
    owners = {"attribute": "owners", "value": [{"owner": "x", "share": share}]}
    subject = {"id": "a", "kind": "organisation", "facts": [BASE["facts"][0] | owners]}
    read_subject(subject)
    assert VALIDATORS["subject"].is_valid(subject)


def test_reader_and_schema_agree_on_the_catalogue() -> None:
    """The catalogue of the room's tests conforms."""
    read_sources({"catalogue.yaml": CATALOGUE})
    assert VALIDATORS["catalogue"].is_valid(read_yaml(CATALOGUE, "x").plain())


def test_the_groups_that_come_with_writ_are_valid() -> None:
    """The shipped file of groups has the form of a folder's own."""
    data = read_yaml(data_bytes(groups.FILE), groups.FILE).plain()
    assert VALIDATORS["groups"].is_valid(data)


@pytest.mark.parametrize(
    ("name", "valid"), [("greater-china", True), ("us", False), ("Ours", False), ("eu2", True)]
)
def test_reader_and_schema_agree_on_the_names_of_groups(name: str, valid: bool) -> None:  # noqa: FBT001  a parameter of the table
    """Both take small letters, and neither what could be a country."""
    data = {"groups": {name: {"title": "T", "cites": ["c"], "members": ["CN"]}}}
    reader = Reader()
    groups.groups_of(reader, read_plain(data), ())
    assert (valid, valid) == (not reader.faults, VALIDATORS["groups"].is_valid(data))


@pytest.mark.parametrize("name", definition_names())
def test_definitions_are_valid(name: str) -> None:
    """Every definition that comes with Writ conforms."""
    data = read_yaml(data_bytes(definition_file(name)), name).plain()
    assert [] == list(VALIDATORS["definition"].iter_errors(data))


def test_the_schema_of_definitions_shares_its_parts_with_the_orders() -> None:
    """A part of one name has one form, but for the expressions, which name no groups of subjects."""
    order_parts, parts = SCHEMAS["order"]["$defs"], SCHEMAS["definition"]["$defs"]
    shared = {name for name in parts if name in order_parts} - {"expression"}
    assert {name: order_parts[name] for name in shared} == {name: parts[name] for name in shared}
    forms, fewer = (defs["expression"]["oneOf"] for defs in (order_parts, parts))
    left_out = {next(iter(form["properties"])) for form in forms if form not in fewer}
    named = {"acting_for", "employee_of", "organisation_in", "person_in", "ultimate_parent_in"}
    assert (named, []) == (left_out, [form for form in fewer if form not in forms])
