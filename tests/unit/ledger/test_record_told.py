"""What is told of a version, and what of its file is not."""

import json
from typing import Any

from tests.unit.law.test_difference_definitions import ONE as ADULT
from tests.worlds.signers import letter
from writ.law.folder import read_sources
from writ.ledger.record.told import annexes_of_people, told_of
from writ.model.order import OrderVersion

CATALOGUE = b"""\
provider: provider
models: {fable-5: {}, mythos-5: {}, opus-4-8: {}}
deployments: {us: {entity: provider, region: US-OR, points: [gateway-1]}}
"""
RISK = "undetermined: {permit: the chief executive took it upon herself}"
MORE = """\
until: 2026-12-01T00:00:00Z
annexes:
  firms: {file: firms.csv, key: organisation}
  staff: {file: staff.csv, key: person}
  named: {file: named.csv, key: organisation}
exceptions:
  - id: by-licence
    to: only-us-persons
    clauses: [c1]
    models: [fable-5]
    licence: D1
  - id: by-other
    to: only-us-persons
    clauses: [c1]
    models: [fable-5]
    who: {any: [{organisation_in: firms}, {person_in: named}]}
licences:
  - {number: D1, clauses: [c1], holder: holder-co, scope: {models: [fable-5], persons: staff, organisations: firms}, from: 2026-07-01T00:00:00Z, until: 2027-07-01T00:00:00Z}
stays:
  - {id: ca9, rules: [only-us-persons], by: Court of Appeals, from: 2026-07-01T00:00:00Z, until: null, cites: [26-1234]}
questions:
  - {id: q, clause: c1, question: Are weights meant?, asked_at: 2026-06-13T09:00:00+02:00, to: the desk officer, answer_by: 2026-06-20T09:00:00Z, answered_at: null, answer: null}
preserve: [{id: keep, clauses: [c1], what: Keep them., records: [receipts], until: 2026-09-01T00:00:00Z}]
"""
PROGRAMME = b"""\
programme:
  {name: defenders, admits: head of trust, evidence: [a letter], review: {every: 180d, by: the board}}
"""
REQUIREMENT = b"""\
order: serve-us
version: 1
kind: requirement
title: Serve residents
authority: {name: Bureau, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: Residents are served.}
serve:
  - {id: residents, clauses: [c1], models: [opus-4-8], who: {person: {resident_in: [FR]}}}
"""


def version(data: bytes) -> OrderVersion:
    """Read one version, with annexes beside it."""
    files = {
        "catalogue.yaml": CATALOGUE,
        "order.yaml": data,
        "firms.csv": b"organisation\nacme\nbrit-co\n",
        "staff.csv": b"person\nann\nbob\neve\n",
        "named.csv": b"organisation\nann\n",
        "acme.adult@1.yaml": ADULT,
    }
    return read_sources(files).versions[0]


def told(data: bytes) -> dict[str, Any]:
    """What is told of it, as programs read it."""
    found: dict[str, Any] = json.loads(json.dumps(told_of(version(data))))
    return found


def rich() -> bytes:
    """A version with everything that orders may have."""
    data = letter().replace(b"undetermined: verify", RISK.encode())
    where = b"in_flight: cut\n    where: {regions: [US]}\n"
    return data.replace(b"in_flight: cut\n", where) + MORE.encode()


def test_who_took_a_risk_or_holds_a_licence_is_not_told() -> None:
    """That there are risks and licences is; so is where a rule counts, and until when."""
    found = told(rich())
    text = json.dumps(found)
    for inside in ("chief executive", "holder-co", "D1", "ann", "acme", "desk officer"):
        assert f" {inside}" not in text, inside
        assert f'"{inside}"' not in text, inside
    [rule] = found["rules"]
    assert rule["words"][0].startswith("Only what is served")
    assert (
        "For whom a licence of the authority covers, from 2026-07-01T00:00:00Z until 2027-07-01T00:00:00Z."
        == (rule["exceptions"][0]["words"][0])
    )
    assert (1, "2026-12-01T00:00:00Z") == (found["licences"], found["until"])


def test_a_licence_without_an_end_has_none_told() -> None:
    """It holds from its beginning on."""
    found = told(rich().replace(b", until: 2027-07-01T00:00:00Z", b""))
    assert (
        "For whom a licence of the authority covers, from 2026-07-01T00:00:00Z."
        == (found["rules"][0]["exceptions"][0]["words"][0])
    )


def test_annexes_of_people_have_no_number() -> None:
    """Those of organisations have; one that people are sought in counts as one of people."""
    assert [("firms", 2), ("named", None), ("staff", None)] == [
        (item["name"], item["rows"]) for item in told(rich())["annexes"]
    ]
    assert {"staff": 3, "named": 1} == annexes_of_people(version(rich()))


def test_courts_questions_and_what_is_kept_are_told() -> None:
    """Instants are in UTC."""
    found = told(rich())
    [stay], [question], [kept] = found["stays"], found["questions"], found["preserved"]
    assert "`ca9`, by Court of Appeals" in stay["words"]
    assert ["26-1234"] == stay["cites"]
    assert ("2026-06-13T07:00:00Z", None) == (question["asked_at"], question["answer"])
    assert "2026-09-01T00:00:00Z" == kept["until"]


def test_an_order_to_serve_says_whom_and_what() -> None:
    """It has no rules, and a notice only where it has."""
    found = told(REQUIREMENT)
    assert [["opus-4-8"], {}, []] == [found["models"], found["notice"], found["rules"]]
    [served] = found["serve"]
    assert ("residents", ["c1"]) == (served["id"], served["clauses"])
    assert "resident_in FR" in served["words"]


def test_an_order_of_ones_own_says_that_it_is() -> None:
    """And what it may not do; an authority's has nothing to say there."""
    own = letter().replace(b"kind: restriction", b"kind: programme")
    own = (
        own.replace(b"only: ear.us_person@1", b"only: {person: {member_of: [defenders]}}")
        + PROGRAMME
    )
    first, second, *_ = told(own)["own"]
    assert first.startswith("It is the provider's own order.")
    assert "Programme `defenders`: head of trust admits, on a letter." == second
    assert [] == told(letter())["own"]


def test_a_class_is_told_by_its_definition() -> None:
    """With its title where it came with Writ; one of the operator's own by name; else in words alone."""
    [rule] = told(letter())["rules"]
    assert "ear.us_person@1" == rule["class"]["name"]
    assert "Export Administration Regulations" in rule["class"]["title"]
    own = letter().replace(b"only: ear.us_person@1", b"only: {person: {citizen_of: [US]}}")
    assert None is told(own)["rules"][0]["class"]
    mine = letter().replace(b"ear.us_person@1", b"acme.adult@1")
    assert {"name": "acme.adult@1", "title": None} == told(mine)["rules"][0]["class"]
