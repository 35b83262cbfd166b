"""Cedar, an engine that is not ours, permits whom both of our writings of the meaning permit."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import cedarpy
import pytest

from tests.laws.agreement import ASKED
from tests.worlds.cedar import Cedar, cedar
from tests.worlds.chains import chain, instant
from tests.worlds.lawbooks import Pool, chance, lawbook, pool
from writ.cli.order_export import export as command
from writ.clock import Instant, parse_instant
from writ.errors import InvalidInput
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.places import Places, deployment_named
from writ.law.folder import read_folder
from writ.law.literal.decide import decide as decide_literally
from writ.law.request import read_people
from writ.model.expression import Derived
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.study.cedar import export

JUNE = Path(__file__).parents[2] / "orders" / "june-2026"
SEEDS = 400
PART = 100


def material(random: Random) -> Pool:
    """Draw what orders are made of, mostly of what can be said in Cedar."""
    drawn = pool(random)
    while chance(random, 90) and any(
        isinstance(atom, Derived) for atom in (*drawn.person, *drawn.organisation)
    ):
        drawn = pool(random)
    return drawn


def one_of_each(asked: Chain) -> Chain:
    """Return the chain in which an id is one subject, as in a set of entities."""
    known: dict[str, Subject] = {}

    def one(item: Subject | None) -> Subject | None:
        return None if item is None else known.setdefault(item.id, item)

    requester = known.setdefault(asked.requester.id, asked.requester)
    return replace(
        asked,
        requester=requester,
        organisation=one(asked.organisation),
        end_user=one(asked.end_user),
    )


def people_of(asked: Chain) -> dict[str, Subject]:
    """Return everybody whom a chain names, by id."""
    named = (asked.requester, asked.organisation, asked.end_user)
    return {item.id: item for item in named if item is not None}


def differences(seed: int) -> Iterator[tuple[str, bool, bool, bool]]:
    """Ask one random lawbook about random chains; yield what was asked and who permits."""
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    book = lawbook(random, material(random))
    compiled = Places(book).at(None)
    for _ in range(4):
        asked = one_of_each(chain(random))
        at = instant(random, book, asked)
        engine = cedar(book, people_of(asked).values(), at)
        for model in ASKED:
            if book.catalogue.resolve(model) in engine.found.refused:
                assert not engine.permits(asked, model)
                continue
            yield (
                f"{seed} {model} {at}",
                engine.permits(asked, model),
                decide_literally(book, asked, model, at).outcome == Outcome.PERMIT,
                decide_compiled(compiled, asked, model, at, settling=False).outcome
                == Outcome.PERMIT,
            )


@pytest.mark.parametrize("start", range(0, SEEDS, PART))
def test_cedar_permits_whom_we_permit(start: int) -> None:
    """On random orders and people there is no difference, and there is enough of both answers."""
    found = [item for seed in range(start, start + PART) for item in differences(seed)]
    assert [] == [item for item in found if len(set(item[1:])) > 1]
    told = Counter(item[1] for item in found)
    assert min(told.values()) > PART


def test_june() -> None:
    """Of everybody in the June folder, at every change of law, Cedar permits whom we permit."""
    book, people = read_folder(JUNE), read_people(JUNE)
    compiled = Places(book).at(None)
    for at in (edge + shift for edge in book.boundaries() for shift in (-1, 0)):
        engine = cedar(book, people.values(), at)
        assert {} == engine.found.refused
        for asked in _chains(people):
            for model in book.catalogue.names:
                assert (
                    decide_compiled(compiled, asked, model, at, settling=False).outcome
                    == Outcome.PERMIT
                ) is engine.permits(asked, model)


def _chains(people: dict[str, Subject]) -> list[Chain]:
    """Everybody for themselves, and for somebody: organisations and users in turn."""
    companies = [item for item in people.values() if item.kind == "organisation"]
    persons = [item for item in people.values() if item.kind == "person"]
    found = [Chain(asker) for asker in people.values()]
    for number, asker in enumerate(people.values()):
        company = companies[number % len(companies)]
        found.append(Chain(asker, company))
        found.append(Chain(asker, company, persons[number % len(persons)]))
    return found


def test_policies_are_valid_against_their_schema() -> None:
    """Cedar's own validator finds nothing wrong with random exports, and takes their entities."""
    for seed in range(60):
        random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        book = lawbook(random, material(random))
        asked = one_of_each(chain(random))
        engine = cedar(book, people_of(asked).values(), instant(random, book, asked))
        if engine.text:
            found = cedarpy.validate_policies(engine.text, engine.schema)
            assert [] == [str(error) for error in found.errors]
            request = {
                "principal": f'Writ::Party::"{asked.requester.id}"',
                "action": 'Writ::Action::"use"',
                "resource": 'Writ::Model::"amber"',
                "context": {},
            }
            entities = engine.found.files["entities.json"].decode()
            said = cedarpy.is_authorized(request, engine.text, entities, engine.schema)
            assert cedarpy.Decision.NoDecision is not said.decision
            assert [] == said.diagnostics.errors


