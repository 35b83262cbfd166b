import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import jsonschema
import msgspec
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from tests.worlds.evidence import ORDER
from writ.errors import Refused
from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.events import Event
from writ.ledger.evidence.lumen import lumen
from writ.ledger.evidence.ocsf import VERSION, ocsf
from writ.ledger.evidence.oscal import oscal
from writ.ledger.evidence.pack import Opened, open_pack
from writ.ledger.evidence.table import COLUMNS, table

RULE = {"order": ORDER, "version": 1, "rule": "only-us-persons"}
LUMEN = {
    "type": "object",
    "required": ["notice"],
    "additionalProperties": False,
    "properties": {
        "notice": {
            "type": "object",
            "required": ["type", "title", "works_attributes", "entity_notice_roles_attributes"],
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["CourtOrder", "GovernmentRequest", "LawEnforcementRequest"]},
                "title": {"type": "string", "minLength": 1},
                "subject": {"type": "string"},
                "body": {"type": "string"},
                "date_received": {"type": "string", "format": "date-time"},
                "action_taken": {"enum": ["Yes", "No", "Partial"]},
                "jurisdiction_list": {"type": "string"},
                "regulation_list": {"type": "string"},
                "works_attributes": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["kind"],
                        "additionalProperties": False,
                        "properties": {
                            "kind": {"type": "string"},
                            "description": {"type": "string"},
                        },
                    },
                },
                "entity_notice_roles_attributes": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["name", "entity_attributes"],
                        "additionalProperties": False,
                        "properties": {
                            "name": {"enum": ["sender", "recipient", "principal", "submitter"]},
                            "entity_attributes": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string", "minLength": 1},
                                    "kind": {"enum": ["organization", "individual"]},
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}
"""Written from the fields that Lumen documents for its API; it publishes no schema."""


@pytest.fixture(scope="module")
def opened(pack: bytes) -> Opened:
    """A pack with everything that there is."""
    return open_pack(pack)


@cache
def schema(kind: int) -> jsonschema.Draft202012Validator:
    """The community's schema of a class of events."""
    made = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
    name = made.lookup_class_name_from_uid(class_uid=kind)
    found = made.get_class_schema(class_name=name, profiles=["security_control"])
    return jsonschema.Draft202012Validator(found)


def events(contents: Contents) -> list[dict[str, object]]:
    """Return OCSF events, each valid."""
    found = [msgspec.json.decode(line, type=dict) for line in ocsf(contents).splitlines()]
    for event in found:
        schema(event["class_uid"]).validate(event)
    return found


def told(contents: Contents, **receipts: Mapping[str, object]) -> Contents:
    """Have other receipts opened."""
    assert contents.receipts is not None
    opened = dict(enumerate(receipts.values(), 1))
    return replace(contents, receipts=replace(contents.receipts, opened=opened))  # type: ignore[arg-type]  # plain values


def test_oscal_is_read_by_its_own_community(opened: Opened) -> None:
    """Trestle's models, which take nothing that the standard lacks, read it; evidence is in the pack."""
    from trestle.oscal.assessment_results import Model  # noqa: PLC0415  half a second

    found = Model.model_validate_json(oscal(opened)).assessment_results
    result = found.results[0]
    assert oscal(opened) == oscal(opened)
    assert ["v1.c1", "v2.c1"] == [
        control.control_id
        for chosen in result.reviewed_controls.control_selections
        for control in chosen.include_controls
    ]
    named = {item.href for row in result.observations for item in row.relevant_evidence}
    named |= {link.href for item in found.back_matter.resources for link in item.rlinks}
    assert set() == named - set(opened.files)
    assert len(opened.contents.events) == len(result.observations)
    ids = [item.uuid for item in (*result.observations, *found.back_matter.resources)]
    assert len(ids) == len(set(ids))
    assert found.import_ap.href.removeprefix("#") in ids
    digests = {
        link.href: link.hashes[0].value
        for item in found.back_matter.resources
        for link in item.rlinks
    }
    listed = {item.name: item.digest.removeprefix("sha256:") for item in opened.manifest.items}
    assert digests == {name: listed[name] for name in digests}


def test_ocsf_is_valid_by_the_communitys_schema(opened: Opened) -> None:
    """Every event and every receipt that tells when it was is one event, under an id of its own."""
    found = events(opened.contents)
    ids = {event["metadata"]["uid"] for event in found}  # type: ignore[index]  # any JSON
    assert len(found) == len(ids)
    requests = [event for event in found if event["class_uid"] == 6003]
    assert opened.contents.receipts is not None
    assert len(opened.contents.receipts.opened) == len(requests)
    activated = next(event for event in found if event["activity_name"] == "epoch.activated")
    assert (300410, {"user": {"name": "ana, ben, eva"}}) == (
        activated["type_uid"],
        activated["actor"],
    )
    submitted = next(event for event in found if event["activity_name"] == "proposal.submitted")
    assert {"user": {"name": "ana"}} == submitted["actor"]
    permit = next(event for event in requests if event["status_id"] == 1)
    assert (4, 1, ORDER) == (permit["count"], permit["action_id"], permit["policy"]["uid"])  # type: ignore[index]
    asked = next(event for event in requests if event["status_id"] == 2)
    assert ("verify", 23, "only-us-persons") == (
        asked["status_detail"], asked["disposition_id"], asked["policy"]["name"],  # type: ignore[index]
    )  # fmt: skip


