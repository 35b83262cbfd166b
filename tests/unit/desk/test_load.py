"""Boards fed by a Load, change by change, decide as the compiled meaning does of the same facts."""

from dataclasses import replace
from hashlib import blake2b
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.chains import facts
from tests.worlds.june import AMERICAN, BOOK, RULE, V1, V2, V3, british, fact, letter, person
from tests.worlds.lawbooks import MODELS, START, lawbook, pool
from writ.clock import FOREVER
from writ.desk.load import Load
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.snapshot import snapshot
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.point import seam
from writ.point.board import Board
from writ.point.view import read_view


def name_of(subject: str) -> bytes:
    """A pseudonym good enough here."""
    return blake2b(subject.encode(), digest_size=16).digest()


class World:
    """A load and a board that hears all of it at first, then only what is new."""

    def __init__(self, book: Lawbook, now: int) -> None:
        self.now = now
        self.compiled = Compiled(book)
        self.load = Load(self.compiled, 1, name_of, now)
        self.board = Board()
        self.board.stage(read_view(snapshot(book, 1, None, 1)))
        for message in self.load.messages():
            self.board.put(message)
        self.board.activate(1)

    def hear(self, *parts: list[seam.Row] | list[seam.Row | seam.Subject]) -> int:
        """Pass messages on; return how many rows were among them."""
        messages = [message for part in parts for message in part]
        for message in messages:
            self.board.put(message)
        return sum(isinstance(message, seam.Row) for message in messages)

    def know(self, subject: Subject) -> int:
        """Take what is known of a subject."""
        return self.hear(self.load.know(subject, (), self.now))

    def outcome(self, asked: Chain, model: str, sub: str | None = None) -> Outcome | None:
        """What the board says of a chain."""
        organisation = None if asked.organisation is None else name_of(asked.organisation.id)
        requester = name_of(asked.requester.id)
        digest = requester + (organisation or requester)
        key = seam.Key(digest, "k", requester, asked.requester.kind, organisation)
        named = seam.end_user_name(organisation, sub) if organisation is not None and sub else None
        links = self.board.links(key, named, self.now)
        verdict = links and self.board.judge(links, model, self.now, live=True)
        return verdict.outcome if verdict else None


ALBION = british("albion")
WORKER = person(
    fact("citizenships", ("GB", ""), complete=True), fact("employer", ("albion", "employee")),
    name="worker",
)  # fmt: skip


def test_rows_are_computed_once() -> None:
    """Who is like somebody known needs no row; profiles are numbered once."""
    world = World(BOOK, V2)
    world.hear(world.load.stand("ann", None), world.load.stand("bob", None))
    assert 1 == world.know(replace(AMERICAN, id="ann"))
    assert 0 == world.know(replace(AMERICAN, id="bob"))
    assert [] == world.load.stand("ann", None)


def test_an_organisation_that_appears_later_lends_what_it_is() -> None:
    """Rows of its people follow, of the unnamed and the unknown as well."""
    world = World(BOOK, V2)
    chain = Chain(WORKER, ALBION)
    world.hear(world.load.stand("worker", "albion"))
    world.know(WORKER)
    assert None is world.outcome(chain, "mythos-5")
    assert world.know(ALBION) > 0
    assert Outcome.PERMIT is world.outcome(chain, "mythos-5")
    assert Outcome.DENY is world.outcome(chain, "fable-5")
    service = Chain(Subject("bot", "service"), ALBION)
    assert Outcome.VERIFY is world.outcome(service, "mythos-5")
    assert Outcome.VERIFY is world.outcome(service, "mythos-5", "somebody")


def test_a_certificate_that_appears_later_lets_the_unnamed_in() -> None:
    """Standing for users it does not name is part of an organisation's capacity."""
    rule = replace(RULE, standing="certified_organisation")
    book = replace(BOOK, versions=(letter(1, V1, rules=(rule,)),))
    us = tuple(fact(name, ("US", "")) for name in ("incorporated_in", "organised_in"))
    acme = Subject("acme", "organisation", (), us)
    world = World(book, V2)
    chain = Chain(Subject("bot", "service"), acme)
    world.know(acme)
    assert Outcome.VERIFY is world.outcome(chain, "fable-5")
    certified = replace(acme, facts=(*us, fact("users_certified", ("ear.us_person@1",))))
    assert world.know(certified) > 0
    assert Outcome.PERMIT is world.outcome(chain, "fable-5")


def test_spans_follow_what_comes_and_goes() -> None:
    """A fact that expires is in the message once, with its instant."""
    passing = replace(AMERICAN.facts[0], expires_at=V3)
    world = World(BOOK, V2)
    [message] = [
        item
        for item in world.load.know(Subject("ann", "person", (), (passing,)), (b"e",), V2)
        if isinstance(item, seam.Subject)
    ]
    assert [V3, FOREVER] == [until for until, _, _ in message.spans]
    assert ([b"e"], name_of("ann"), 1) == (message.evidence, message.name, message.epoch)


def test_whoever_is_unjudged_has_a_profile_that_no_row_has() -> None:
    """And is among what a gateway that greets later is told."""
    world = World(BOOK, V2)
    message = world.load.unjudged(name_of("ann"), [(FOREVER, -1, 0)])
    world.board.put(message)
    assert message in list(world.load.messages())
    assert None is world.outcome(Chain(Subject("ann", "person")), "fable-5")


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_boards_follow_a_registry_that_changes(random: Random) -> None:
    """However facts of a company and its people arrive, the board and the tables agree."""
    world = World(lawbook(random, pool(random)), START + 60)
    company = Subject("c2", "organisation")
    worker, guest, bot = Subject("p1", "person"), Subject("p2", "person"), Subject("s1", "service")
    world.hear(world.load.stand("p1", "c2"), world.load.stand("s1", "c2"))
    for _ in range(4):
        match random.randrange(3):
            case 0:
                company = replace(company, facts=facts(random, "organisation"))
            case 1:
                worker = replace(worker, facts=facts(random, "person"))
            case _:
                guest = replace(guest, facts=facts(random, "person"))
        told = [company, worker, guest]
        random.shuffle(told)
        for subject in told:
            if subject is guest:
                world.hear(world.load.name("c2", "sub", guest, (), world.now))
            else:
                world.know(subject)
        for asked, sub in (
            (Chain(worker, company), None),
            (Chain(worker, company, guest), "sub"),
            (Chain(bot, company), None),
            (Chain(bot, company, guest), "sub"),
            (Chain(bot, company, Subject("nobody", "person")), "nobody"),
        ):
            assert [
                decide_compiled(world.compiled, asked, model, world.now).outcome for model in MODELS
            ] == [world.outcome(asked, model, sub) for model in MODELS]
