"""`writ definitions`, as a process; an operator's folder adds a definition by adding a file."""

import json
from pathlib import Path

import pytest

from tests.worlds.warm import writ
from writ.law.shipped import definition_names

OWN = """
definition: acme.verified_adult
version: VERSION
title: An adult whom we have met
cites: [the terms of service]
effective: 2026-01-01T00:00:00Z
summary: A person over 18 whose identity was proven in person.
person: {all: [{age_over: 18}, {identity_level: 4}]}
settled_by:
  - {kind: person, attribute: age_over, values: [18], completeness: at_least, methods: [wallet]}
  - {kind: person, attribute: identity_level, values: [4], completeness: at_least, methods: [visit]}
false_when: {person: [age_over, identity_level]}
limits: [An organisation is never one.]
scenarios:
  - {name: met and 21, person: {age_over: [21], identity_level: [4]}, expect: "true"}
  - {name: 21 and never met, person: {age_over: [21]}, expect: EXPECT}
"""


def definitions(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ definitions …`."""
    run = writ("definitions", *arguments)
    return run.returncode, run.stdout, run.stderr


def add(folder: Path, version: int = 1, expect: str = "unknown") -> None:
    """Add one file, which is one definition."""
    text = OWN.replace("VERSION", str(version)).replace("EXPECT", expect)
    (folder / f"acme.verified_adult@{version}.yaml").write_text(text, encoding="utf-8")


def test_the_list_has_every_definition(tmp_path: Path) -> None:
    """Those that come with Writ, and those of a folder; JSON says which are its own."""
    add(tmp_path)
    code, out, err = definitions("list", "--orders", tmp_path, "--json")
    found = {item["name"]: item["own"] for item in json.loads(out)}
    assert (0, "", {"acme.verified_adult@1": True} | dict.fromkeys(definition_names(), False)) == (
        code,
        err,
        found,
    )


def test_the_list_as_a_table() -> None:
    """One line each, under a head."""
    code, out, err = definitions("list")
    assert (0, "", 1 + len(definition_names())) == (code, err, len(out.splitlines()))
    assert "us.citizen@1" in out


def test_a_definition_in_full(tmp_path: Path) -> None:
    """What it asks, what settles it and what it leaves out; without a version, the highest."""
    add(tmp_path, 2)
    add(tmp_path, 10)
    code, out, err = definitions("show", "acme.verified_adult", "--orders", tmp_path)
    assert (0, "") == (code, err)
    for line in (
        "acme.verified_adult@10: An adult whom we have met",
        "Asks: people (age_over 18 and identity_level 4)",
        "- person: identity_level at_least 4 (visit)",
        "- person: age_over, identity_level",
        "- An organisation is never one.",
        "- 21 and never met: unknown",
    ):
        assert line in [shown.replace('"', "") for shown in out.splitlines()]


def test_a_definition_as_json() -> None:
    """The same for programs."""
    code, out, _ = definitions("show", "us.citizen@1", "--json")
    found = json.loads(out)
    assert (0, "us.citizen@1", [{"country": "US", "class": "citizen"}], ["citizenships"]) == (
        code,
        found["name"],
        found["settled_by"][0]["values"],
        found["false_when"]["person"],
    )


def test_every_definition_is_as_its_scenarios_say(tmp_path: Path) -> None:
    """Exit 0 and one sentence."""
    add(tmp_path)
    code, out, err = definitions("test", "--orders", tmp_path)
    assert (0, "", f"{len(definition_names()) + 1} definitions, ") == (
        code,
        err,
        out[: len(f"{len(definition_names()) + 1} definitions, ")],
    )


@pytest.mark.parametrize("as_json", [True, False])
def test_a_scenario_that_comes_out_otherwise_exits_5(tmp_path: Path, as_json: bool) -> None:  # noqa: FBT001  a parameter of the table
    """The definition, the scenario, and both answers are said."""
    add(tmp_path, expect='"false"')
    flags = ["--json"] if as_json else []
    code, out, err = definitions("test", "acme.verified_adult@1", "--orders", tmp_path, *flags)
    said = "acme.verified_adult@1: 21 and never met: expected false, got unknown\n"
    failed = {
        "definition": "acme.verified_adult@1",
        "scenario": "21 and never met",
        "expected": "false",
        "got": "unknown",
    }
    if as_json:
        told = {"definitions": 1, "scenarios": 2, "failed": [failed]}
        assert (5, told, "") == (code, json.loads(out), err)
    else:
        assert (5, "1 definition, 1 of 2 scenarios as expected\n", said) == (code, out, err)


def test_an_unknown_definition_exits_3() -> None:
    """The nearest name is told."""
    told = "no definition `us.citzen@1`; did you mean `us.citizen@1`?\n"
    assert (3, "", told) == definitions("show", "us.citzen@1")


def test_faults_of_a_folder_exit_3(tmp_path: Path) -> None:
    """A fault has its place, by the path that was given."""
    add(tmp_path, expect="maybe")
    code, _, err = definitions("test", "--orders", tmp_path)
    assert (3, f"{tmp_path}/acme.verified_adult@1.yaml:16:64: `maybe` is none of") == (
        code,
        err.partition(" `true`")[0],
    )
    assert (3, f"{tmp_path / 'x'}: is no folder of orders\n") == definitions(
        "list", "--orders", tmp_path / "x"
    )[::2]


GROUPS = """
groups:
  black-sea:
    title: Two regions of Ukraine on the Black Sea
    cites: [the letter's clause c1]
    limits: [The sea itself is in neither.]
    members: [UA-43, {country: UA-51, since: 2026-07-01T00:00:00Z}]
"""


def test_groups_with_their_members_and_limits(tmp_path: Path) -> None:
    """A folder's own come last; of an instant, those who are members then."""
    (tmp_path / "groups.yaml").write_text(GROUPS, encoding="utf-8")
    code, out, err = definitions(
        "groups", "--orders", tmp_path, "--at", "2026-06-12T17:21:00-04:00"
    )
    assert (0, "", [
        "black-sea: Two regions of Ukraine on the Black Sea",
        "  the letter's clause c1",
        "  members at 2026-06-12T21:21:00Z: UA-43",
        "  - The sea itself is in neither.",
    ]) == (code, err, out.splitlines()[-4:])  # fmt: skip
    _, out, _ = definitions("groups", "--orders", tmp_path, "--json")
    found = {item["name"]: item for item in json.loads(out)}
    assert (["UA-43", "UA-51"], True, False) == (
        found["black-sea"]["members"],
        found["black-sea"]["own"],
        found["ear-d5"]["own"],
    )


def test_a_group_nobody_is_in_yet() -> None:
    """Before the first member that is known of, none is."""
    _, out, _ = definitions("groups", "--at", "1950-01-01T00:00:00Z")
    assert "  members at 1950-01-01T00:00:00Z: none known" in out.splitlines()


CATALOGUE = "provider: acme-ai\nmodels: {fable-5: null}\n"
ORDER = """
order: adults
version: 1
kind: restriction
title: Adults only
authority: {name: A ministry, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: Adults only.}
rules:
  - {id: adults, clauses: [c1], models: [fable-5], only: acme.verified_adult@1, standing: natural_person, evidence: {to_serve: A2, to_bar: A1}}
"""


def test_what_adopting_a_newer_version_would_do(tmp_path: Path) -> None:
    """Its words, whom it is true of, the orders that name the older, and whom they would move."""
    add(tmp_path)
    newer = tmp_path / "acme.verified_adult@2.yaml"
    add(tmp_path, 2)
    newer.write_text(newer.read_text("utf-8").replace("{age_over: 18}", "{age_over: 21}"), "utf-8")
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (tmp_path / "adults.yaml").write_text(ORDER, "utf-8")
    names = ("acme.verified_adult@1", "acme.verified_adult@2")
    code, out, err = definitions("diff", *names, "--orders", tmp_path)
    assert (0, "", "acme.verified_adult@1 and acme.verified_adult@2") == (
        code,
        err,
        out.splitlines()[0],
    )
    for line in (
        "asks: people (age_over 21 and identity_level 4), was people (age_over 18 and identity_level 4)",
        "named by adults version 1",
        "people who fare differently:",
    ):
        assert line in out.splitlines()
    assert "\ntrue becomes unknown: a person with ages reached: 18" in out
    _, out, _ = definitions("diff", *names, "--orders", tmp_path, "--json")
    found = json.loads(out)
    assert ([{"order": "adults", "version": 1}], True, "fable-5") == (
        found["named_by"],
        found["complete"],
        found["people"][0]["request"]["model"],
    )


def test_two_definitions_that_come_with_writ() -> None:
    """Any two can be compared; one with itself says the same of everybody."""
    same = ("ear.us_person@1", "ear.us_person@1")
    assert (0, [
        "ear.us_person@1 and ear.us_person@1",
        "no difference in words",
        "",
        "they say the same of everybody, of 0 examples asked",
    ], "") == ((run := definitions("diff", *same))[0], run[1].splitlines(), run[2])  # fmt: skip
    _, out, _ = definitions("diff", "us.citizen@1", "us.citizen_or_national@1", "--json")
    found = json.loads(out)
    assert ("unknown", "true") in {(item["before"], item["after"]) for item in found["whom"]}
    assert ([], []) == (found["named_by"], found["people"])


def test_orders_that_do_not_name_it(tmp_path: Path) -> None:
    """Nobody is moved by adopting what no order names."""
    add(tmp_path)
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (tmp_path / "adults.yaml").write_text(ORDER, "utf-8")
    names = ("us.citizen@1", "us.citizen_or_national@1")
    _, out, _ = definitions("diff", *names, "--orders", tmp_path)
    assert "no order here names us.citizen@1" == out.splitlines()[-1]