def test_ocsf_has_a_word_for_everything_a_receipt_tells(opened: Opened) -> None:
    """Denied, cut and substituted requests are valid events, and so is a log without receipts."""
    receipt = {"at": "2026-06-12T21:30:00Z", "model": "fable-5", "rules": [RULE]}
    found = events(
        told(
            opened.contents,
            denied={**receipt, "kind": "refusal", "outcome": "deny"},
            cut={**receipt, "kind": "cut", "outcome": "verify"},
            other={**receipt, "kind": "substitution", "outcome": "substitute", "rules": [None]},
            strange={**receipt, "kind": "refusal", "outcome": "delay"},
        )
    )
    assert [("deny", 2, 2), ("cut", 2, 24), ("substitute", 1, 99), ("delay", 2, 0)] == [
        (event["status_detail"], event["status_id"], event["disposition_id"])
        for event in found[-4:]
    ]
    assert len(found) - 4 == len(events(replace(opened.contents, receipts=None)))
    undated = replace(opened.contents, events=(Event(1, "test", {}),), receipts=None)
    assert [] == events(undated)


def test_csv_is_read_strictly(opened: Opened, tmp_path: Path) -> None:
    """A row for each event and receipt, the same to Python and to DuckDB; nothing is a formula."""
    data = table(opened.contents)
    rows = list(csv.DictReader(io.StringIO(data.decode()), strict=True))
    receipts = opened.contents.receipts
    assert receipts is not None
    assert len(opened.contents.events) + len(receipts.opened) == len(rows)
    assert {"ana", "ben", "ana; ben; eva"} <= {row["by"] for row in rows}
    assert "us-bis v1 only-us-persons" in {row["rules"] for row in rows}
    (tmp_path / "table.csv").write_bytes(data)
    read = duckdb.read_csv(str(tmp_path / "table.csv"), strict_mode=True, all_varchar=True)
    assert (list(COLUMNS), len(rows)) == (read.columns, len(read.fetchall()))
    odd = Event(1, "=1+1", {"by": "-x", "at": 0})
    made = table(replace(opened.contents, events=(odd,), receipts=None)).decode().splitlines()[1]
    assert ["'=1+1", "1970-01-01T00:00:00Z", "'-x"] == [made.split(",")[at] for at in (2, 3, 6)]
    strange = {"kind": "refusal", "at": "2026-06-12T21:30:00Z", "rules": ["?"]}
    assert b",refusal,,1,\r\n" in table(told(opened.contents, strange=strange))


def test_no_form_tells_who_asked(opened: Opened) -> None:
    """A pseudonym and facts' ids that a receipt has are in none of them."""
    found = told(
        opened.contents,
        permit={
            "kind": "permit", "who": ["a1b2c3d4"], "evidence": ["e5f6a7b8"], "model": "fable-5",
            "from": "2026-06-12T21:30:00Z", "until": "2026-06-12T21:30:00Z", "begun": 1,
        },
    )  # fmt: skip
    written = b"".join((ocsf(found), table(found), oscal(replace(opened, contents=found))))
    assert b"fable-5" in written
    assert not [word for word in (b"a1b2c3d4", b"e5f6a7b8") if word in written]


TOLD = {"disclosure": "full", "received": "2026-06-12T17:00:00-04:00"}


def public(contents: Contents, **changes: object) -> Contents:
    """Let everything be told."""
    file = {**contents.epochs[0].versions[0].file, **TOLD, **changes}
    version = replace(contents.epochs[0].versions[0], file=file)
    return replace(contents, epochs=(replace(contents.epochs[0], versions=(version,)),))


def test_lumen_gets_a_notice_for_each_letter(opened: Opened) -> None:
    """It has the fields that Lumen documents, and of the letter what it says."""
    line = msgspec.json.decode(lumen(public(opened.contents)))
    jsonschema.validate(line, LUMEN)
    notice = line["notice"]
    assert ("GovernmentRequest", "2026-06-12T21:00:00Z") == (
        notice["type"],
        notice["date_received"],
    )
    assert "fable-5" in notice["works_attributes"][0]["description"]
    lifted = public(opened.contents, rules=[], exceptions=None, authority=None)
    other = msgspec.json.decode(lumen(lifted))
    jsonschema.validate(other, LUMEN)
    works = other["notice"]["works_attributes"][0]
    assert "the models of the versions before it" == works["description"]
    odd = public(opened.contents, rules=["?", {"models": None}])
    assert lumen(odd)


def test_what_may_not_be_told_is_no_notice(opened: Opened) -> None:
    """A notice is a publication."""
    with pytest.raises(Refused, match="version 1 may not be told in full"):
        lumen(opened.contents)
