"""Random populations and logs over the lawbooks of `tests.worlds.lawbooks`, as JSON Lines and rows.

1. People, companies and services of few ids, so that chains meet; some act for nobody known.
2. The log names organisations and end users now and then, some of whom nobody registered.
3. What each must get is asked of `decide`, one by one, by the rules of `writ decide`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import msgspec

from tests.worlds.chains import facts
from tests.worlds.lawbooks import COMPANIES, MODELS, PEOPLE, chance, pick
from writ.clock import Instant
from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled, joined, links
from writ.law.subjects import read_fact, write_fact, write_subject
from writ.model.decision import Settlement
from writ.model.subject import Chain, Fact, Subject, Value
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
    found: dict[str, dict[str, Counter[tuple[str, str]]]] = {}
    for names, counts in _asking(world, sides[1], model).items():
        own = known[names[0]].acts_for if names[0] in known else ()
        company = names[1] or (own[0] if len(set(own)) == 1 else None)
        if company in told:
            before, after = (_outcome(known, side, names, model, at) for side in sides)
            for measure, count in counts.items():
                of = found.setdefault(company, {}).setdefault(measure, Counter())
                of[before, after] += count
    return found


def _asking(
    world: World, compiled: Compiled, model: str
) -> dict[tuple[str, str | None, str | None], Counter[str]]:
    """Give who asks for a model, each once: subjects with a key of their own, and by request."""
    found: dict[tuple[str, str | None, str | None], Counter[str]] = {}
    for subject in world.subjects:
        found.setdefault((subject.id, None, None), Counter()).update(subjects=1)
    for item in world.requests:
        if compiled.book.catalogue.resolve(item.model) == model:
            names = (item.subject, item.organisation, item.end_user)
            counts = {"requests": 1, "tokens": item.tokens, "streams": int(item.open)}
            found.setdefault(names, Counter()).update(counts)
    return found


def hit(found: Mapping[str, Mapping[str, Counter[tuple[str, str]]]], measure: str) -> Counter[str]:
    """Count by organisation for how many it becomes stricter."""
    stricter = Counter[str]()
    for company, measures in found.items():
        for (before, after), count in measures.get(measure, {}).items():
            if before != "unjudged" and STRICTNESS.index(before) < STRICTNESS.index(after):
                stricter[company] += count
    return stricter


def near(random: Random, world: World, at: Instant) -> World:
    """Add people and companies who differ from others in one thing that has to do with their facts.

    When they were seen, how sure it is, in which order, or one fact less; some of what is named is
    on no list; companies own themselves, and one another, by the very same facts.
    """
    found = [one for one in world.subjects if one.facts]
    more = [
        replace(one, id=f"{one.id}-{number}", facts=_near(random, one.facts, at))
        for number in range(2)
        for one in found
    ]
    ids = [one.id for one in (*world.subjects, *more) if one.kind == "organisation"]
    ring = tuple(one for one in more if one.kind == "organisation" and chance(random, 50))
    owners = Fact(
        "owners",
        tuple(Value((name, "25")) for name in random.sample(ids, min(3, len(ids)))),
        pick(random, ("at_least", "exhaustive")),
        4,
        "register",
        "somebody",
        at - pick(random, (0, 1, 60)),
    )
    rest = [one for one in more if one not in ring]
    ringed = [replace(one, facts=(owners,)) for one in ring]
    subjects = (*world.subjects, *rest, *ringed)
    plans = {**world.plans, **{one.id: pick(random, PLANS) for one in more}}
    named = [one.id for one in more]
    requests = tuple(
        replace(item, subject=pick(random, named)) if chance(random, 50) else item
        for item in world.requests
    )
    return World(subjects, plans, requests if named else world.requests)


def _near(random: Random, facts: tuple[Fact, ...], at: Instant) -> tuple[Fact, ...]:
    if chance(random, 40):
        seen = at + pick(random, (-80, -70, -41, -40, -25, -2, -1, 0, 0, 1))
        return tuple(replace(item, verified_at=seen, expires_at=None) for item in facts)
    place = random.randrange(len(facts))
    others = (*facts[:place], *facts[place + 1 :])
    changed = pick(
        random,
        (
            replace(facts[place], assurance=random.randint(0, 4)),
            replace(facts[place], values=tuple(map(_elsewhere, facts[place].values))),
            replace(facts[place], verified_at=at - random.randint(0, 2), expires_at=None),
            facts[place],
        ),
    )
    return others if chance(random, 20) else (*others, changed)


def _elsewhere(value: Value) -> Value:
    """Let a country be one that no list has, and an owner one that nobody knows."""
    first = {"FR": "DE", "US": "JP", "c1": "x1", "c2": "x2"}.get(value.parts[0], value.parts[0])
    return replace(
        value, parts=(first, *(part.replace(value.parts[0], first) for part in value.parts[1:]))
    )


def settled(world: World, compiled: Compiled, at: Instant, model: str) -> Counter[tuple[str, str]]:
    """Count one by one what would settle whom, in words, of subjects and what they asked.

    It is the first thing that the decision lists for each link, of those that are open.
    """
    known = {subject.id: subject for subject in world.subjects}
    found = Counter[tuple[str, str]]()
    for names, counts in _asking(world, compiled, model).items():
        chain = _chain(known, names)
        if isinstance(chain, Chain):
            code = joined(compiled, links(compiled, chain, at), model, at)
            decision = decide_compiled(compiled, chain, model, at)
            if decision.outcome.word != "permit" and code & 3 != code >> 2 & 3:
                evidence = cheapest(decision.would_settle, chain, at)
                found.update({(evidence, measure): count for measure, count in counts.items()})
    return +found


def cheapest(listed: tuple[Settlement, ...], chain: Chain, at: Instant) -> str:
    """Write the first thing listed for each link; of a complete list what is not known yet."""
    first: dict[str, Settlement] = {}
    told = []
    for item in listed:
        one = first.setdefault(item.link, item)
        if item is one or (one.together is not None and item.together == one.together):
            known = _known(chain, item, at) if item.completeness == "exhaustive" else ()
            values = tuple(parts for parts in item.values if parts not in known)
            told.append(replace(item, values=values))
    return written(told)


def written(evidence: Iterable[Settlement]) -> str:
    """Write evidence as it is told of many, whichever owner or parent would show it."""
    return str([replace(item, together=None, subject=item.subject and "?") for item in evidence])


def _known(chain: Chain, item: Settlement, at: Instant) -> set[tuple[str, ...]]:
    link: Subject | None = getattr(chain, item.link)
    whose = link if link is None or item.subject is None else link.related.get(item.subject)
    return {
        value.parts
        for fact in (whose.facts if whose else ())
        if fact.attribute == item.attribute and fact.verified_at <= at
        for value in fact.values
        if value.holds(at)
    }


def _outcome(
    known: Mapping[str, Subject],
    compiled: Compiled,
    names: tuple[str, str | None, str | None],
    model: str,
    at: Instant,
) -> str:
    chain = _chain(known, names)
    if isinstance(chain, str):
        return chain
    return decide_compiled(compiled, chain, model, at, settling=False).outcome.word


def _chain(known: Mapping[str, Subject], names: tuple[str, str | None, str | None]) -> Chain | str:
    """Return the chain of a request, or what it gets if it is none."""
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
    return Chain(requester, company, user)
