"""The published schema of case files says what the reader does."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.law.test_cases import read
from writ.errors import InvalidInput
from writ.law import cases
from writ.law.cases_schema import cases_schema
from writ.law.document import read_yaml
from writ.law.reading import Keys
from writ.law.scenarios import OUTCOMES
from writ.law.shipped import data_bytes
from writ.model.vocabulary import VOCABULARY

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads(cases_schema())
VALIDATOR = Draft202012Validator(SCHEMA)


def test_it_is_a_schema() -> None:
    """It is valid, and refers to nothing outside itself."""
    Draft202012Validator.check_schema(SCHEMA)
    named = {part.split('"')[0] for part in cases_schema().split("#/$defs/")[1:]}
    assert named == set(SCHEMA["$defs"])


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("", cases.FILE_KEYS),
        ("case", cases.CASE_KEYS),
        ("reason", cases.REASON_KEYS),
        ("settling", cases.SETTLING_KEYS),
    ],
)
def test_keys_are_those_that_are_read(name: str, keys: Keys) -> None:
    """Each mapping has exactly the keys of its reader, and requires the same."""
    part = SCHEMA["$defs"][name] if name else SCHEMA
    assert (set(keys.known), set(keys.required), False) == (
        set(part["properties"]),
        set(part["required"]),
        part["additionalProperties"],
    )


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_subjects_have_the_attributes_of_their_kind(kind: str) -> None:
    """Facts in short are the orders' own, with an id and facts in full."""
    attributes = {item.name for item in VOCABULARY.values() if kind in item.kinds}
    assert {"id", cases.FACTS, *attributes} == set(SCHEMA["$defs"][kind]["properties"])


def test_shared_parts_are_those_of_the_other_schemas() -> None:
    """A fact in full is a subject file's, a fact in short an order's."""
    order = json.loads(data_bytes("schemas/order.json"))["$defs"]
    fact = json.loads(data_bytes("schemas/subject.json"))["$defs"]["fact"]
    assert (fact, order["shown_country"]) == (
        SCHEMA["$defs"]["fact"],
        SCHEMA["$defs"]["shown_country"],
    )


def test_words_are_those_that_are_read() -> None:
    """Closed lists of words are the same lists."""
    parts = SCHEMA["$defs"]
    assert (set(OUTCOMES), set(cases.LINKS), set(cases.VERDICTS), set(cases.COMPLETENESSES)) == (
        set(parts["case"]["properties"]["expect"]["enum"]),
        set(parts["link"]["enum"]),
        set(parts["reason"]["properties"]["verdict"]["enum"]),
        set(parts["settling"]["properties"]["completeness"]["enum"]),
    )


FILES = sorted([*ROOT.glob("orders/*/*.cases.yaml"), *ROOT.glob("tests/cases/**/*.cases.yaml")])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_case_files_here_are_valid(file: Path) -> None:
    """All that lie in this repository conform."""
    assert [] == list(VALIDATOR.iter_errors(read_yaml(file.read_bytes(), file.name).plain()))


CASE = {"case": "a", "requester": "ann", "model": "fable-5", "at": "then", "expect": "permit"}
FILE = {
    "people": {"ann": {"citizenships": ["US"]}},
    "organisations": {"gov": {}},
    "instants": {"then": "2026-06-12T21:21:00Z"},
    "services": ["key"],
    "cases": [CASE],
}


@pytest.mark.parametrize(
    ("changed", "valid"),
    [
        ({}, True),
        ({"title": "x"}, True),
        ({"title": ""}, False),
        ({"cases": []}, False),
        ({"people": {"ann": {"citizenships": "US"}}}, False),
        ({"people": {"ann": {"colour": []}}}, False),
        ({"people": {"ann": {"facts": [{"attribute": "residence"}]}}}, False),
        ({"organisations": {"gov": {"incorporated_in": {"exhaustive": ["US"]}}}}, True),
        ({"organisations": {"gov": {"citizenships": ["US"]}}}, False),
        ({"instants": {"then": "2026-06-12"}}, False),
        ({"services": "key"}, False),
        ({"cases": [CASE | {"expect": "allow"}]}, False),
        ({"cases": [CASE | {"colour": "red"}]}, False),
        ({"cases": [CASE | {"because": []}]}, True),
        ({"cases": [CASE | {"because": [{"verdict": "no"}]}]}, False),
        ({"cases": [CASE | {"because": [{"version": 0}]}]}, False),
        ({"cases": [CASE | {"settled_by": [{"link": "requester"}]}]}, False),
        (
            {"cases": [CASE | {"settled_by": [{"link": "requester", "attribute": "residence"}]}]},
            True,
        ),
        ({"cases": [{key: CASE[key] for key in ("case", "model", "at", "expect")}]}, False),
        ({"cases": [CASE | {"organisation": "gov", "end_user": "ann"}]}, True),
    ],
)
def test_reader_and_schema_agree(changed: dict[str, Any], valid: bool) -> None:  # noqa: FBT001  a parameter of the table
    """Both take the same files and refuse the same."""
    data = FILE | changed
    try:
        read(json.dumps(data))
    except InvalidInput:
        taken = False
    else:
        taken = True
    assert (valid, valid) == (taken, VALIDATOR.is_valid(data))
