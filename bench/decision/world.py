"""A lawbook of many orders, and chains looked up on a board as a gateway has it."""

from dataclasses import dataclass
from hashlib import blake2b, sha256
from random import Random

from writ.clock import DAY, Instant
from writ.desk.load import Load
from writ.law.compiled.book import Compiled
from writ.law.snapshot import snapshot
from writ.model.catalogue import Catalogue, Model
from writ.model.expression import Listed, Predicate
from writ.model.order import Effect, Evidence, InFlight, Lawbook, OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Fact, Subject, Value
from writ.point import seam
from writ.point.board import Board
from writ.point.decide import Links
from writ.point.view import read_view

FOREVER_LIVE = True
MODELS = 200
COUNTRIES = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(200)]
NOW: Instant = 1000 * DAY


@dataclass(frozen=True, slots=True)
class Bench:
    """Chains of one, two and three links, and model numbers in a random order."""

    chains: tuple[Links, ...]
    models: tuple[int, ...]
    at: Instant
    board: Board
    load: Load


def build(orders: int, calls: int) -> Bench:
    """Compile, load a board over the seam's messages, look up the chains."""
    random = Random(orders)
    compiled = Compiled(_lawbook(orders, random))
    board = Board()
    board.stage(read_view(snapshot(compiled.book, 1, None, 1)))
    load = Load(compiled, 1, name_of, NOW)
    company = _subject("company", "organisation", "incorporated_in", random)
    load.stand("person", None)
    load.stand("worker", "company")
    load.know(company, (), NOW)
    for name in ("person", "worker"):
        load.know(_subject(name, "person", "citizenships", random), (), NOW)
    load.name("company", "guest", _subject("guest", "person", "citizenships", random), (), NOW)
    for message in load.messages():
        board.put(message)
    board.activate(1)
    guest = seam.end_user_name(name_of("company"), "guest")
    found = (
        board.links(key_of("person", None), None, NOW),
        board.links(key_of("worker", "company"), None, NOW),
        board.links(key_of("worker", "company"), guest, NOW),
    )
    chains = tuple(links for links in found if links is not None)
    models = tuple(random.randrange(MODELS) for _ in range(calls))
    return Bench(chains, models, NOW, board, load)


def key_of(requester: str, organisation: str | None) -> seam.Key:
    """Return the key of somebody, who may act for a company."""
    return seam.Key(
        sha256(requester.encode() + b"/" + str(organisation).encode()).digest(),
        requester,
        name_of(requester),
        "person",
        None if organisation is None else name_of(organisation),
    )


def name_of(subject: str) -> bytes:
    """Return a pseudonym good enough here."""
    return blake2b(subject.encode(), digest_size=16).digest()


def _subject(name: str, kind: str, attribute: str, random: Random) -> Subject:
    country = random.choice(COUNTRIES)
    parts = (country, "") if attribute == "citizenships" else (country,)
    fact = Fact(attribute, (Value(parts),), "exhaustive", 3, "bench", "bench", NOW - DAY)
    return Subject(name, "person" if kind == "person" else "organisation", facts=(fact,))


def _lawbook(orders: int, random: Random) -> Lawbook:
    names = [f"model-{number:03}" for number in range(MODELS)]
    catalogue = Catalogue("provider", {name: Model(name) for name in names})
    versions = tuple(_version(f"order-{number}", names, random) for number in range(orders))
    return Lawbook(catalogue, versions)


def _version(name: str, models: list[str], random: Random) -> OrderVersion:
    listed = random.sample(COUNTRIES, random.randint(1, 20))
    predicate = Predicate(
        Listed("citizen_of", "citizenships", frozenset((code, "*") for code in listed)),
        Listed("incorporated_in", "incorporated_in", frozenset((code, "*") for code in listed)),
    )
    rule = Rule(
        "r",
        ("c1",),
        frozenset(random.sample(models, random.randint(1, 3))),
        "bar",
        predicate,
        "natural_person",
        Evidence(2, 1, 365 * DAY),
        Effect(Outcome.DENY),
        Effect(Outcome.VERIFY),
        InFlight(),
    )
    return OrderVersion(
        name, 1, "restriction", name, NOW - DAY, None, "none", {}, {"c1": "text"}, (rule,)
    )
