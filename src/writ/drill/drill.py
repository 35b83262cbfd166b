"""`writ drill` from a folder to a scorecard."""

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import msgspec

from writ.clock import Instant
from writ.drill.deployment import WALLET, Deployment, deployed
from writ.drill.enrolment import Late, enrol
from writ.drill.folder import CaseFolder, read_case_folder
from writ.drill.packs import check_pack, export_packs, record_card
from writ.drill.population import Party, Population, populate
from writ.drill.probe import Voice
from writ.drill.record import Coverage, Journal, Way
from writ.drill.record import Population as PopulationLine
from writ.drill.schedule import Schedule, plan
from writ.drill.scorecard import Scorecard, score
from writ.drill.story import Returning, Story
from writ.drill.telling import Telling
from writ.drill.traffic import Traffic
from writ.law.request import read_file
from writ.model.outcome import Outcome
from writ.model.subject import Subject
from writ.study.coverage import FILE as COVERAGE
from writ.study.coverage import read_register

JOURNAL = "drill.jsonl"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to drill: the folder, where to write, how many parties besides the cases, the seed.

    `coverage` is a register of paths, held against the drill's own gateway.
    """

    orders: Path
    out: Path
    people: int
    seed: int
    coverage: Path | None = None


class _Coverage(msgspec.Struct):
    sentence: str


class _Status(msgspec.Struct):
    coverage: _Coverage


async def drill(wish: Wish, telling: Telling) -> Scorecard:
    """Run one drill; whatever is wrong with the folder is raised before anything is started.

    SIGTERM stops it, and everything it started, by cancelling the task that called.
    """
    running = asyncio.current_task()
    if running is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    folder = read_case_folder(wish.orders)
    telling.say(
        f"{wish.orders}: {len(folder.book.versions)} order versions checked, "
        f"{len(folder.expected.rows)} expected outcomes of {len(folder.expected.chains)} cases"
    )
    register = b"" if wish.coverage is None else read_file(wish.coverage)
    if wish.coverage is not None:
        read_register(register, str(wish.coverage))
    schedule = plan(folder.book.versions, folder.expected.instants)
    population = populate(folder.expected, folder.people, folder.book, wish.people, wish.seed)
    facts = [fact for subject in population.subjects.values() for fact in subject.facts]
    wish.out.mkdir(parents=True, exist_ok=True)
    journal = Journal(wish.out / JOURNAL)
    start = folder.expected.instants[0]
    try:
        with tempfile.TemporaryDirectory(prefix="writ-drill-") as place:
            async with deployed(Path(place), facts, start, wish.out) as site:
                telling.say(f"gateway on {site.gateway}")
                if wish.coverage is not None:
                    (site.folder / COVERAGE).write_bytes(register)
                await _play(folder, schedule, population, (site, journal, telling))
                orders = sorted({item.order for item in schedule.activated})
                packs = await export_packs(site, orders, wish.out)
        for pack in packs:
            checked = await check_pack(pack)
            journal.write(checked)
            telling.checked(checked)
    finally:
        journal.close()
    return score(journal.lines, folder.expected, folder.book)


async def _play(
    folder: CaseFolder,
    schedule: Schedule,
    population: Population,
    there: tuple[Deployment, Journal, Telling],
) -> None:
    site, journal, telling = there
    returning = list(_returning(folder, schedule, population))
    late = [item for one in returning for item in one.late]
    credentials = await enrol(site, population, late, telling.say)
    journal.write(
        PopulationLine(
            parties=len(population.parties),
            subjects=len(population.subjects),
            keys=len(credentials),
        )
    )
    touched = {model for item in schedule.activated for rule in item.rules for model in rule.models}
    async with Voice(site.gateway, folder.book.catalogue) as voice:
        traffic = Traffic(
            folder, schedule, journal, voice, credentials, site.clock.now, frozenset(touched)
        )
        story = Story(folder, schedule, site, traffic, population.parties, returning, telling)
        await story.stand(schedule.standing)
        await story.run()
    status = msgspec.convert(await site.control.get("/status"), _Status)
    journal.write(Coverage(sentence=status.coverage.sentence))
    await record_card(site, score(journal.lines, folder.expected, folder.book))


def _returning(
    folder: CaseFolder, schedule: Schedule, population: Population
) -> Iterator[Returning]:
    """Find, for each instant at which evidence lets a case in, one made-up party to show it.

    Of each way in which evidence arrives, if there is somebody.
    """
    expected = folder.expected
    phases = {step.at: step.phase for step in schedule.steps}
    shared = Counter(name for party in population.parties for name in set(party.names.all()))
    for before, at in zip(expected.instants, expected.instants[1:], strict=False):
        if phases[before] != phases[at]:
            continue
        found: dict[Way, Returning] = {}
        for party in population.parties:
            model = None if party.is_case else _let_in(folder, party.case, before, at)
            late = _late(population, shared, party, (before, at)) if model is not None else ()
            if model is not None and late:
                item = Returning(party, model, at, late)
                found.setdefault(item.way, item)
            if len(found) == len(get_args(Way)):
                break
        for item in found.values():
            if item.way == "wallet":
                borrower, shy = _borrower(folder, population, item), _shy(folder, population, item)
                yield replace(item, borrower=borrower, shy=shy)
            else:
                yield item


def _borrower(folder: CaseFolder, population: Population, item: Returning) -> Party | None:
    """Find somebody made up of whom nothing is known, and whom that keeps out."""
    for party, subject in _kept_out(folder, population, item):
        if not subject.facts:
            return party
    return None


def _shy(folder: CaseFolder, population: Population, item: Returning) -> tuple[Party, str] | None:
    """Find somebody made up who has shown one citizenship by a wallet, and whom that keeps out."""
    for party, subject in _kept_out(folder, population, item):
        if [(fact.attribute, fact.method) for fact in subject.facts] == [("citizenships", WALLET)]:
            [fact] = subject.facts
            if fact.completeness == "at_least" and len(fact.values) == 1:
                return party, fact.values[0].parts[0]
    return None


def _kept_out(
    folder: CaseFolder, population: Population, item: Returning
) -> Iterator[tuple[Party, Subject]]:
    """Yield people made up who ask for themselves, and whom a model asks to verify."""
    for party in population.parties:
        names = party.names
        alone = names.organisation is None and names.end_user is None and not party.is_case
        subject = population.subjects[names.requester]
        outcome = folder.expected.outcome(party.case, item.model, item.at)
        if alone and subject.kind == "person" and outcome is Outcome.VERIFY:
            yield party, subject


def _let_in(folder: CaseFolder, case: str, before: Instant, at: Instant) -> str | None:
    expected = folder.expected
    for model in folder.book.catalogue.models:
        then, now = expected.outcome(case, model, before), expected.outcome(case, model, at)
        if then in (Outcome.VERIFY, Outcome.DENY) and now is Outcome.PERMIT:
            return model
    return None


def _late(
    population: Population, shared: Counter[str], party: Party, span: tuple[Instant, Instant]
) -> tuple[Late, ...]:
    """Return the facts of a party's people that are verified between two instants.

    A party who shares such a subject with another is left alone.
    """
    before, at = span
    found = []
    for name in (party.names.requester, party.names.end_user):
        facts = population.subjects[name].facts if name is not None else ()
        held = tuple(fact for fact in facts if before < fact.verified_at <= at)
        if name is not None and held and shared[name] == 1:
            found.append(Late(name, held))
    return tuple(found)
