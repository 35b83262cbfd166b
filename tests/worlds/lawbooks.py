"""Random lawbooks: few names, so that orders meet; small lists, so that worlds can be counted.

1. Everything is drawn from one `Random`, so that the same code serves hypothesis (which shrinks
   it) and long runs from a seed.
2. Legal time is a grid of ten-microsecond steps; most of what may happen happens on it.
3. Rules on one model name the same substitute, and a definition's name means one predicate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from writ.clock import FOREVER, Instant
from writ.law.licences import Licence
from writ.model.catalogue import Catalogue, Deployment, Model
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    Never,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import (
    Effect,
    Evidence,
    Exemption,
    Hold,
    InFlight,
    Lawbook,
    OrderVersion,
    Rule,
    Stay,
    Where,
)
from writ.model.outcome import Outcome

MODELS = ("amber", "birch", "cedar")
EXEMPT = "dusk"
PEOPLE = ("p1", "p2", "p3")
COMPANIES = ("c1", "c2", "c3")
START: Instant = 1_000_000
STEP = 10
GRID = tuple(START + STEP * step for step in range(12))
AGES = (None, 25, 40, 70)
COUNTRIES = ("US", "FR", "GB")
NAMES = ("us.citizen@1", "eu.citizen@1")
DENY = Effect(Outcome.DENY)
CATALOGUE = Catalogue(
    "c1",
    {
        **{name: Model(name, frozenset({name.upper()})) for name in MODELS},
        EXEMPT: Model(EXEMPT, controlled=False),
    },
    {
        name: Deployment(name, entity, region)
        for name, entity, region in (
            ("east", "c1", "US-NY"),
            ("west", "c2", "US-CA"),
            ("abroad", "c2", "FR"),
            ("somewhere", "c1", "US"),
        )
    },
)

Item = TypeVar("Item")


def pick(random: Random, items: Sequence[Item]) -> Item:
    """Return one of the items; the first is where hypothesis shrinks to."""
    return items[random.randrange(len(items))]


def some(random: Random, items: Sequence[Item], least: int = 1, most: int = 2) -> tuple[Item, ...]:
    """Return between `least` and `most` of the items, in their order."""
    wanted = random.randint(least, min(most, len(items)))
    chosen = set(random.sample(range(len(items)), wanted))
    return tuple(item for place, item in enumerate(items) if place in chosen)


def chance(random: Random, percent: int) -> bool:
    """Return True so often; False is where hypothesis shrinks to."""
    return random.randrange(100) >= 100 - percent


@dataclass(frozen=True, slots=True)
class Pool:
    """What a lawbook's predicates are made of: atoms by kind, groups, and predicates."""

    person: tuple[Expression, ...]
    organisation: tuple[Expression, ...]
    predicates: tuple[Predicate, ...] = ()


def group(random: Random) -> Group:
    """Draw an annex, one organisation, or the provider itself."""
    name = pick(random, ("annex-a", "annex-b", "c2", "self"))
    members = {"c2": ("c2",), "self": ("c1",), "annex-b": ("c3", "p2")}.get(name, ("c2", "p1"))
    return Group(name, frozenset(members), "sha256:" + name if "annex" in name else None)


def _countries(random: Random, operator: str, attribute: str, *rest: str) -> Listed:
    named = some(random, COUNTRIES)
    return Listed(operator, attribute, frozenset((code, *rest) for code in named))


def _citizen_of(random: Random) -> Listed:
    return _countries(random, "citizen_of", "citizenships", pick(random, (WILD, WILD, "national")))


def _resident(random: Random) -> Listed:
    return _countries(random, "permanent_resident_of", "permanent_residences", WILD)


def _protected(random: Random) -> Listed:
    status = pick(random, (WILD, "refugee"))
    by = pick(random, ("US", WILD))
    return Listed("protected_by", "protection", frozenset({(status, by)}))


def _employee_of(random: Random) -> Listed:
    of = group(random)
    relations = ("employee", "regular_employee")
    patterns = frozenset((member, relation) for member in of.members for relation in relations)
    return Listed("employee_of", "employer", patterns, of)


def _ever_citizen_of(random: Random) -> Expression:
    now = _countries(random, "ever_citizen_of", "citizenships", WILD)
    return AnyOf((now, replace(now, attribute="former_citizenships")))


def _stateless(_: Random) -> Expression:
    return Not(Listed("citizen_of", "citizenships", frozenset({(WILD, WILD)})))


def _citizen_only_of(random: Random) -> Expression:
    """Draw as a file is read, in a world of four countries."""
    named = frozenset((code, WILD) for code in some(random, COUNTRIES))
    others = frozenset((code, WILD) for code in (*COUNTRIES, "DE")) - named
    within, beyond = (Listed("citizen_only_of", "citizenships", codes) for codes in (named, others))
    return AllOf((within, Not(beyond)))


def _age_over(random: Random) -> Listed:
    least = pick(random, (16, 18, 21))
    return Listed("age_over", "age_over", frozenset((str(age),) for age in range(least, 24)))


