"""What a simulation says would settle whom is what `decide` lists first for that very person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.worlds.lawbooks import lawbook, pool
from tests.worlds.populations import World, cheapest, near, settled, world, written
from writ.law.compiled.decide import decide_compiled
from writ.model.subject import Subject
from writ.study.classes import NOBODY, Classes
from writ.study.comparison import Comparison
from writ.study.engine import Engine, open_engine
from writ.study.simulation import simulate
from writ.study.traffic import Asker
from writ.study.verdicts import Verdicts

SEEDS = (4, 6, 23, 28, 32, 42, 48)
"""Each fails where something that evidence turns on is left out of what somebody has shown."""
COUNTED = (1, 4)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Open one engine for all."""
    with open_engine("duckdb://", threads=1) as opened:
        yield opened


@pytest.mark.parametrize("seed", COUNTED)
def test_everybody_is_counted_with_their_own_evidence(
    engine: Engine, tmp_path: Path, seed: int
) -> None:
    """With a key of their own and by request, in each phase and for each model."""
    comparison, people = drawn(seed)
    assert [] == differences(engine, tmp_path, comparison, people)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_in_a_class_is_settled_alike(seed: int) -> None:
    """People and companies who hardly differ, among all who may rest on one another."""
    random = Random(seed)  # noqa: S311  drawn, not secret
    comparison, people = drawn(seed)
    assert [] == [
        f"{subject.id}: {told}, and by itself {own}"
        for place in random.sample(range(len(comparison.phases)), min(1, len(comparison.phases)))
        for model in comparison.touched
        for subject, told, own in compared(comparison, people, place, model)
        if told != own
    ]


def drawn(seed: int) -> tuple[Comparison, World]:
    """Draw a proposal beside other orders, and people who hardly differ when it takes effect."""
    random = Random(seed)  # noqa: S311  drawn, not secret
    book = lawbook(random, pool(random))
    kept = tuple(version for version in book.versions if version.order != "o0")
    comparison = Comparison(replace(book, versions=kept), book)
    people = world(random)
    at = random.choice(comparison.phases).start if comparison.phases else 0
    return comparison, near(random, people, at)


def compared(
    comparison: Comparison, people: World, place: int, model: str
) -> Iterator[tuple[Subject, str, str]]:
    """Give everybody with what their class is told of one phase and model, and what they are."""
    asked = comparison.asked()
    after, at = asked[2 * place + 1].compiled, asked[2 * place + 1].at
    classes = Classes(asked)
    known = {one.id: one for one in people.subjects}
    everybody = [replace(one, related=known) for one in people.subjects]
    verdicts = Verdicts(classes)
    for subject, number in [(one, classes.of(one)) for one in everybody]:
        asker = Asker(number, NOBODY, NOBODY)
        verdict = verdicts.of(asker, 2 * place + 1, model)
        if verdict.open and verdict.outcome != "permit":
            chain = replace(verdicts.chain(asker), requester=subject)
            own = decide_compiled(after, chain, model, at).would_settle
            told = written(verdicts.settling(asker, 2 * place + 1, model))
            yield subject, told, cheapest(own, chain, at)


def differences(engine: Engine, folder: Path, comparison: Comparison, people: World) -> list[str]:
    """Return where what is counted is not what is decided one by one."""
    if not comparison.phases:
        return []
    found = simulate(engine, comparison, *people.write(folder, 0))
    wrong = list[str]()
    for item in found.phases:
        for figures in item.models:
            expected = settled(people, comparison.compiled[1], item.phase.start, figures.model)
            told = Counter(
                {
                    (written(evidence), measure): count
                    for (evidence, measure), count in figures.settling.items()
                }
            )
            wrong += [f"{figures.model}: {one}" for one in ((expected - told) + (told - expected))]
    return wrong
