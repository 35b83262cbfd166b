"""Readiness over the June case: held to `decide`, one by one, and to what asking really brings."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.populations import cheapest, written
from writ.clock import format_instant, parse_instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.folder import check_folder, load_folder
from writ.law.request import read_subjects
from writ.model.decision import Decision, Settlement
from writ.model.order import Lawbook
from writ.model.subject import Chain, Subject
from writ.study.coverage import NO_REGISTER
from writ.study.engine import open_engine
from writ.study.readiness.library import Plausible, answers_for, read_library
from writ.study.readiness.measure import STANDINGS, Measured, Reading, largest, measure
from writ.study.readiness.steps import Around, Step, steps
from writ.study.verdicts import kind_of

JUNE = Path(__file__).parents[4] / "orders" / "june-2026"
PEOPLE = JUNE / "subjects.jsonl"
AT = parse_instant("2026-06-12T12:00:00Z")
NAMES = [
    "country-group", "entity-ownership", "listed-entities", "residence", "single-model",
    "us-persons", "verified-people",
]  # fmt: skip


def measured(people: Path) -> tuple[Measured, Sequence[Plausible], Lawbook]:
    """Measure the whole library on the June folder."""
    files = load_folder(JUNE)
    base = check_folder(JUNE, files)
    with open_engine("duckdb://", 1) as engine:
        answers = answers_for(base.book, AT, None, largest(engine, str(people)))
        library, left = read_library(base, files, answers, None)
        assert () == left
        return measure(engine, base.book, library, str(people), AT), library, base.book


@pytest.fixture(scope="module")
def june() -> tuple[Measured, Sequence[Plausible], Lawbook]:
    """Measure once."""
    return measured(PEOPLE)


@pytest.fixture(scope="module")
def subjects() -> Mapping[str, Subject]:
    """Everybody of the June case."""
    people = read_subjects(PEOPLE)
    return {name: replace(subject, related=people) for name, subject in people.items()}


def decided(book: Compiled, who: Subject, people: Mapping[str, Subject], model: str) -> Decision:
    """Decide for somebody with a key of their own."""
    company = people[who.acts_for[0]] if who.acts_for else None
    return decide_compiled(book, Chain(who, company), model, AT)


def standing(decisions: Sequence[tuple[Decision, Decision]]) -> str | None:
    """Say what becomes of an account by its decisions before and after; None: not served today."""
    found = []
    for before, after in decisions:
        if before.outcome.word in ("permit", "substitute"):
            if after.outcome.word in ("permit", before.outcome.word):
                found.append("at_once")
            elif after.outcome.word == "substitute":
                found.append("replaced")
            else:
                found.append("verify" if after.outcome.word == "verify" else "barred")
    return max(found, key=[str(item) for item in STANDINGS].index, default=None)


@pytest.mark.parametrize("place", range(len(NAMES)))
def test_it_counts_what_is_decided_one_by_one(
    june: tuple[Measured, Sequence[Plausible], Lawbook],
    subjects: Mapping[str, Subject],
    place: int,
) -> None:
    """Every account counts for the worst that `decide` says of it."""
    found, library, base = june
    reading, item = found.readings[place], library[place]
    before, after = Compiled(base), Compiled(item.book)
    expected: Counter[str] = Counter()
    for who in subjects.values():
        if who.kind != "organisation":
            said = standing(
                [
                    (
                        decided(before, who, subjects, model),
                        decided(after, who, subjects, model),
                    )
                    for model in item.models
                ]
            )
            expected.update([said] if said else [])

    assert NAMES[place] == item.name
    assert expected == Counter({str(key): n for key, n in reading.counts().items() if n})
    assert expected.total() == reading.served


def test_everybody_is_told_their_own_evidence(
    june: tuple[Measured, Sequence[Plausible], Lawbook], subjects: Mapping[str, Subject]
) -> None:
    """What accounts would have to show is what `decide` lists first for each of them."""
    found, library, base = june
    before = Compiled(base)
    for reading, item in zip(found.readings, library, strict=True):
        after, expected = Compiled(item.book), Counter[str]()
        for who in subjects.values():
            pairs = [
                (decided(before, who, subjects, model), decided(after, who, subjects, model))
                for model in item.models
            ]
            if who.kind != "organisation" and standing(pairs) == "verify":
                one = next(pair for pair in pairs if standing([pair]) == "verify")[1]
                company = subjects[who.acts_for[0]] if who.acts_for else None
                expected[cheapest(one.would_settle, Chain(who, company), AT)] += 1
        told = Counter({written(evidence): count for evidence, count in reading.asked.items()})
        assert expected == told


def first_step(found: Measured, template: str) -> tuple[Step, float, float]:
    """Return the step that raises one template most, and from what to what."""
    asking = [step for step in steps(found, Around({}, NO_REGISTER)) if step.kind == "verify"]
    gains = [(step, gain) for step in asking for gain in step.gains if gain.template == template]
    step, gain = max(gains, key=lambda item: item[1].after)
    return step, gain.before, gain.after


def reading_of(found: Measured, template: str) -> Reading:
    """Return one template's reading."""
    return found.readings[NAMES.index(template)]


