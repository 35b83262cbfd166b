"""Random populations and logs over the lawbooks of `tests.worlds.lawbooks`, as JSON Lines and rows.

1. People, companies and services of few ids, so that chains meet; some act for nobody known.
2. The log names organisations and end users now and then, some of whom nobody registered.
3. What each must get is asked of `decide`, one by one, by the rules of `writ decide`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import msgspec

from tests.worlds.chains import facts
from tests.worlds.lawbooks import COMPANIES, MODELS, PEOPLE, chance, pick
from writ.clock import Instant
from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.subjects import read_fact, write_fact, write_subject
from writ.model.subject import Chain, Fact, Subject
from writ.model.vocabulary import Kind

PLANS = ("free", "pro", None)
STRICTNESS = ("permit", "substitute", "verify", "deny")


@dataclass(frozen=True, slots=True)
class Request:
    """One row of a log."""

    subject: str
    organisation: str | None
    end_user: str | None
    model: str
    tokens: int
    open: bool


@dataclass(frozen=True, slots=True)
class World:
    """Who there is, and what they asked."""

    subjects: tuple[Subject, ...]
    plans: Mapping[str, str | None]
    requests: tuple[Request, ...]

    def write(self, folder: Path, at: Instant) -> tuple[str, str]:
        """Write both as files; return their names."""
        population, traffic = folder / "people.jsonl", folder / "traffic.csv"
        with population.open("wb") as file:
            for subject in self.subjects:
                plain = {**write_subject(subject), "plan": self.plans[subject.id]}
                file.write(msgspec.json.encode(plain) + b"\n")
        lines = ["subject,organisation,end_user,model,at,tokens,open"]
        lines += [
            f"{item.subject},{item.organisation or ''},{item.end_user or ''},{item.model},"
            f"2026-06-0{1 + number % 9} 00:00:00,{item.tokens},{str(item.open).lower()}"
            for number, item in enumerate(self.requests)
        ]
        traffic.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(population), str(traffic)


def world(random: Random) -> World:
    """Draw a population and a log."""
    people = [Subject(name, "person", _acts(random), _facts(random, "person")) for name in PEOPLE]
    people += [
        Subject(f"q{number}", "person", _acts(random), _facts(random, "person"))
        for number in range(random.randint(3, 12))
    ]
    companies = [
        Subject(name, "organisation", (), _facts(random, "organisation")) for name in COMPANIES[:2]
    ]
    services = [Subject(f"s{number}", "service", _acts(random)) for number in range(3)]
    subjects = (*people, *companies, *services)
    ids = [subject.id for subject in subjects]
    requests = tuple(
        Request(
            pick(random, ids) if chance(random, 95) else "nobody",
            pick(random, (*COMPANIES, "elsewhere")) if chance(random, 25) else None,
            pick(random, (*PEOPLE, "p9", "c1", "guest")) if chance(random, 35) else None,
            pick(random, MODELS)
            if chance(random, 90)
            else pick(random, (MODELS[0].upper(), "elm")),
            random.randint(0, 9),
            chance(random, 20),
        )
        for _ in range(random.randint(1, 60))
    )
    return World(subjects, {name: pick(random, PLANS) for name in ids}, requests)


def _facts(random: Random, kind: Kind) -> tuple[Fact, ...]:
    """Draw facts; those that no file could have are left out."""
    return tuple(item for item in facts(random, kind) if _writable(item))


def _writable(fact: Fact) -> bool:
    try:
        return read_fact(write_fact(fact)) == fact
    except InvalidInput:
        return False


def _acts(random: Random) -> tuple[str, ...]:
    if chance(random, 50):
        return ()
    if chance(random, 10):
        return ("c1", "c2")
    return (pick(random, (*COMPANIES[:2], "nowhere")),)


def asked(world: World, compiled: Compiled, at: Instant, model: str) -> dict[str, Counter[str]]:
    """Count outcomes one by one, of subjects with a key of their own and of requests."""
    known = {subject.id: subject for subject in world.subjects}
    found = {name: Counter[str]() for name in ("subjects", "requests", "tokens", "streams")}
    for subject in world.subjects:
        found["subjects"][_outcome(known, compiled, (subject.id, None, None), model, at)] += 1
    for item in world.requests:
        if compiled.book.catalogue.resolve(item.model) == model:
            chain = (item.subject, item.organisation, item.end_user)
            outcome = _outcome(known, compiled, chain, model, at)
            found["requests"][outcome] += 1
            found["tokens"][outcome] += item.tokens
            found["streams"][outcome] += item.open
    return found


def moved(
    world: World, sides: tuple[Compiled, Compiled], at: Instant, model: str
) -> dict[str, dict[str, Counter[tuple[str, str]]]]:
    """Count outcomes before and after, one by one, by organisation and measure.

    One that nobody acts for, and that is nobody, is with no organisation: it is told as a problem.
    """
    known = {subject.id: subject for subject in world.subjects}
    told = known.keys() | {name for subject in world.subjects for name in subject.acts_for[:1]}
    none: tuple[str | None, str | None] = (None, None)
    chains = [((subject.id, *none), {"subjects": 1}) for subject in world.subjects]
    chains += [
        (
            (item.subject, item.organisation, item.end_user),
            {"requests": 1, "tokens": item.tokens, "streams": int(item.open)},
        )
        for item in world.requests
        if sides[1].book.catalogue.resolve(item.model) == model
    ]
    found: dict[str, dict[str, Counter[tuple[str, str]]]] = {}
    for names, counts in chains:
        own = known[names[0]].acts_for if names[0] in known else ()
        company = names[1] or (own[0] if len(set(own)) == 1 else None)
        if company in told:
            before, after = (_outcome(known, side, names, model, at) for side in sides)
            for measure, count in counts.items():
                of = found.setdefault(company, {}).setdefault(measure, Counter())
                of[before, after] += count
    return found


def hit(found: Mapping[str, Mapping[str, Counter[tuple[str, str]]]], measure: str) -> Counter[str]:
    """Count by organisation for how many it becomes stricter."""
    stricter = Counter[str]()
    for company, measures in found.items():
        for (before, after), count in measures.get(measure, {}).items():
            if before != "unjudged" and STRICTNESS.index(before) < STRICTNESS.index(after):
                stricter[company] += count
    return stricter


def _outcome(
    known: Mapping[str, Subject],
    compiled: Compiled,
    names: tuple[str, str | None, str | None],
    model: str,
    at: Instant,
) -> str:
    known = {name: replace(subject, related=known) for name, subject in known.items()}
    requester = known.get(names[0])
    if requester is None:
        return "unjudged"
    organisation = names[1]
    if organisation is None and requester.acts_for:
        if len(set(requester.acts_for)) > 1:
            return "deny"
        organisation = requester.acts_for[0]
    company = None if organisation is None else known.get(organisation)
    if organisation is not None and (company is None or company.kind != "organisation"):
        return "deny"
    user = None if names[2] is None else known.get(names[2], Subject(names[2], "person"))
    if user is not None and user.kind != "person":
        return "deny"
    return decide_compiled(compiled, Chain(requester, company, user), model, at).outcome.word
