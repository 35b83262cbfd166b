"""The JSON Schema of case files: its own parts, and those that it shares with the orders' schema.

1. Shared parts are taken over as they stand, with all that they refer to, so that there is one
   form of a person, an organisation and their facts in short.
2. `facts` beside the facts in short are those of a subject's file; whom an organisation is related
   to stands in the file by name.
"""

import json
from typing import Any

import msgspec

from writ.law.cases import FACTS
from writ.law.shipped import data_bytes
from writ.law.shorthand import RELATED

_REFERENCE = "#/$defs/"
_SUBJECTS = ("person", "organisation")


def cases_schema() -> str:
    """Return the schema, complete in itself, as it is published."""
    schema = _shipped("cases")
    order, subject = _shipped("order")["$defs"], _shipped("subject")["$defs"]
    parts: dict[str, Any] = schema["$defs"]
    missing = _references(schema) - set(parts)
    while missing:
        for name in sorted(missing):
            parts[name] = order[name] if name in order else subject[name]
            if name in _SUBJECTS:
                parts[name] = _with_facts(parts[name])
        missing = _references(schema) - set(parts)
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def _shipped(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(data_bytes(f"schemas/{name}.json"))
    return schema


def _with_facts(part: dict[str, Any]) -> dict[str, Any]:
    facts = {"type": "array", "items": {"$ref": f"{_REFERENCE}fact"}}
    named = {key: value for key, value in part["properties"].items() if key != RELATED}
    return part | {"properties": named | {FACTS: facts}}


def _references(value: object) -> set[str]:
    """Return the names of all parts that a value refers to."""
    if isinstance(value, dict):
        here = {value["$ref"].removeprefix(_REFERENCE)} if "$ref" in value else set[str]()
        return here.union(*map(_references, value.values()))
    return set[str]().union(*map(_references, value)) if isinstance(value, list) else set()