@pytest.mark.parametrize("template", ["us-persons", "country-group"])
def test_asking_brings_what_was_promised(
    june: tuple[Measured, Sequence[Plausible], Lawbook],
    subjects: Mapping[str, Subject],
    tmp_path: Path,
    template: str,
) -> None:
    """Where all who are asked show it, and nobody else anything, the readiness is the one foretold."""
    found, library, _ = june
    step, before, after = first_step(found, template)
    item = library[NAMES.index(template)]
    book = Compiled(item.book)
    (asked,) = step.evidence
    lines = [json.loads(line) for line in PEOPLE.read_text().splitlines()]
    for line in lines:
        who = subjects[line["id"]]
        if who.kind == "person":
            decision = decided(book, who, subjects, item.models[0])
            first = {part.link: part for part in reversed(decision.would_settle)}.values()
            bare = [replace(kind_of(part, who, AT), methods=()) for part in first]
            if decision.outcome.word == "verify" and [asked] == bare:
                line["facts"].append(shown(*first))
    people = tmp_path / "people.jsonl"
    people.write_text("\n".join(map(json.dumps, lines)))
    then, _, _ = measured(people)

    assert before == reading_of(found, template).ready()
    assert after > before
    assert after == reading_of(then, template).ready()


def shown(item: Settlement) -> dict[str, Any]:
    """Return a fact that shows what somebody's own decision lists."""
    values = [parts[0] for parts in item.values]
    return {
        "attribute": item.attribute,
        "value": [int(value) if value.isdigit() else value for value in values],
        "completeness": item.completeness,
        "assurance": f"A{item.assurance}",
        "method": "a method",
        "issuer": "an issuer",
        "verified_at": format_instant(AT),
        "expires_at": None,
    }


def test_rows_that_cannot_be_read_are_nobody_who_keeps_working(tmp_path: Path) -> None:
    """A bad row lowers every readiness; it is named, and never left out."""
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "ann", "kind": "person"}\n{"id": "bob", "kind": "robot"}\n')
    found, _, _ = measured_without_list(people)

    assert [1] * 6 == [reading.counts()["unjudged"] for reading in found.readings]
    assert all((reading.ready() or 0) <= 0.5 for reading in found.readings)
    assert ["`robot` is no kind; it is person, organisation, service"] == [
        problem.what for problem in found.population.problems
    ]


def measured_without_list(people: Path) -> tuple[Measured, Sequence[Plausible], list[str]]:
    """Measure a population in which nobody acts for an organisation."""
    files = load_folder(JUNE)
    base = check_folder(JUNE, files)
    with open_engine("duckdb://", 1) as engine:
        answers = answers_for(base.book, AT, None, largest(engine, str(people)))
        library, left = read_library(base, files, answers, None)
        found = measure(engine, base.book, library, str(people), AT)
    return found, library, [f"{item.name}: {item.why}" for item in left]


def test_whose_papers_contradict_each_other_is_asked_for_something_else(tmp_path: Path) -> None:
    """Nothing is known of either; one more paper helps the one, a full list alone the other."""
    level = '{"attribute": "identity_level", "value": [%d], "completeness": "exhaustive", '
    level += (
        '"assurance": "A3", "method": "m", "issuer": "i", "verified_at": "2026-06-01T00:00:00Z"}'
    )
    people = tmp_path / "people.jsonl"
    people.write_text(
        f'{{"id": "ann", "kind": "person", "facts": [{level % 1}, {level % 3}]}}\n'
        '{"id": "bob", "kind": "person"}\n'
    )
    found, _, _ = measured_without_list(people)
    reading = next(item for item in found.readings if item.plausible.name == "verified-people")

    assert {"verify": 2} == reading.counts()
    assert {("at_least", 1), ("exhaustive", 1)} == {
        (evidence[0].completeness, sum(account.count for account in accounts))
        for evidence, accounts in reading.helped.items()
    }


def test_a_template_that_cannot_be_asked_is_left_out_and_said(tmp_path: Path) -> None:
    """With nobody acting for an organisation there are no largest customers."""
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "ann", "kind": "person"}\n')
    _, library, left = measured_without_list(people)

    assert ["listed-entities: nobody in the population acts for an organisation"] == left
    assert "listed-entities" not in [item.name for item in library]