NATURAL = """
permit(principal, action, resource);
forbid(principal, action, resource in Writ::Model::"fable-5")
unless { principal.citizenships.contains("US") };
"""


def test_a_missing_attribute_opens_a_natural_forbid_and_closes_ours() -> None:
    """Cedar skips what errs: the forbid lets nobody-knows-who in, and our permit does not."""
    request = {
        "principal": 'Writ::Party::"somebody"',
        "action": 'Writ::Action::"use"',
        "resource": 'Writ::Model::"fable-5"',
        "context": {},
    }
    natural = cedarpy.is_authorized(request, NATURAL, "[]")
    assert cedarpy.Decision.Allow is natural.decision
    assert natural.diagnostics.errors

    book = read_folder(JUNE)
    at = next(edge for edge in book.boundaries() if _covers(book, "fable-5", edge))
    engine = cedar(book, read_people(JUNE).values(), at)
    ours = engine.found.files["policies.cedar"].decode()
    entities = json.loads(engine.found.files["entities.json"])
    bare = [{"uid": {"type": "Writ::Party", "id": "somebody"}, "attrs": {}, "parents": []}]
    no_known = [{**bare[0], "attrs": {"kind": "person"}}]
    for missing in ([], bare, no_known):
        said = cedarpy.is_authorized(request, ours, json.dumps([*entities, *missing]))
        assert cedarpy.Decision.Allow is not said.decision
    assert "forbid" not in ours


def _covers(book: Lawbook, model: str, at: Instant) -> bool:
    return any(model in active.rule.models for active in book.rules_at(at))


AT = "2026-06-13T00:00:00Z"
DEPLOYED = """\
provider: acme
models: {nova-1: {}}
deployments:
  us: {entity: acme, region: US}
  fr: {entity: acme, region: FR}
"""
FRENCH = """\
order: o
version: 1
kind: restriction
title: Nobody from Russia in France
authority: {name: Somebody, jurisdiction: FR}
effective: 2026-01-01T00:00:00Z
clauses: {c1: Some clause.}
rules:
  - {id: r1, clauses: [c1], models: [nova-1], bar: {person: {citizen_of: [RU]}}, standing: organisation, evidence: {to_serve: A2, to_bar: A1}, where: {regions: [FR]}}
"""


def test_orders_are_written_as_they_count_at_a_deployment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule for France stops somebody unknown there and not in the US, as both meanings say."""
    for file, text in (("catalogue.yaml", DEPLOYED), ("o.v1.yaml", FRENCH)):
        (tmp_path / file).write_text(text)
    (tmp_path / "subjects.jsonl").write_text('{"id": "p", "kind": "person"}\n')
    book, person = read_folder(tmp_path), Subject("p", "person")
    at = parse_instant(AT)
    for name in (None, "us", "fr"):
        place = deployment_named(book, name)
        asked = Cedar(export(book, [person], at, place)).permits(Chain(person), "nova-1")
        right = decide_literally(book, Chain(person), "nova-1", at, place).outcome is Outcome.PERMIT
        assert (name == "us", name == "us") == (right, asked)
    assert 0 == command(tmp_path, AT, tmp_path / "out", deployment="us", cedar=True)
    assert ", for us\n" in capsys.readouterr().out
    assert 'at the deployment "us"' in (tmp_path / "out" / "NOTE.md").read_text()
    with pytest.raises(InvalidInput, match="no deployment `uk` in the catalogue"):
        command(tmp_path, AT, tmp_path / "more", deployment="uk", cedar=True)