def _member_of(_: Random) -> Listed:
    return Listed("member_of", "programmes", frozenset({("defenders",)}))


def _places(random: Random, attribute: str) -> Listed:
    """Draw whole countries, or now and then the one region that facts may tell."""
    named = some(random, COUNTRIES)
    region = chance(random, 30)
    patterns = frozenset((code, f"{code}-1" if region else WILD) for code in named)
    return Listed(attribute, attribute, patterns)


def _incorporated(random: Random) -> Listed:
    return _places(random, "incorporated_in")


def _organised(random: Random) -> Listed:
    return _places(random, "organised_in")


def most_recent(random: Random) -> MostRecent:
    """Draw which countries' latest citizenship or residence is meant."""
    return MostRecent(frozenset(some(random, COUNTRIES)))


def held_at(random: Random) -> HeldAt:
    """Draw a nationality, of a class now and then, and an instant before all orders take effect."""
    return HeldAt(_citizen_of(random), START - random.randint(0, STEP + 1))


def owned_by(random: Random) -> OwnedBy:
    """Draw a threshold, and which owners count."""
    company = pick(random, ASKED_OF_OWNERS)(random)
    person = pick(random, (None, *ASKED_OF_PEOPLE))
    share = pick(random, ("50", "25", "50.5"))
    who = Predicate(None if person is None else person(random), company)
    return OwnedBy(share, who, beyond=chance(random, 30))


def parent_is(random: Random) -> ParentIs:
    """Draw what is asked of the ultimate parent."""
    company = pick(random, ASKED_OF_OWNERS)(random)
    return ParentIs(Not(company) if chance(random, 20) else company)


def employed_by(random: Random) -> EmployedBy:
    """Draw what is asked of the employer, of its owners and parent now and then."""
    company = pick(random, (*ASKED_OF_OWNERS, owned_by, parent_is))(random)
    return EmployedBy(Not(company) if chance(random, 20) else company)


def _listed_company(random: Random) -> Given:
    return Given("organisation_in", group(random))


def _listed_person(random: Random) -> Given:
    return Given("person_in", group(random))


ASKED_OF_OWNERS: tuple[Callable[[Random], Expression], ...] = (_incorporated, _listed_company)
ASKED_OF_PEOPLE: tuple[Callable[[Random], Expression], ...] = (
    _citizen_of,
    _listed_person,
    most_recent,
)
PERSON_ATOMS: tuple[Callable[[Random], Expression], ...] = (
    _citizen_of,
    _resident,
    _citizen_of,
    _employee_of,
    lambda random: Given("acting_for", group(random)),
    _listed_person,
    _protected,
    _ever_citizen_of,
    _stateless,
    _citizen_only_of,
    _age_over,
    most_recent,
    held_at,
    employed_by,
)
COMPANY_ATOMS: tuple[Callable[[Random], Expression], ...] = (
    _incorporated,
    _incorporated,
    _listed_company,
    _organised,
    _member_of,
    owned_by,
    parent_is,
)


def expression(random: Random, atoms: Sequence[Expression], depth: int = 2) -> Expression:
    """Draw an expression over some of the atoms."""
    shape = random.randrange(5) if depth else 0
    if shape < 2:
        return pick(random, atoms)
    if shape == 2:
        return Not(expression(random, atoms, depth - 1))
    items = tuple(expression(random, atoms, depth - 1) for _ in range(random.randint(1, 3)))
    return AnyOf(items) if shape == 3 else AllOf(items)


def _branch(random: Random, atoms: Sequence[Expression]) -> Expression | None:
    return None if chance(random, 8) else expression(random, atoms)


def predicate(random: Random, pool: Pool, name: str | None = None) -> Predicate:
    """Draw a predicate; now and then one kind of subject has no branch."""
    digest = None if name is None else "sha256:" + name
    return Predicate(_branch(random, pool.person), _branch(random, pool.organisation), name, digest)


def pool(random: Random) -> Pool:
    """Draw what one lawbook is made of: at most three atoms about people, two about companies."""
    person = tuple(pick(random, PERSON_ATOMS)(random) for _ in range(random.randint(1, 4)))
    company = tuple(pick(random, COMPANY_ATOMS)(random) for _ in range(random.randint(1, 3)))
    atoms = Pool(person, company)
    named = tuple(predicate(random, atoms, name) for name in NAMES)
    return replace(atoms, predicates=(*named, predicate(random, atoms)))


def evidence(random: Random) -> Evidence:
    """Draw floors, with the one to bar no higher than the one to serve, and an age."""
    to_serve = random.randint(0, 4)
    return Evidence(to_serve, random.randint(0, to_serve), pick(random, AGES))


