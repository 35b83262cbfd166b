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
from tests.worlds.chains import boundaries, chain, instant
from tests.worlds.lawbooks import Pool, lawbook, pool
from writ.clock import Instant, parse_instant
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.places import Places
from writ.law.folder import read_folder
from writ.law.literal.decide import decide as decide_literally
from writ.law.request import read_people
from writ.model.expression import Derived, Expression, Given, Listed
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

JUNE = Path(__file__).parents[2] / "orders" / "june-2026"
SEEDS = 400
PART = 100


def sayable(atoms: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Leave out what no export says, unless nothing else is there."""
    return tuple(atom for atom in atoms if not isinstance(atom, Derived)) or atoms


def material(random: Random) -> Pool:
    """Draw what orders are made of, mostly of what can be said in Cedar."""
    drawn = pool(random)
    while random.random() < 0.9 and not all(
        isinstance(atom, Listed | Given) or not isinstance(atom, Derived)
        for atom in (*drawn.person, *drawn.organisation)
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