def licensed(random: Random, item: Exemption) -> Exemption:
    """Let an exception rest on a licence: for its holder, while it runs."""
    holder = group(random)
    held = AnyOf((Given("person_in", holder), Given("acting_for", holder)))
    since = pick(random, GRID)
    until = None if chance(random, 30) else since + STEP * random.randint(1, 6)
    number = f"L{item.id}"
    company = (Given("organisation_in", holder),)
    licence = Licence(number, frozenset(), (held,), company, since, until)
    who = licence.limit(None if chance(random, 30) else item.who)
    return replace(
        item,
        who=who,
        licence=number,
        since=since,
        until=FOREVER if until is None else until,
    )


def exemption(random: Random, pool: Pool, number: int, rules: Sequence[Rule]) -> Exemption:
    """Draw an exception to one of the rules, now and then on a licence."""
    rule = pick(random, rules)
    who = pick(random, pool.predicates) if chance(random, 30) else predicate(random, pool)
    if chance(random, 10):
        who = replace(who, organisation=Never("employee_of"))
    item = Exemption(
        f"x{number}",
        rule.id,
        ("c1",),
        frozenset(some(random, sorted(rule.models), most=3)),
        who,
        predicate(random, pool) if chance(random, 30) else None,
        "verify" if chance(random, 50) else "barred",
        evidence(random) if chance(random, 50) else None,
    )
    return licensed(random, item) if chance(random, 15) else item


def stay(random: Random, rules: Sequence[Rule]) -> Stay:
    """Draw a stay of some of the rules."""
    stayed = frozenset(item.id for item in some(random, rules))
    since = pick(random, GRID)
    until = None if chance(random, 30) else since + STEP * random.randint(1, 5)
    return Stay("s1", stayed, "a court", since, until)


def where(random: Random) -> Where:
    """Draw what a rule covers."""
    entities = some(random, ("c1", "c2"), most=2) if chance(random, 50) else ()
    regions = some(random, ("US", "US-CA", "US-NY", "FR", "GB"), least=0 if entities else 1)
    return Where(frozenset(entities), frozenset(regions))


def rule(random: Random, pool: Pool, number: int) -> Rule:
    """Draw a rule; `cedar` is what others are substituted by and is itself stood in for by birch."""
    models = some(random, MODELS, most=2)
    models = ("cedar",) if "cedar" in models else models
    stand_in = Effect(Outcome.SUBSTITUTE, "birch" if "cedar" in models else "cedar")
    unsure = (Effect(Outcome.VERIFY), DENY, stand_in, Effect(Outcome.PERMIT, risk="counsel's"))
    return Rule(
        f"r{number}",
        ("c1",),
        frozenset(models),
        "bar" if chance(random, 40) else "only",
        pick(random, pool.predicates),
        pick(random, ("natural_person", "certified_organisation", "organisation")),
        evidence(random),
        stand_in if chance(random, 30) else DENY,
        unsure[max(0, random.randint(-3, 3))],
        InFlight(random.randint(0, 2) * 1000),
    )


def version(random: Random, pool: Pool, order: str, number: int) -> OrderVersion:
    """Draw one version of an order; a later one is now and then a rescission."""
    rescinds = number > 1 and chance(random, 25)
    rules = (
        ()
        if rescinds
        else tuple(rule(random, pool, place) for place in range(random.randint(1, 2)))
    )
    exemptions = tuple(
        exemption(random, pool, place, rules) for place in range(random.randint(0, 3)) if rules
    )
    effective = pick(random, GRID[:5])
    return OrderVersion(
        order,
        number,
        "rescission" if rescinds else "restriction",
        "an order",
        effective,
        effective + STEP * random.randint(1, 8) if chance(random, 20) else None,
        "none",
        {"en": "Not available."},
        {"c1": "Some clause."},
        rules,
        exemptions,
        stays=(stay(random, rules),) if rules and chance(random, 12) else (),
    )


def order(random: Random, pool: Pool, name: str) -> tuple[OrderVersion, ...]:
    """Draw one to three versions of an order."""
    count = max(1, random.randint(-1, 3))
    return tuple(version(random, pool, name, number + 1) for number in range(count))


def hold(random: Random) -> Hold:
    """Draw a hold."""
    since = pick(random, GRID)
    until = FOREVER if chance(random, 30) else since + STEP * random.randint(1, 4)
    return Hold(pick(random, MODELS), "duty officer", since, until)


def lawbook(random: Random, material: Pool) -> Lawbook:
    """Draw a lawbook of one to four orders."""
    count = random.randint(1, 4)
    versions = [item for number in range(count) for item in order(random, material, f"o{number}")]
    holds = (hold(random),) if chance(random, 15) else ()
    return Lawbook(CATALOGUE, tuple(versions), holds)


def placed(random: Random, book: Lawbook) -> Lawbook:
    """Let some rules cover some deployments only."""

    def one(version: OrderVersion) -> OrderVersion:
        rules = (
            replace(rule, where=where(random)) if chance(random, 30) else rule
            for rule in version.rules
        )
        return replace(version, rules=tuple(rules))

    return replace(book, versions=tuple(map(one, book.versions)))
